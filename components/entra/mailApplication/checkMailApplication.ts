import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { show } from "../../../drift/show";
import { Problem } from "../../../drift/types";
import { MailMethod, Mode } from "../../choices";
import { scopeShape } from "../../exchange/mailboxScope/scopeChoice";
import { anything, Checks, choice, flag, listOf, members, needed, number, plain, secretText, text } from "../../internal/checkArgs";
import { checkSound } from "../../internal/checkSound";
import { isGuid } from "../../internal/guid";
import { isPlain, settled } from "../../internal/inputs";
import { problemText, refusal } from "../../internal/report";
import { checkFailOnDrift } from "../../windows/shared/documentArgs";
import { checkMailboxes } from "./mailboxes";
import type { MailApplicationArgs } from "./mailApplicationArgs";
import { checkRotation } from "./rotation";

const longestName = 120;

const shape: Checks<MailApplicationArgs> = {
    displayName: needed(text),
    method: choice(MailMethod),
    mailboxScope: (value, at) => (typeof value === "string" ? [] : members(scopeShape)(value, at)),
    mailboxes: plain(anything),
    allMailboxesReason: plain(text),
    owners: listOf(text),
    secretRotation: plain(members({ days: needed(number), overlapDays: needed(number), startingOn: text })),
    longestSecretDays: plain(number),
    // A private key may stand in it.
    certificate: secretText,
    federatedCredential: members({ issuer: needed(text), subject: needed(text), audience: text }),
    keyVault: members({ resourceGroupName: needed(text), vaultName: needed(text), secretName: text }),
    adopt: plain(text),
    mode: choice(Mode),
    failOnDrift: plain(flag),
};

/** Everything that is wrong with the arguments, as far as they are known while the program is built. */
export function checkMailApplication(args: MailApplicationArgs): Problem[] {
    return checkSound(args, shape, checkSoundArgs);
}

/** The same once everything is known that was an output or a promise; what a preview does not know yet passes. Rejects naming every problem. */
export async function refuseLate(name: string, args: MailApplicationArgs): Promise<void> {
    const { displayName, owners, certificate, federatedCredential } = args;
    const known = await Promise.all([displayName, owners, certificate, federatedCredential].map((one) => settled(pulumi.output<unknown>(one))));
    const given = ["displayName", "owners", "certificate", "federatedCredential"].map((property, at) => [property, known[at]] as const);
    const late = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    const problems = checkMailApplication({ ...args, ...late });
    if (problems.length > 0) {
        throw refusal(problemText("entra.MailApplication", name, problems));
    }
}

function checkSoundArgs(args: MailApplicationArgs): Problem[] {
    const { displayName, owners = [], certificate, adopt } = args;
    const problems: Problem[] = [];
    const report = (property: string, message: string) => problems.push({ property, message });
    if (isPlain(displayName) && (typeof displayName !== "string" || displayName.trim() === "" || displayName.length > longestName)) {
        report("displayName", `must have 1 to ${longestName} characters; received ${typeof displayName === "string" ? `${displayName.trim() === "" ? "a blank text" : `one of ${displayName.length}`}` : String(displayName)}`);
    }
    if (isPlain(owners)) {
        for (const owner of (owners as string[]).filter((one) => !isGuid(one))) {
            report("owners", `must be object ids of users or service principals; received ${show(owner)}`);
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
    const { issuer } = args.federatedCredential ?? {};
    if (typeof issuer === "string" && !(URL.canParse(issuer) && new URL(issuer).protocol === "https:")) {
        report("federatedCredential.issuer", "must be the issuer's address, which begins with https:// (the claim iss of its tokens); what was received is none");
    }
    if (args.keyVault !== undefined && (given.includes("certificate") || given.includes("federatedCredential"))) {
        report("keyVault", `copies a client secret, and with ${given.join(" and ")} there is none; leave it out`);
    }
    if (adopt !== undefined && !isGuid(adopt)) {
        report("adopt", `must be the client id of an application; received ${show(adopt)}`);
    }
    problems.push(...checkMailboxes(args), ...checkFailOnDrift(args));
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
