// What a run made that was killed before it noted it, and what cannot be taken over in silence.
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { settled } from "../../internal/inputs";
import { said } from "../../internal/looks";
import { stackState } from "../../internal/stackState";
import { applicationCredentials, isMissingApplication } from "../functions/applicationCredentials";
import type { MailApplicationArgs } from "./mailApplicationArgs";
import { InState, OwnState } from "./ownState";

const applicationType = "azuread:index/application:Application";

/**
 * Rejects where a new application would be the second one of its name. That it is this program's own cannot be told from the tenant, so it is not
 * taken over unasked. One that this stack has, under another component's name, is no reason: that is a component renamed.
 */
export async function requireNewName(args: MailApplicationArgs, { children }: OwnState, parent: pulumi.Resource): Promise<void> {
    const displayName = await settled(pulumi.output(args.displayName));
    if (args.adopt !== undefined || displayName === undefined || children.some((one) => one.type === applicationType)) {
        return;
    }
    const known = Object.values(await stackState()).filter((one) => one.type === applicationType);
    if (known.some((one) => one.outputs?.["displayName"] === displayName)) {
        return;
    }
    const has = await namedSo(displayName, parent);
    if (has !== undefined) {
        throw new Error(
            `${has}, and this stack's state has none: a second one of that name is not made. Where a run was killed before it noted what it had made, ` +
                'name the client id in "adopt" for one run, which takes the application over; else choose another "displayName"',
        );
    }
}

/** What the tenant has of that name, in words. */
async function namedSo(displayName: string, parent: pulumi.Resource): Promise<string | undefined> {
    try {
        const { clientId, objectId } = await azuread.getApplication({ displayName }, { parent });
        return `the tenant has an application "${displayName}" already (client id ${clientId}, object id ${objectId})`;
    } catch (error) {
        const { message } = error as Error;
        if (message.includes("Application not found")) {
            return undefined;
        }
        if (/multiple applications|more than one application/i.test(message)) {
            return `the tenant has several applications "${displayName}" already`;
        }
        throw new Error(`whether the tenant has an application "${displayName}" already cannot be told: ${said(error as Error)}`);
    }
}

/** Graph takes no second federated credential of a name, so the one that is there is imported. Nothing is asked once it is in state. */
export async function importFederated(name: string, args: MailApplicationArgs, { children }: OwnState, parent: pulumi.Resource): Promise<pulumi.CustomResourceOptions> {
    const clientId = clientIdIn(children) ?? args.adopt;
    if (args.federatedCredential === undefined || clientId === undefined || children.some((one) => one.name === `${name}-federated`)) {
        return {};
    }
    try {
        const { objectId, federated } = await applicationCredentials({ clientId }, { parent });
        const there = federated.find((one) => one.name === name);
        return { import: there && `${objectId}/federatedIdentityCredential/${there.id}` };
    } catch (error) {
        if (isMissingApplication(error)) {
            return {};
        }
        throw error;
    }
}

function clientIdIn(children: InState[]): string | undefined {
    return children.find((one) => one.type === applicationType)?.outputs["clientId"] as string | undefined;
}
