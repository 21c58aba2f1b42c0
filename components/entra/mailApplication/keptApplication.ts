import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import type { MailboxAccess } from "../../exchange/mailboxScope/access";
import { clock } from "../../internal/clock";
import { said } from "../../internal/looks";
import { isProgramOfCli } from "../../internal/programOfCli";
import { heard, refusal, reporter } from "../../internal/report";
import type { Difference } from "./difference";
import type { ForeignCredential } from "./foreignCredentials";
import { keepResources } from "./keptResources";
import type { InState } from "./ownState";

/** What a run has, whichever way it came to it: one input for each output of `MailApplication`. */
export interface Managed {
    clientId: pulumi.Input<string>;
    objectId: pulumi.Input<string>;
    servicePrincipalId: pulumi.Input<string>;
    clientSecret: pulumi.Input<string | undefined>;
    keyId: pulumi.Input<string | undefined>;
    validUntil: pulumi.Input<string | undefined>;
    nextRotation: pulumi.Input<string | undefined>;
    foreignCredentials: pulumi.Input<ForeignCredential[]>;
    mailboxAccess: pulumi.Input<MailboxAccess | undefined>;
    migrationStep: pulumi.Input<string | undefined>;
    state: string;
    drift: Difference[];
}

/**
 * Ends the run with one clear message. Where the program is a function of the Automation API, what is in state is registered all the same: there the engine
 * deletes what a failed program did not register.
 */
export async function refuse(error: Error, name: string, children: InState[], component: pulumi.Resource, retain: boolean): Promise<Managed> {
    const message = `${name}: ${said(error)}`;
    if (children.length === 0 || isProgramOfCli) {
        throw refusal(message);
    }
    reporter.fail(message);
    // What a refresh has dropped is refused by its plugin.
    await heard();
    return keepApplication(name, children, component, retain);
}

/** Registers what is in state as it is there, and gives the outputs that state knows. */
export function keepApplication(name: string, children: InState[], component: pulumi.Resource, retain: boolean): Managed {
    const kept = keepResources(name, children, component, retain);
    const today = clock.now().toISOString().slice(0, 10);
    const secrets = children.map((one) => one.name).filter((one) => one.startsWith(`${name}-secret-`) && one <= `${name}-secret-${today}`);
    const newest = kept.get(secrets.sort().at(-1) ?? "") as azuread.ApplicationPassword | undefined;
    const outputs = (child: string) => children.find((one) => one.name === `${name}-${child}`)?.outputs;
    const text = (child: string, property: string) => outputs(child)?.[property] as string | undefined;
    return {
        clientId: text("app", "clientId") ?? "",
        objectId: text("app", "objectId") ?? "",
        servicePrincipalId: text("sp", "objectId") ?? "",
        clientSecret: pulumi.secret(newest?.value),
        keyId: newest?.keyId ?? text("certificate", "keyId") ?? text("federated", "credentialId"),
        validUntil: newest?.endDate,
        nextRotation: undefined,
        foreignCredentials: [],
        mailboxAccess: undefined,
        migrationStep: undefined,
        state: "unknown",
        drift: [],
    };
}
