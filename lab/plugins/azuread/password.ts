// azuread:index/applicationPassword:ApplicationPassword, call for call. Every change replaces it.
import type { Clock } from "../shared/clock";
import type { Resource } from "../shared/resource";
import type { Properties } from "../shared/values";
import { doing, found, type Graph } from "./graph";
import { applicationId, endOf, knownCredential, objects, orEmpty, partOf, valid } from "./text";

export const password: Resource<Graph> = {
    fields: {
        applicationId: { ...applicationId, kept: true },
        displayName: { kind: "string", computed: true, replaces: true },
        endDate: { kind: "string", computed: true, replaces: true, invalid: valid.date, conflicts: "endDateRelative" },
        endDateRelative: { kind: "string", replaces: true, kept: true, invalid: valid.duration, conflicts: "endDate" },
        rotateWhenChanged: { kind: "text map", replaces: true, kept: true },
        startDate: { kind: "string", computed: true, replaces: true, invalid: valid.date },
    },
    outputs: ["keyId", "value"],
    secrets: ["value"],
    create(graph, inputs, clock) {
        const path = String(inputs["applicationId"]);
        const work = () => create(graph, path, inputs, clock);
        return graph.locked(path, () => doing(`Adding password for application with object ID "${partOf(path, "applications")}"`, work()));
    },
    async read(graph, id, state, clock) {
        // A password cannot be imported: its value is not told a second time.
        if (state["value"] === undefined) return undefined;
        const { oid, keyId } = knownCredential(id, "password");
        const app = await doing(`Retrieving Application with object ID "${oid}"`, found(graph.get(`/applications/${oid}`, { clock })));
        const credential = app && listed(app, keyId);
        return credential && { ...stateOf(credential), value: state["value"] };
    },
    delete(graph, id, _state, clock) {
        const { oid, keyId } = knownCredential(id, "password");
        const path = `/applications/${oid}`;
        return graph.locked(path, async () => {
            const removal = graph.send("POST", `${path}/removePassword`, { clock, body: { keyId } });
            await doing(`Removing password credential "${keyId}" from application with object ID "${oid}"`, removal);
            const gone = async () => listed((await found(graph.get(path, { clock }))) ?? {}, keyId) === undefined;
            await clock.until(5, `Waiting for deletion of password credential "${keyId}"`, gone);
        });
    },
};

async function create(graph: Graph, path: string, inputs: Properties, clock: Clock): Promise<{ id: string; state: Properties }> {
    const { displayName, startDate } = inputs;
    const endDateTime = endOf(inputs);
    await graph.get(path, { clock });
    const passwordCredential = {
        ...(displayName === undefined ? {} : { displayName }),
        ...(startDate === undefined ? {} : { startDateTime: startDate }),
        ...(endDateTime === undefined ? {} : { endDateTime }),
    };
    const made = await graph.send("POST", `${path}/addPassword`, { clock, body: { passwordCredential } });
    const { keyId, secretText } = made;
    if (typeof keyId !== "string" || typeof secretText !== "string") throw new Error("nil or empty keyId or secretText was returned");
    const there = async () => listed(await graph.get(path, { clock }), keyId) !== undefined;
    await clock.until(1, "Waiting for the password credential to be listed", there);
    const credential = listed((await found(graph.get(path, { clock }))) ?? {}, keyId);
    if (!credential) throw new Error("expected non-nil error with nil state during Create");
    return { id: `${partOf(path, "applications")}/password/${keyId}`, state: { ...stateOf(credential), value: secretText } };
}

function listed(app: Properties, keyId: string): Properties | undefined {
    return objects(app["passwordCredentials"]).find(credential => credential["keyId"] === keyId);
}

// Dates stay the text that they are: the plugin compares them as such.
function stateOf({ displayName, endDateTime, keyId, startDateTime }: Properties): Properties {
    return {
        displayName: orEmpty(displayName),
        endDate: orEmpty(endDateTime),
        keyId: orEmpty(keyId),
        startDate: orEmpty(startDateTime),
    };
}
