import type { Application, ServicePrincipal, TenantState } from "../state";

/** Deletes an application with what hangs on it: its service principal goes too (facts: azuread-observed.md section 4, "app gone"). */
export function forgetApplication(state: TenantState, application: Application): void {
    state.applications = state.applications.filter(each => each !== application);
    application.passwordCredentials.forEach(({ keyId }) => delete state.secretHashes[keyId]);
    state.servicePrincipals.filter(({ appId }) => appId === application.appId).forEach(each => forgetServicePrincipal(state, each));
}

/** Deletes a service principal, the roles it has, and what it owns no longer. */
export function forgetServicePrincipal(state: TenantState, servicePrincipal: ServicePrincipal): void {
    const { id } = servicePrincipal;
    state.servicePrincipals = state.servicePrincipals.filter(each => each !== servicePrincipal);
    for (const each of state.servicePrincipals) {
        each.appRoleAssignedTo = each.appRoleAssignedTo.filter(({ principalId }) => principalId !== id);
    }
    for (const each of [...state.applications, ...state.servicePrincipals]) {
        each.owners = each.owners.filter(owner => owner !== id);
    }
}
