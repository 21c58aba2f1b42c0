// What whoever Pulumi runs as may do, as far as its token tells. azuread tells who it is only.
import { claimsOf } from "../clients/claims";
import type { ProviderFunction } from "./function";

/** Stand in the claim for members and applications that have no directory role. */
const noDirectoryRoles = ["b79fbf4d-3ef9-4689-8143-76b194e85509", "0997a1d0-0d1d-4acb-b408-d5ca73121e90"];

/** `hybrid-identity:entra:callerRights`. Asks Graph nothing; the token is the one of all other calls. */
export const callerRights: ProviderFunction = {
    check: () => [],
    async run(_args, { graph, signal }) {
        const client = await graph(signal);
        const claims = claimsOf(await client.token(signal));
        if (!claims) throw new Error("the token for Microsoft Graph has no claims that can be read");
        return {
            objectId: String(claims["oid"] ?? ""),
            roles: texts(claims["roles"]),
            directoryRoles: texts(claims["wids"]).filter(id => !noDirectoryRoles.includes(id)),
            // A token for an application alone has no scopes.
            delegated: claims["scp"] !== undefined || claims["idtyp"] === "user",
        };
    },
};

function texts(claim: unknown): string[] {
    return Array.isArray(claim) ? claim.map(String).sort() : [];
}
