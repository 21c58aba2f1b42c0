import * as pulumi from "@pulumi/pulumi";
import { MailMethod } from "../../choices";
import { policyOf, policyOn } from "../../exchange/mailboxScope/migration";
import { ewsRole, guidsOf, nameInExchange } from "../../exchange/mailboxScope/scopeParts";
import { ApplicationAccessResult, applicationAccess } from "../../exchange/resources/applicationAccess";
import { recipient } from "../../exchange/resources/recipient";
import { settled } from "../../internal/inputs";
import { said } from "../../internal/looks";
import type { Difference } from "./difference";
import { separate } from "./mailboxes";
import type { MailApplicationArgs } from "./mailApplicationArgs";
import type { InState, OwnState } from "./ownState";

/** The group that a scope declares: how messages call it, and under which GUIDs a policy may name it; none where there is no such group. */
interface DeclaredGroup {
    label: string;
    guids: string[];
}

/** What an audit finds of the limits of an application. */
export interface Limits {
    /** Undefined where a preview does not know yet what is declared. */
    drift: Difference[] | undefined;
    /** The access policies in state that Exchange does not have. */
    lost: InState[];
}

/**
 * Asks Exchange in every run: a refresh takes a policy that is gone out of state, and without it the consent opens every mailbox. Rejects where Exchange
 * cannot be read.
 */
export async function auditLimits(name: string, args: MailApplicationArgs, appId: string, state: OwnState, parent: pulumi.Resource): Promise<Limits> {
    const own = state.children.filter(({ type }) => type === "hybrid-identity:exchange:ApplicationAccessPolicy");
    if (own.length === 0 && args.mailboxScope === undefined) {
        return { drift: [], lost: [] };
    }
    try {
        const expectedPolicy = own[0] && String(own[0].outputs["identity"]);
        const access = await applicationAccess({ appId, expectedPolicy }, { parent });
        const lost = own.filter(({ outputs }) => !access.policies.some(({ identity }) => identity.toLowerCase() === String(outputs["identity"]).toLowerCase()));
        return { drift: await differences(name, args, appId, access, lost, state, parent), lost };
    } catch (error) {
        throw new Error(`the access policies of the application ${appId} cannot be read, so nothing was compared: ${said(error as Error)}`);
    }
}

async function differences(
    name: string,
    { method, mailboxScope }: MailApplicationArgs,
    appId: string,
    { policies, assignments }: ApplicationAccessResult,
    lost: InState[],
    state: OwnState,
    parent: pulumi.Resource,
): Promise<Difference[] | undefined> {
    if (mailboxScope === undefined) {
        return lost.map(({ outputs }) => ({ property: "access policy", found: "absent", declared: JSON.stringify(outputs["identity"]) }));
    }
    if (method === MailMethod.rbac) {
        return mailboxScope === separate ? [] : roleDifferences(nameInExchange(`${name}-scope`, appId), assignments);
    }
    const group = mailboxScope === separate ? undefined : await declaredGroup(name, mailboxScope, state, parent);
    if (group === undefined && mailboxScope !== separate) {
        return undefined;
    }
    if ((group === undefined ? policyOf(policies, appId) : policyOn(policies, appId, group.guids)) !== undefined) {
        return [];
    }
    const found = policies.length === 0 ? "absent" : JSON.stringify(policies.map((one) => `${one.accessRight} on ${one.scopeName}`).sort());
    return [{ property: "access policy", found, declared: JSON.stringify(`RestrictAccess on ${group?.label ?? "the group of a MailboxScope"}`) }];
}

function roleDifferences(unique: string, assignments: ApplicationAccessResult["assignments"]): Difference[] {
    const there = assignments.find((one) => one.name.toLowerCase() === unique.toLowerCase());
    const text = (one: { role: string; scope: string }) => JSON.stringify(`${one.role} on ${one.scope}`);
    const [found, declared] = [there === undefined ? "absent" : text(there), text({ role: ewsRole, scope: unique })];
    return found.toLowerCase() === declared.toLowerCase() ? [] : [{ property: "role assignment", found, declared }];
}

/** Undefined where a preview does not know it yet. */
async function declaredGroup(
    name: string,
    { group, groupAddress }: Exclude<MailApplicationArgs["mailboxScope"], string | undefined>,
    { children }: OwnState,
    parent: pulumi.Resource,
): Promise<DeclaredGroup | undefined> {
    const made = `${name}-scope-mailboxes`;
    if (pulumi.CustomResource.isInstance(group)) {
        const { guid, externalDirectoryObjectId, displayName, name: called } = group as Exclude<typeof group, pulumi.Input<string>>;
        const known = await settled(pulumi.all([guid, externalDirectoryObjectId, called, displayName]));
        return known && { label: known[3] ?? known[2], guids: [known[0], known[1]] };
    }
    const noted = group === undefined ? children.find((one) => one.name === made)?.outputs : undefined;
    if (noted !== undefined) {
        return { label: made, guids: [String(noted["guid"]), String(noted["externalDirectoryObjectId"])] };
    }
    const label = await settled(pulumi.output((group as pulumi.Input<string> | undefined) ?? groupAddress ?? made));
    if (label === undefined) {
        return undefined;
    }
    const { guid, externalDirectoryObjectId = "" } = await recipient({ identity: label }, { parent });
    return { label, guids: guid === undefined ? [] : guidsOf({ guid, externalDirectoryObjectId, distinguishedName: "" }) };
}
