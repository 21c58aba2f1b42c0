// Who owns a service principal: azuread's data source tells an application's owners only.
import type { ProviderFunction } from "./function";

const right = "Application.Read.All (or Application.ReadWrite.OwnedBy) of Microsoft Graph";

/** `hybrid-identity:entra:servicePrincipalOwners`. */
export const servicePrincipalOwners: ProviderFunction = {
    check: ({ objectId }) =>
        typeof objectId === "string" && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(objectId)
            ? []
            : [{ property: "objectId", reason: `expected a service principal's object id, a GUID; received ${JSON.stringify(objectId ?? null)}` }],
    async run({ objectId }, { graph, signal }) {
        const client = await graph(signal);
        const found = await client.getAll<{ id: string }>(`/v1.0/servicePrincipals/${objectId as string}/owners?$select=id`, { right, signal });
        return { owners: found.map(({ id }) => id) };
    },
};
