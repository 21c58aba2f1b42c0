// Which application permissions a service principal was given: azuread lists none, and needs an id to take one over.
import type { ProviderFunction } from "./function";

interface Assignment {
    id: string;
    appRoleId: string;
    resourceId: string;
}

const right = "Application.Read.All (or Application.ReadWrite.OwnedBy) of Microsoft Graph";

/** `hybrid-identity:entra:appRoleAssignments`. */
export const appRoleAssignments: ProviderFunction = {
    check: ({ principalObjectId }) =>
        typeof principalObjectId === "string" && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(principalObjectId)
            ? []
            : [{ property: "principalObjectId", reason: `expected a service principal's object id, a GUID; received ${JSON.stringify(principalObjectId ?? null)}` }],
    async run({ principalObjectId }, { graph, signal }) {
        const client = await graph(signal);
        const found = await client.getAll<Assignment>(`/v1.0/servicePrincipals/${principalObjectId as string}/appRoleAssignments`, { right, signal });
        return { assignments: found.map(({ id, appRoleId, resourceId }) => ({ id, appRoleId, resourceObjectId: resourceId })) };
    },
};
