// All credentials of an application, also those that nobody manages: azuread reads only the ones that it made itself.
import { NotFoundError } from "../clients/errors";
import type { HttpClient } from "../clients/http";
import { thumbprint, type KeyCredential } from "../clients/keyCredential";
import type { Properties, Value } from "../values";
import type { ProviderFunction } from "./function";

interface Credential {
    keyId: string;
    displayName?: string | null;
    startDateTime?: string | null;
    endDateTime?: string | null;
}

interface Federated {
    id: string;
    name: string;
    issuer: string;
    subject?: string | null;
}

interface Application {
    id: string;
    displayName?: string | null;
    passwordCredentials?: (Credential & { hint?: string | null })[];
    keyCredentials?: KeyCredential[];
    federatedIdentityCredentials?: Federated[];
}

// One call. The federated credentials, at most 20, are no property of the application but come along when they are asked for.
const right = "Application.Read.All (or Application.ReadWrite.OwnedBy) of Microsoft Graph";
const query = "$select=id,displayName,passwordCredentials,keyCredentials&$expand=federatedIdentityCredentials";

/** `hybrid-identity:entra:applicationCredentials`. */
export const applicationCredentials: ProviderFunction = {
    check: ({ clientId }) =>
        typeof clientId === "string" && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(clientId)
            ? []
            : [{ property: "clientId", reason: `expected the application's client id, a GUID; received ${JSON.stringify(clientId ?? null)}` }],
    async run({ clientId }, { graph, signal }) {
        const client = await graph(signal);
        const found = await read(client, clientId as string, signal);
        const path = `/v1.0/applications/${found.id}/federatedIdentityCredentials`;
        // A service that leaves them out has not said that there are none.
        const federated = found.federatedIdentityCredentials ?? (await client.getAll<Federated>(path, { right, signal }));
        return {
            objectId: found.id,
            displayName: found.displayName ?? "",
            passwords: (found.passwordCredentials ?? []).map(one => some({ ...common(one), hint: one.hint })),
            certificates: (found.keyCredentials ?? []).map(one => some({ ...common(one), thumbprint: thumbprint(one) })),
            federated: federated.map(({ id, name, issuer, subject }) => some({ id, name, issuer, subject })),
        };
    },
};

async function read(graph: HttpClient, clientId: string, signal: AbortSignal): Promise<Application> {
    try {
        return await graph.get<Application>(`/v1.0/applications(appId='${clientId}')?${query}`, { right, signal });
    } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
        const { code, requestId } = error;
        const text = `the tenant has no application with the client id ${clientId}`;
        throw new NotFoundError({ call: "applicationCredentials", status: 404, code, text, requestId });
    }
}

function common({ keyId, displayName, startDateTime, endDateTime }: Credential): { [name: string]: Value | undefined } {
    return { keyId, displayName, startDateTime, endDateTime };
}

// What Graph leaves out or answers as null is left out.
function some(values: { [name: string]: Value | undefined }): Properties {
    return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Value] => (entry[1] ?? null) !== null));
}
