import { X509Certificate } from "node:crypto";
import { Problem } from "../../../drift/types";
import { MailMethod, Mode } from "../../choices";
import { checkScopeChoice } from "../../exchange/mailboxScope/scopeChoice";
import { isGuid, isPlain, oneOf } from "../../internal/inputs";
import type { MailApplicationArgs } from "./mailApplicationArgs";
import { checkRotation } from "./rotation";

const longestName = 120;

/** Everything that is wrong with the arguments, as far as they are known while the program is built. */
export function checkMailApplication(args: MailApplicationArgs): Problem[] {
    const { displayName, owners = [], certificate, adopt } = args;
    const problems = [...oneOf("method", args.method, MailMethod), ...oneOf("mode", args.mode, Mode)];
    const report = (property: string, message: string) => problems.push({ property, message });
    if (isPlain(displayName) && (typeof displayName !== "string" || displayName.trim() === "" || displayName.length > longestName)) {
        report("displayName", `must have 1 to ${longestName} characters; received ${typeof displayName === "string" ? `${displayName.trim() === "" ? "a blank text" : `one of ${displayName.length}`}` : String(displayName)}`);
    }
    if (isPlain(owners)) {
        for (const owner of (owners as string[]).filter((one) => !isGuid(one))) {
            report("owners", `must be object ids of users or service principals; received ${JSON.stringify(owner)}`);
        }
    }
    const given = (["secretRotation", "certificate", "federatedCredential"] as const).filter((one) => args[one] !== undefined);
    if (given.length > 1) {
        report(given[1]!, `stands beside ${given[0]}; an application has one kind of credential here, leave the other out`);
    }
    if (args.secretRotation !== undefined) {
        problems.push(...checkRotation(args.secretRotation, args.longestSecretDays));
    }
    if (typeof certificate === "string" && !isCertificate(certificate)) {
        report("certificate", 'must be one certificate in PEM form ("-----BEGIN CERTIFICATE-----"), without private key; what was received cannot be read as that');
    }
    if (args.keyVault !== undefined && (given.includes("certificate") || given.includes("federatedCredential"))) {
        report("keyVault", `copies a client secret, and with ${given.join(" and ")} there is none; leave it out`);
    }
    if (adopt !== undefined && !isGuid(adopt)) {
        report("adopt", `must be the client id of an application; received ${JSON.stringify(adopt)}`);
    }
    if (args.mailboxScope !== undefined) {
        problems.push(...checkScopeChoice(args.mailboxScope, "mailboxScope."));
    } else if (args.method === MailMethod.migrate) {
        report("mailboxScope", 'is missing; the method "migrate" needs the mailboxes that the application may open');
    }
    if (args.mode === Mode.audit && args.method === MailMethod.migrate) {
        report("mode", 'is "audit", which changes nothing, beside the method "migrate", which changes the tenant step by step; choose one of them');
    }
    return problems;
}

function isCertificate(pem: string): boolean {
    try {
        new X509Certificate(pem);
        return !pem.includes("PRIVATE KEY");
    } catch {
        return false;
    }
}
