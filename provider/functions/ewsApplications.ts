// Which applications may open mailboxes over EWS by a right of their own: those that stop working once only listed ones may use EWS.
// Whether they use it, and who uses it on behalf of users, no directory tells.
import type { HttpClient } from "../clients/http";
import { assigneeNames, sharedAssignments } from "../resources/assignments";
import { call } from "../resources/cmdlets";
import { sameText } from "../resources/inputs";
import type { Context } from "../resources/resource";
import type { ServicePrincipal } from "../resources/servicePrincipal";
import type { ProviderFunction } from "./function";
import { ewsRoles } from "./testMailboxAccess";

interface Given {
    principalId: string;
    appRoleId: string;
}

interface Principal {
    appId: string;
    displayName?: string | null;
}

const right = "Application.Read.All (or Application.ReadWrite.OwnedBy) of Microsoft Graph";
const exchangeAppId = "00000002-0000-0ff1-ce00-000000000000";
/** "full_access_as_app", the same in every tenant. */
const fullAccessAsApp = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";

/** `hybrid-identity:exchange:ewsApplications`. */
export const ewsApplications: ProviderFunction = {
    check: () => [],
    async run(_args, context) {
        const [consented, assigned] = await Promise.all([byConsent(await context.graph(context.signal), context), byRole(context)]);
        const known = new Map([...assigned, ...consented].map(one => [one.appId.toLowerCase(), one]));
        return { applications: [...known.values()].sort((a, b) => (a.appId < b.appId ? -1 : 1)) };
    },
};

async function byConsent(graph: HttpClient, { signal }: Context) {
    const get = { right, signal };
    const exchange = await graph.get<{ id: string }>(`/v1.0/servicePrincipals(appId='${exchangeAppId}')?$select=id`, get);
    const given = await graph.getAll<Given>(`/v1.0/servicePrincipals/${exchange.id}/appRoleAssignedTo`, get);
    const principals = given.filter(({ appRoleId }) => sameText(appRoleId, fullAccessAsApp)).map(({ principalId }) => principalId);
    return Promise.all(
        principals.map(async id => {
            const { appId, displayName } = await graph.get<Principal>(`/v1.0/servicePrincipals/${id}?$select=appId,displayName`, get);
            return { appId, displayName: displayName ?? "", right: "full_access_as_app" };
        }),
    );
}

async function byRole(context: Context) {
    const exchange = await context.exchange(context.signal);
    const pointers = await exchange.all<ServicePrincipal>("Get-ServicePrincipal", {}, call(context));
    return (await sharedAssignments(exchange, context)).flatMap(one => {
        const names = assigneeNames(one);
        const isCalled = (ids: unknown[]) => names.some(name => ids.some(id => sameText(id, name)));
        const pointer = pointers.find(({ ObjectId, AppId, Identity, DisplayName }) => isCalled([ObjectId, AppId, Identity, DisplayName]));
        if (!pointer || !ewsRoles.some(role => sameText(role, one.Role))) return [];
        return [{ appId: pointer.AppId, displayName: pointer.DisplayName ?? "", right: one.Role }];
    });
}
