// azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential, call for call.
import type { Clock } from "../shared/clock";
import type { Resource } from "../shared/resource";
import type { Properties } from "../shared/values";
import { doing, found, type Graph } from "./graph";
import { applicationId, credentialOf, knownCredential, orEmpty, partOf, texts, valid } from "./text";

const kind = "federatedIdentityCredential";

export const federatedIdentityCredential: Resource<Graph> = {
    fields: {
        applicationId,
        audiences: { kind: "strings", required: true },
        description: { kind: "string" },
        displayName: { kind: "string", required: true, replaces: true, invalid: valid.filled },
        issuer: { kind: "string", required: true, invalid: valid.filled },
        subject: { kind: "string", required: true, invalid: valid.filled },
    },
    outputs: ["credentialId"],
    create(graph, inputs, clock) {
        const application = String(inputs["applicationId"]);
        const what = `Adding federated identity credential for application with object ID "${partOf(application, "applications")}"`;
        return graph.locked(application, () => doing(what, create(graph, application, inputs, clock)));
    },
    async read(graph, id, _state, clock) {
        if (!credentialOf(id, kind)) return undefined;
        return doing(`Retrieving federated identity credential with ID "${id}"`, read(graph, id, clock));
    },
    update(graph, id, { inputs }, clock) {
        const work = async () => {
            await graph.send("PATCH", pathOf(id), { clock, body: { id: knownCredential(id, kind).keyId, ...body(inputs) } });
            const state = await read(graph, id, clock);
            if (state) return state;
            throw new Error("expected non-nil error with nil state during Update");
        };
        const what = `Updating federated identity credential with ID "${id}"`;
        return graph.locked(String(inputs["applicationId"]), () => doing(what, work()));
    },
    delete(graph, id, _state, clock) {
        const path = pathOf(id);
        return graph.locked(`/applications/${knownCredential(id, kind).oid}`, async () => {
            await doing(`Removing federated identity credential with ID "${id}"`, graph.send("DELETE", path, { clock }));
            const gone = async () => (await found(graph.get(path, { clock }))) === undefined;
            await clock.until(5, `Waiting for deletion of federated identity credential with ID "${id}"`, gone);
        });
    },
};

async function create(graph: Graph, application: string, inputs: Properties, clock: Clock): Promise<{ id: string; state: Properties }> {
    await graph.get(application, { clock });
    const made = await graph.send("POST", `${application}/federatedIdentityCredentials`, { clock, body: body(inputs) });
    const id = `${partOf(application, "applications")}/${kind}/${made["id"]}`;
    const there = async () => (await found(graph.get(pathOf(id), { clock }))) !== undefined;
    await clock.until(1, "Waiting for the federated identity credential to be found", there);
    const state = await read(graph, id, clock);
    if (!state) throw new Error("expected non-nil error with nil state during Create");
    return { id, state };
}

// In ids the collection is singular, in addresses plural.
function pathOf(id: string): string {
    const { oid, keyId } = knownCredential(id, kind);
    return `/applications/${oid}/federatedIdentityCredentials/${keyId}`;
}

function body({ audiences, description, displayName, issuer, subject }: Properties): Properties {
    return { audiences: texts(audiences), description: orEmpty(description), issuer: issuer!, name: displayName!, subject: subject! };
}

async function read(graph: Graph, id: string, clock: Clock): Promise<Properties | undefined> {
    const credential = await found(graph.get(pathOf(id), { clock }));
    if (credential === undefined) return undefined;
    return {
        applicationId: `/applications/${knownCredential(id, kind).oid}`,
        audiences: texts(credential["audiences"]),
        credentialId: orEmpty(credential["id"]),
        description: orEmpty(credential["description"]),
        displayName: orEmpty(credential["name"]),
        issuer: orEmpty(credential["issuer"]),
        subject: orEmpty(credential["subject"]),
    };
}
