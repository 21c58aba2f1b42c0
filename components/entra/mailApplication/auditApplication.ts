import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { clock } from "../../internal/clock";
import { settled } from "../../internal/inputs";
import { said } from "../../internal/looks";
import { isProgramOfCli } from "../../internal/programOfCli";
import { findingsText, refuseSecrets, reporter } from "../../internal/report";
import { applicationCredentials, ApplicationCredentialsResult } from "../functions/applicationCredentials";
import { callerRights } from "../functions/callerRights";
import { servicePrincipalOwners } from "../functions/servicePrincipalOwners";
import { auditLimits, Limits } from "./auditLimits";
import { findApplication, findServicePrincipal, givenRoles, managedClientId } from "./adoption";
import { refuseLate } from "./checkMailApplication";
import { compareApplication, DeclaredApplication, FoundApplication, ownCredentials, secretName } from "./compareApplication";
import { defaultRotation, warnOfEnd } from "./credentials";
import type { Difference } from "./difference";
import { exchangeRole } from "./exchangeRole";
import { foreignAmong } from "./foreignCredentials";
import { keepApplication, Managed, refuse } from "./keptApplication";
import type { MailApplicationArgs } from "./mailApplicationArgs";
import { credentialIds, InState, OwnState, ownState } from "./ownState";
import { missingRights } from "./rights";
import { planRotation } from "./rotation";

/**
 * Compares and writes nothing. What is in state stays there as it is, so that a switch of the mode deletes and makes nothing in either direction,
 * and the secret that was handed out goes on being handed out.
 */
export async function auditApplication(name: string, args: MailApplicationArgs, component: pulumi.ComponentResource): Promise<Managed> {
    const state = await ownState(component);
    const keep = (children: InState[]) => keepApplication(name, children, component, true);
    let clientId: string;
    let declared: DeclaredApplication | undefined;
    let found: FoundApplication;
    let limits: Limits;
    try {
        await refuseSecrets("entra.MailApplication", name, shownArgs(args));
        await refuseLate(name, args);
        clientId = clientIdOf(args.adopt, state);
        [declared, found] = await Promise.all([declare(name, args, component), find(clientId, component)]);
        limits = await auditLimits(name, args, clientId, state, component);
    } catch (error) {
        return refuse(error as Error, name, state.children, component, true);
    }
    if (declared === undefined || limits.drift === undefined) {
        const why = "what is declared depends on something that this preview does not know yet";
        reporter.warn(`${name}: the application ${clientId} was not compared: ${why}`, component);
        return { ...keep(state.children), clientId };
    }
    const inState = managedClientId(undefined, state) === undefined ? undefined : credentialIds(state.children);
    const drift = [...compareApplication(declared, found, inState), ...limits.drift];
    report(name, found, drift, args.failOnDrift ?? false, component);
    const own = ownCredentials(declared, found, inState);
    const foreignCredentials = foreignAmong(name, found.credentials, own, component);
    const newest = newestOf(name, found.credentials, own, component);
    const { stays, settledBefore } = staying(name, state, found, limits.lost);
    const kept = keep(stays);
    return {
        ...kept,
        // As state has them, so that a switch of the mode changes nothing for whoever uses them.
        keyId: kept.keyId ?? newest.keyId,
        validUntil: kept.validUntil ?? newest.validUntil,
        clientId: found.application.clientId,
        objectId: found.application.objectId,
        servicePrincipalId: found.principal?.objectId ?? "",
        foreignCredentials,
        state: !settledBefore ? "unknown" : drift.length > 0 ? "drifted" : "compliant",
        drift,
    };
}

/** What messages and outputs of an audit show. */
function shownArgs({ displayName, owners, mailboxScope }: MailApplicationArgs): Record<string, unknown> {
    const { group, groupAddress } = typeof mailboxScope === "object" ? mailboxScope : {};
    const address = pulumi.CustomResource.isInstance(group) ? undefined : group;
    return { displayName, owners, "mailboxScope.group": address, "mailboxScope.groupAddress": groupAddress };
}

function clientIdOf(adopt: string | undefined, state: OwnState): string {
    const clientId = managedClientId(adopt, state) ?? adopt;
    if (clientId === undefined) {
        throw Error('this stack manages no application yet, so "audit" needs "adopt", the client id of the one to look at');
    }
    return clientId;
}

/** Undefined where a preview does not know all of it. */
async function declare(name: string, args: MailApplicationArgs, parent: pulumi.Resource): Promise<DeclaredApplication | undefined> {
    const { displayName, owners = [], certificate, federatedCredential: federated } = args;
    const rights = await callerRights({ parent });
    const [inputs, role] = await Promise.all([
        settled(pulumi.all([displayName, owners, certificate, federated?.issuer, federated?.subject])),
        exchangeRole("full_access_as_app", parent),
    ]);
    if (inputs === undefined) {
        return undefined;
    }
    const [text, others, pem, issuer, subject] = inputs;
    // An account that could not enforce would be no owner either.
    const caller = missingRights(rights, args.method).length === 0 ? [rights.objectId] : [];
    const rotates = pem === undefined && federated === undefined;
    return {
        displayName: text,
        owners: [...new Set([...caller, ...others])],
        role,
        consent: args.method !== "rbac",
        slots: rotates ? planRotation(args.secretRotation ?? defaultRotation, clock.now()).slots : [],
        certificate: pem === undefined ? undefined : new X509Certificate(pem).fingerprint.replaceAll(":", ""),
        federated: federated && { name, issuer: issuer!, subject: subject! },
    };
}

async function find(clientId: string, parent: pulumi.Resource): Promise<FoundApplication> {
    try {
        // One after the other, so that an application that is missing is said once.
        const application = await findApplication(clientId, parent);
        const [principal, credentials] = await Promise.all([findServicePrincipal(clientId, parent), applicationCredentials({ clientId }, { parent })]);
        if (principal === undefined) {
            return { application, principal, principalOwners: [], credentials, assignments: [] };
        }
        const [assignments, { owners }] = await Promise.all([
            givenRoles(principal.objectId, parent),
            servicePrincipalOwners({ objectId: principal.objectId }, { parent }),
        ]);
        return { application, principal, principalOwners: owners, credentials, assignments };
    } catch (error) {
        throw new Error(`the application ${clientId} cannot be read, so nothing was compared: ${said(error as Error)}`);
    }
}

function report(name: string, { application }: FoundApplication, drift: Difference[], fails: boolean, component: pulumi.Resource): void {
    if (drift.length > 0) {
        const lines = drift.map((one) => ({ where: one.property, found: one.found, declared: one.declared }));
        reporter.warn(findingsText(`${name} (${application.displayName}, ${application.clientId})`, lines), component);
        if (fails) {
            const count = drift.length === 1 ? "1 property differs" : `${drift.length} properties differ`;
            reporter.fail(`${name}: ${count} from what is declared, and "failOnDrift" is set`);
        }
    }
}

/** Which of the resources in state are registered. */
function staying(name: string, { component, children }: OwnState, found: FoundApplication, lost: InState[]): { stays: InState[]; settledBefore: boolean } {
    const stays = children.filter((one) => !isGone(one, found) && !lost.includes(one));
    const gone = children.filter((one) => !stays.includes(one)).map((one) => one.name);
    // After an audit the engine deletes nothing of this component. Before, leaving something out could, if the tenant's answer was an old one.
    const audited = component["state"] === "compliant" || component["state"] === "drifted";
    if (gone.length === 0 || audited) {
        return { stays, settledBefore: true };
    }
    reporter.fail(
        `${name}: this stack's state has ${gone.join(", ")}, which the tenant no longer has, and the first run with "audit" leaves out nothing ` +
            'that is in state. Where it shall stay away: run "pulumi refresh", a command of its own (what a preview or a run that fails refreshes, may not be kept), ' +
            'then this again, which reports it as drift. Where it shall come back: "pulumi up" with mode "enforce" makes it again',
    );
    // A program of the CLI that fails deletes nothing, and what a refresh has dropped is refused by its plugin.
    return { stays: pulumi.runtime.isDryRun() || isProgramOfCli ? stays : children, settledBefore: false };
}

function isGone({ type, outputs }: InState, { principal, assignments, credentials }: FoundApplication): boolean {
    switch (type.slice(type.lastIndexOf(":") + 1)) {
        case "ServicePrincipal":
            return principal?.objectId !== outputs["objectId"];
        case "AppRoleAssignment":
            return !assignments.some((one) => one.appRoleId === outputs["appRoleId"] && one.resourceObjectId === outputs["resourceObjectId"]);
        case "ApplicationPassword":
            return !credentials.passwords.some((one) => one.keyId === outputs["keyId"]);
        case "ApplicationCertificate":
            return !credentials.certificates.some((one) => one.keyId === outputs["keyId"]);
        case "ApplicationFederatedIdentityCredential":
            return !credentials.federated.some((one) => one.id === outputs["credentialId"]);
        default:
            return false;
    }
}

/** The newest own credential, as the tenant tells it. An audit moves no end, so that is warned of. */
function newestOf(
    name: string,
    { passwords, certificates, federated }: ApplicationCredentialsResult,
    own: string[],
    component: pulumi.Resource,
): Pick<Managed, "keyId" | "validUntil"> {
    const today = clock.now().toISOString().slice(0, 10);
    const named = passwords.map((one) => ({ ...one, displayName: one.displayName ?? "" }));
    const secret = named
        .filter((one) => own.includes(one.keyId) && one.displayName <= secretName(today))
        .sort((a, b) => (a.displayName < b.displayName ? -1 : 1))
        .at(-1);
    const certificate = certificates.find((one) => own.includes(one.keyId));
    if (certificate?.endDateTime !== undefined) {
        warnOfEnd(name, "the certificate", certificate.endDateTime, 'Give "certificate" the new one now', component);
    }
    if (secret?.endDateTime !== undefined) {
        warnOfEnd(name, "the newest secret", secret.endDateTime, 'Let a run with "enforce" renew it', component);
    }
    const newest = certificate ?? secret;
    return { keyId: newest?.keyId ?? federated.find((one) => own.includes(one.id))?.id, validUntil: newest?.endDateTime };
}
