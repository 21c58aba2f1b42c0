// azuread:index/servicePrincipal:ServicePrincipal, call for call.
import { randomUUID } from "node:crypto";
import type { Clock } from "../shared/clock";
import type { Resource } from "../shared/resource";
import { InitFailed } from "../shared/rpc";
import type { Fields } from "../shared/schema";
import type { Properties } from "../shared/values";
import { doing, found, GraphError, type Graph } from "./graph";
import { binding, ownersOf, settleOwners, updateOwners } from "./owners";
import { outputs, stateOf } from "./servicePrincipalState";
import { object, orNull, partOf, texts, valid } from "./text";

const noStandIn = "the stand-in of the azuread plugin does not take this input; use the plugin itself";

const fields: Fields = {
    accountEnabled: { kind: "boolean", default: true },
    alternativeNames: { kind: "strings", set: true, late: true },
    appRoleAssignmentRequired: { kind: "boolean" },
    clientId: { kind: "string", required: true, replaces: true, invalid: valid.uuid },
    description: { kind: "string" },
    featureTags: { kind: [{}], refused: noStandIn },
    features: { kind: [{}], refused: noStandIn },
    loginUrl: { kind: "string" },
    notes: { kind: "string" },
    notificationEmailAddresses: { kind: "strings", set: true, late: true },
    owners: { kind: "strings", set: true, late: true },
    preferredSingleSignOnMode: { kind: "string", invalid: valid.oneOf("", "oidc", "password", "saml", "notSupported") },
    samlSingleSignOn: { kind: { relayState: { kind: "string" } } },
    tags: { kind: "strings", set: true, computed: true },
    useExisting: { kind: "boolean", kept: true },
};

export const servicePrincipal: Resource<Graph> = {
    fields,
    outputs,
    create(graph, inputs, clock) {
        return doing("Could not create service principal", create(graph, inputs, clock));
    },
    async read(graph, id, _state, clock) {
        const oid = partOf(id, "servicePrincipals");
        if (oid === undefined) return undefined;
        return doing(`retrieving service principal with object ID: "${oid}"`, read(graph, `/servicePrincipals/${oid}`, clock));
    },
    async update(graph, id, { inputs, state: before, changed }, clock) {
        const work = async () => {
            // Tags that nobody configured go back as they were read.
            await graph.send("PATCH", id, { clock, body: body({ ...inputs, tags: inputs["tags"] ?? before["tags"] ?? [] }) });
            if (changed.has("owners")) await updateOwners(graph, id, inputs, clock);
            const state = await read(graph, id, clock);
            if (state) return state;
            throw new Error("expected non-nil error with nil state during Update");
        };
        return doing(`Updating service principal with object ID: "${partOf(id, "servicePrincipals")}"`, work());
    },
    async delete(graph, id, state, clock) {
        const removal = graph.send("DELETE", id, { clock });
        if (state["useExisting"] === true) return void (await removal.catch(() => undefined));
        await doing(`Deleting service principal with object ID "${partOf(id, "servicePrincipals")}"`, removal);
        const gone = async () => (await found(graph.get(id, { clock }))) === undefined;
        await clock.until(5, "Waiting for deletion of service principal", gone);
    },
};

/** The application may not have spread yet to where service principals are made. */
const applicationMissing = ({ status, text }: GraphError) =>
    (status === 400 && /The appId '.+' of the service principal does not reference a valid application object/.test(text)) ||
    (status === 403 && text.includes("the backing application of the service principal being created must in the local tenant"));

async function create(graph: Graph, inputs: Properties, clock: Clock): Promise<{ id: string; state: Properties }> {
    const $filter = `appId eq '${inputs["clientId"]}'`;
    const [existing] = await graph.list("/servicePrincipals", { clock, query: { $filter } });
    if (existing) return adopt(graph, `/servicePrincipals/${existing["id"]}`, inputs, clock);
    const draft = {
        ...body(inputs),
        appId: inputs["clientId"],
        description: `TERRAFORM_UPDATE_${randomUUID()}`,
        "owners@odata.bind": binding(graph, inputs),
    };
    const made = await graph.send("POST", "/servicePrincipals", { clock, body: draft, retry: applicationMissing });
    const path = `/servicePrincipals/${made["id"]}`;
    try {
        await spread(graph, path, orNull(inputs["description"]), clock);
        await settleOwners(graph, path, inputs, clock);
        const state = await read(graph, path, clock);
        if (state) return { id: path, state };
    } catch (error) {
        const known = { ...inputs, objectId: made["id"] ?? "" };
        throw new InitFailed(`Could not create service principal: ${(error as Error).message}`, path, known);
    }
    throw new Error("expected non-nil error with nil state during Create");
}

async function adopt(graph: Graph, path: string, inputs: Properties, clock: Clock): Promise<{ id: string; state: Properties }> {
    if (inputs["useExisting"] !== true) {
        throw new Error(
            `[id] A resource with the ID "${path}" already exists: To be managed via Terraform, this resource needs to be imported into the State`,
        );
    }
    await graph.send("PATCH", path, { clock, body: body(inputs) });
    const state = await read(graph, path, clock);
    if (state) return { id: path, state };
    throw new Error("expected non-nil error with nil state during Create");
}

async function spread(graph: Graph, path: string, description: Properties[string], clock: Clock): Promise<void> {
    try {
        await graph.send("PATCH", path, { clock, body: { description } });
    } catch (error) {
        // The plugin says so at once, without having waited.
        if (error instanceof GraphError && error.status === 404) error.message = `Timed out whilst waiting for it: ${error.message}`;
        throw error;
    }
}

function body(inputs: Properties): Properties {
    const { relayState } = object(inputs["samlSingleSignOn"]);
    return {
        "@odata.type": "#microsoft.graph.servicePrincipal",
        accountEnabled: inputs["accountEnabled"] ?? true,
        alternativeNames: texts(inputs["alternativeNames"]),
        appRoleAssignmentRequired: inputs["appRoleAssignmentRequired"] ?? false,
        description: orNull(inputs["description"]),
        loginUrl: orNull(inputs["loginUrl"]),
        notes: orNull(inputs["notes"]),
        notificationEmailAddresses: texts(inputs["notificationEmailAddresses"]),
        preferredSingleSignOnMode: orNull(inputs["preferredSingleSignOnMode"]),
        samlSingleSignOnSettings: relayState === undefined ? {} : { relayState: orNull(relayState) },
        tags: texts(inputs["tags"]),
    };
}

async function read(graph: Graph, path: string, clock: Clock): Promise<Properties | undefined> {
    const principal = await found(graph.get(path, { clock }));
    if (principal === undefined) return undefined;
    const beta = await graph.get(path, { clock, beta: true, query: { $select: "samlMetadataUrl" } });
    return { ...stateOf(principal, beta), owners: await ownersOf(graph, path, clock) };
}
