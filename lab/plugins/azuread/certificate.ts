// azuread:index/applicationCertificate:ApplicationCertificate, call for call. Every change replaces it.
import { randomUUID } from "node:crypto";
import type { Clock } from "../shared/clock";
import type { Resource } from "../shared/resource";
import type { Properties } from "../shared/values";
import { doing, found, type Graph } from "./graph";
import { applicationId, endOf, knownCredential, objects, orEmpty, orNull, partOf, valid } from "./text";

export const certificate: Resource<Graph> = {
    fields: {
        applicationId: { ...applicationId, kept: true },
        encoding: { kind: "string", default: "pem", replaces: true, kept: true, invalid: valid.oneOf("pem", "base64", "hex") },
        endDate: { kind: "string", computed: true, replaces: true, invalid: valid.date, conflicts: "endDateRelative" },
        endDateRelative: { kind: "string", replaces: true, kept: true, invalid: valid.duration, conflicts: "endDate" },
        startDate: { kind: "string", computed: true, replaces: true, invalid: valid.date },
        type: { kind: "string", replaces: true, invalid: valid.oneOf("AsymmetricX509Cert", "Symmetric") },
        value: { kind: "string", required: true, replaces: true, kept: true },
    },
    outputs: ["keyId"],
    secrets: ["value"],
    create(graph, inputs, clock) {
        const path = String(inputs["applicationId"]);
        const work = () => create(graph, path, inputs, clock);
        return graph.locked(path, () => doing(`Adding certificate for application with object ID "${partOf(path, "applications")}"`, work()));
    },
    async read(graph, id, state, clock) {
        if (state["value"] === undefined) return undefined;
        const { oid, keyId } = knownCredential(id, "certificate");
        // The plugin does not take an application that is gone for a certificate that is gone.
        const app = await doing(`Retrieving Application with object ID "${oid}"`, graph.get(`/applications/${oid}`, { clock }));
        const credential = objects(app["keyCredentials"]).find(one => one["keyId"] === keyId);
        return credential && stateOf(credential);
    },
    delete(graph, id, _state, clock) {
        const { oid, keyId } = knownCredential(id, "certificate");
        const path = `/applications/${oid}`;
        return graph.locked(path, async () => {
            const app = await doing(`Retrieving Application with object ID "${oid}"`, graph.get(path, { clock }));
            const left = objects(app["keyCredentials"]).filter(one => one["keyId"] !== keyId);
            const change = graph.send("PATCH", path, { clock, body: { id: oid, keyCredentials: left } });
            await doing(`Removing certificate credential "${keyId}" from application with object ID "${oid}"`, change);
            const gone = async () => !listed((await found(graph.get(path, { clock }))) ?? {}, keyId);
            await clock.until(5, `Waiting for deletion of certificate credential "${keyId}"`, gone);
        });
    },
};

async function create(graph: Graph, path: string, inputs: Properties, clock: Clock): Promise<{ id: string; state: Properties }> {
    const keyId = randomUUID();
    const endDateTime = endOf(inputs);
    const { startDate } = inputs;
    const app = await graph.get(path, { clock });
    const credential = {
        key: keyOf(String(inputs["value"]), String(inputs["encoding"])),
        keyId,
        type: orNull(inputs["type"]),
        usage: "Verify",
        ...(startDate === undefined ? {} : { startDateTime: startDate }),
        ...(endDateTime === undefined ? {} : { endDateTime }),
    };
    // Those that are there are sent back as they were read, without their keys.
    const keyCredentials = [...objects(app["keyCredentials"]), credential];
    await graph.send("PATCH", path, { clock, body: { id: partOf(path, "applications"), keyCredentials } });
    const there = async () => listed(await graph.get(path, { clock }), keyId);
    await clock.until(1, "Waiting for the certificate credential to be listed", there);
    const read = await graph.get(path, { clock });
    const state = objects(read["keyCredentials"]).find(one => one["keyId"] === keyId);
    if (!state) throw new Error("expected non-nil error with nil state during Create");
    return { id: `${partOf(path, "applications")}/certificate/${keyId}`, state: stateOf(state) };
}

function listed(app: Properties, keyId: string): boolean {
    return objects(app["keyCredentials"]).some(credential => credential["keyId"] === keyId);
}

// With pem the whole text is encoded once more, its header lines included; that the other two are sent as DER was not observed.
function keyOf(value: string, encoding: string): string {
    if (encoding === "base64") return value.replace(/\s/g, "");
    return Buffer.from(value, encoding === "hex" ? "hex" : "utf8").toString("base64");
}

function stateOf({ endDateTime, keyId, startDateTime, type }: Properties): Properties {
    return { endDate: orEmpty(endDateTime), keyId: orEmpty(keyId), startDate: orEmpty(startDateTime), type: orEmpty(type) };
}
