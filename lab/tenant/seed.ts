import { randomUUID } from "node:crypto";
import { newExchange } from "./exchange/seed";
import { newApplication } from "./graph/newApplication";
import { newServicePrincipal } from "./graph/newServicePrincipal";
import type { AppRole, AppRoleAssignment, ServicePrincipal, TenantState } from "./state";
import { fingerprint } from "./state";

/** The same in every tenant (facts: wire.md section 2.5, microsoft.md section 1). Their object ids differ from tenant to tenant. */
export const EXCHANGE_APP_ID = "00000002-0000-0ff1-ce00-000000000000";
export const GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000";

/** What manages applications and gives consent; the last two only read. */
export const DEFAULT_ROLES = ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "Directory.Read.All"];

/** What the numbers and states of people's MFA need besides. */
export const MFA_ROLES = ["UserAuthenticationMethod.ReadWrite.All", "Policy.ReadWrite.AuthenticationMethod", "Policy.Read.All"];

const MICROSOFT_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";
const EXCHANGE_ROLES = {
    full_access_as_app: "dc890d15-9560-4a4c-9b7f-a736ec74ec40",
    "Exchange.ManageAsApp": "dc50a0fb-09a3-484d-be87-e023b12c6440",
};
const GRAPH_ROLES = {
    "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    "Application.ReadWrite.All": "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
    "Application.ReadWrite.OwnedBy": "18a4783c-866b-4cc7-a460-3d5e5662c884",
    "AppRoleAssignment.ReadWrite.All": "06b708a9-e830-4db3-a914-8e69da51d44f",
    "Directory.Read.All": "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
    "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
    "UserAuthenticationMethod.Read.All": "38d9df27-64da-44fd-b7c5-a6fbac20248f",
    "UserAuthenticationMethod.ReadWrite.All": "50483e42-d915-4231-9639-7fdb7fd190e5",
    "Policy.ReadWrite.AuthenticationMethod": "29c18626-4985-4dcd-85c0-193eef327366",
    "Policy.Read.All": "246dd0d5-5bd0-4def-940b-0421030a5b68",
    "Mail.Send": "b633e1c5-b582-4048-a93e-9f11b44c7e96",
};

/** A tenant as it is before anybody used it: Microsoft's own applications, an owner or two, a vault, and the caller with its rights. */
export function newTenant(clientSecret: string, now: Date): TenantState {
    const tenantId = randomUUID();
    const caller = newApplication({ displayName: "Lab pipeline" }, { now, domain: "hybrididentity.example" });
    const keyId = randomUUID();
    caller.passwordCredentials.push({
        keyId,
        displayName: "lab",
        hint: clientSecret.slice(0, 3),
        startDateTime: new Date(0).toISOString(),
        endDateTime: "9999-12-31T00:00:00Z",
        customKeyIdentifier: null,
        secretText: null,
    });
    const state: Omit<TenantState, "exchange"> = {
        tenantId,
        clientId: caller.appId,
        applications: [caller],
        servicePrincipals: [
            newServicePrincipal({ appId: caller.appId }, caller, { now, tenantId }),
            firstParty(EXCHANGE_APP_ID, "Office 365 Exchange Online", EXCHANGE_ROLES, now),
            firstParty(GRAPH_APP_ID, "Microsoft Graph", GRAPH_ROLES, now),
        ],
        users: ["Alex Admin", "Robin Owner"].map(newUser),
        groups: [],
        vaults: [],
        secretHashes: { [keyId]: fingerprint(clientSecret) },
    };
    state.vaults.push({
        name: "hybrid-identity-lab",
        id: `/subscriptions/${randomUUID()}/resourceGroups/identity/providers/Microsoft.KeyVault/vaults/hybrid-identity-lab`,
        secrets: {},
    });
    grantRoles(state, DEFAULT_ROLES, now);
    return withExchange(state, now);
}

/** Adds Exchange Online, and the caller's rights there, to the state of a tenant that has none yet. */
export function withExchange(state: Omit<TenantState, "exchange"> & { exchange?: TenantState["exchange"] }, now: Date): TenantState {
    const caller = servicePrincipalOf(state, state.clientId);
    if (state.exchange) {
        return { ...state, exchange: state.exchange };
    }
    const resource = servicePrincipalOf(state, EXCHANGE_APP_ID);
    resource.appRoleAssignedTo.push(newAssignment(EXCHANGE_ROLES["Exchange.ManageAsApp"], caller, resource, now));
    return { ...state, exchange: newExchange(caller.id, now) };
}

/** Gives the caller exactly these application permissions on Microsoft Graph. Throws for a name that Graph here does not have. */
export function grantRoles(state: Pick<TenantState, "servicePrincipals" | "clientId">, values: string[], now: Date): void {
    const graph = servicePrincipalOf(state, GRAPH_APP_ID);
    const caller = servicePrincipalOf(state, state.clientId);
    graph.appRoleAssignedTo = [
        ...graph.appRoleAssignedTo.filter(({ principalId }) => principalId !== caller.id),
        ...values.map(value => {
            const role = graph.appRoles.find(each => each.value === value);
            if (!role) {
                throw new Error(`Microsoft Graph here has no role "${value}"; it has ${graph.appRoles.map(each => each.value).join(", ")}`);
            }
            return newAssignment(role.id, caller, graph, now);
        }),
    ];
}

/** An app role assignment as Graph makes it; its id is not a GUID but 43 characters of base64url. */
export function newAssignment(appRoleId: string, principal: ServicePrincipal, resource: ServicePrincipal, now: Date): AppRoleAssignment {
    return {
        id: Buffer.from(randomUUID() + randomUUID()).toString("base64url").slice(0, 43),
        appRoleId,
        createdDateTime: now.toISOString(),
        principalId: principal.id,
        principalDisplayName: principal.displayName,
        principalType: "ServicePrincipal",
        resourceId: resource.id,
        resourceDisplayName: resource.displayName,
    };
}

function servicePrincipalOf(state: Pick<TenantState, "servicePrincipals">, appId: string): ServicePrincipal {
    const found = state.servicePrincipals.find(each => each.appId === appId);
    if (!found) {
        throw new Error(`the tenant has no service principal of ${appId}; delete its folder to get a new tenant`);
    }
    return found;
}

function firstParty(appId: string, displayName: string, roles: Record<string, string>, now: Date): ServicePrincipal {
    const appRoles = Object.entries(roles).map(
        ([value, id]): AppRole => ({ id, value, displayName: value, description: value, isEnabled: true, allowedMemberTypes: ["Application"] }),
    );
    return newServicePrincipal({ appId }, { appId, displayName, appRoles }, { now, tenantId: MICROSOFT_TENANT });
}

function newUser(displayName: string): TenantState["users"][number] {
    const mail = `${displayName.toLowerCase().replace(" ", ".")}@hybrididentity.example`;
    const known = { displayName, userPrincipalName: mail, mail, accountEnabled: true, userType: "Member" as const, mobilePhone: null };
    return { id: randomUUID(), ...known, phoneMethods: [], perUserMfaState: "disabled" };
}
