import type * as azuread from "@pulumi/azuread";
import type { ApplicationCredentialsResult } from "../functions/applicationCredentials";
import type { GivenAppRole } from "../functions/appRoleAssignments";
import type { Difference } from "./difference";
import type { ExchangeRole } from "./exchangeRole";
import type { SecretSlot } from "./rotation";
import { emptied, undeclared } from "./undeclared";

/** What a program declares of an application; everything else of it has one right value. */
export interface DeclaredApplication {
    displayName: string;
    owners: string[];
    /** The permission to send mail. */
    role: ExchangeRole;
    /** Whether the permission is asked for and given. */
    consent: boolean;
    slots: SecretSlot[];
    /** Thumbprint, SHA-1 in capitals. */
    certificate?: string;
    federated?: { name: string; issuer: string; subject: string };
}

/** What the tenant has. */
export interface FoundApplication {
    application: azuread.GetApplicationResult;
    principal?: azuread.GetServicePrincipalResult;
    /** Object ids; azuread tells the application's only. */
    principalOwners: string[];
    assignments: GivenAppRole[];
    credentials: ApplicationCredentialsResult;
}

type Facts = Record<string, unknown>;

/**
 * Everything that differs, sorted by property. `ownKeyIds`: credentials that are in state, so that `up` takes them away where they are not
 * declared; undefined where this stack does not manage the application.
 */
export function compareApplication(declared: DeclaredApplication, found: FoundApplication, ownKeyIds: string[] | undefined): Difference[] {
    const [is, should] = [foundFacts(declared, found, ownKeyIds), declaredFacts(declared)];
    const text = (facts: Facts, property: string) => (property in facts ? JSON.stringify(facts[property]) : "absent");
    return [...new Set([...Object.keys(should), ...Object.keys(is)])]
        .map((property) => ({ property, found: text(is, property), declared: text(should, property) }))
        // Where there is no service principal, that says it all.
        .filter((one) => one.found !== one.declared && (found.principal !== undefined || !one.property.startsWith("servicePrincipal.")))
        .sort((a, b) => (a.property < b.property ? -1 : 1));
}

/** Key ids of what the program would make or has made: everything else on the application is foreign. */
export function ownCredentials(declared: DeclaredApplication, { credentials }: FoundApplication, ownKeyIds: string[] | undefined): string[] {
    const { passwords, certificates, federated } = credentials;
    // Another stack, or a run that was killed, may have made a secret of the same name: where the application is in state, so are its own secrets.
    const named = declared.slots.flatMap(({ day }) => passwords.filter((one) => one.displayName === secretName(day)).slice(0, 1));
    return [
        ...(ownKeyIds ?? named.map((one) => one.keyId)),
        ...certificates.filter((one) => one.thumbprint !== undefined && one.thumbprint === declared.certificate).map((one) => one.keyId),
        ...federated.filter((one) => one.name === declared.federated?.name).map((one) => one.id),
    ];
}

/** The display name that the secret of a slot has. */
export function secretName(day: string): string {
    return `Pulumi ${day}`;
}

function declaredFacts({ displayName, owners, consent, slots, certificate, federated }: DeclaredApplication): Facts {
    const permissions = consent ? ["full_access_as_app"] : [];
    return {
        ...emptied,
        displayName,
        owners: sorted(owners),
        signInAudience: "AzureADMyOrg",
        requiredResourceAccesses: permissions,
        identifierUris: [],
        fallbackPublicClientEnabled: false,
        "web.redirectUris": [],
        "publicClient.redirectUris": [],
        "singlePageApplication.redirectUris": [],
        servicePrincipal: "present",
        "servicePrincipal.owners": sorted(owners),
        "servicePrincipal.accountEnabled": true,
        "servicePrincipal.appRoleAssignmentRequired": false,
        consent: permissions,
        ...Object.fromEntries(slots.map(({ day, endDate }) => [secretProperty(secretName(day)), ends(endDate)])),
        ...(certificate ? { [`certificate ${certificate}`]: "present" } : {}),
        ...(federated ? { [federatedProperty(federated.name)]: [federated.issuer, federated.subject] } : {}),
    };
}

function foundFacts(declared: DeclaredApplication, found: FoundApplication, ownKeyIds: string[] | undefined): Facts {
    const { application, principal, principalOwners, assignments, credentials } = found;
    const own = ownCredentials(declared, found, ownKeyIds);
    const isOwn = (one: { keyId: string } | { id: string }) => own.includes("keyId" in one ? one.keyId : one.id);
    const uris = (blocks: { redirectUris: string[] }[]) => sorted(blocks.flatMap((one) => one.redirectUris));
    const principalFacts = principal && {
        servicePrincipal: "present",
        "servicePrincipal.owners": sorted(principalOwners),
        "servicePrincipal.accountEnabled": principal.accountEnabled,
        "servicePrincipal.appRoleAssignmentRequired": principal.appRoleAssignmentRequired,
        consent: sorted(assignments.map((one) => roleName(declared.role, "resourceObjectId", one.resourceObjectId, one.appRoleId))),
    };
    const credentialFacts = [
        ...credentials.passwords.filter(isOwn).map((one) => [secretProperty(one.displayName ?? one.keyId), ends(one.endDateTime ?? "")]),
        ...credentials.certificates.filter(isOwn).map((one) => [`certificate ${one.thumbprint ?? one.keyId}`, "present"]),
        ...credentials.federated.filter(isOwn).map((one) => [federatedProperty(one.name), [one.issuer, one.subject ?? ""]]),
    ];
    return {
        ...undeclared(application, principal),
        displayName: application.displayName,
        owners: sorted(application.owners),
        signInAudience: application.signInAudience,
        requiredResourceAccesses: requested(application, declared.role),
        identifierUris: sorted(application.identifierUris),
        fallbackPublicClientEnabled: application.fallbackPublicClientEnabled,
        "web.redirectUris": uris(application.webs),
        "publicClient.redirectUris": uris(application.publicClients),
        "singlePageApplication.redirectUris": uris(application.singlePageApplications),
        ...principalFacts,
        ...Object.fromEntries(credentialFacts),
    };
}

function requested(application: azuread.GetApplicationResult, role: ExchangeRole): string[] {
    return sorted(
        application.requiredResourceAccesses.flatMap(({ resourceAppId: app, resourceAccesses }) =>
            resourceAccesses.map(({ id, type }) => (type === "Role" ? roleName(role, "resourceAppId", app, id) : `${app}/${id} (delegated)`)),
        ),
    );
}

function roleName(role: ExchangeRole, by: "resourceAppId" | "resourceObjectId", resource: string, id: string): string {
    return role[by] === resource && role.roleId === id ? "full_access_as_app" : `${resource}/${id}`;
}

function secretProperty(name: string): string {
    return `secret ${JSON.stringify(name)}`;
}

function federatedProperty(name: string): string {
    return `federated credential ${JSON.stringify(name)}`;
}

/** The same moment may be written with or without a fraction. */
function ends(date: string): string {
    return Number.isNaN(Date.parse(date)) ? date : new Date(date).toISOString().replace(".000Z", "Z");
}

function sorted(texts: string[]): string[] {
    return [...texts].sort();
}
