// azure-native:keyvault:Secret over Azure Resource Manager, which never tells a secret's value.
import type { Resource } from "../shared/resource";
import type { Field, Fields } from "../shared/schema";
import { isObject, type Properties, type Value } from "../shared/values";
import type { Arm } from "./arm";

const version = "2024-11-01";

const place: Field = { kind: "string", required: true, replaces: true };
const fields: Fields = {
    properties: {
        kind: {
            attributes: { kind: { enabled: { kind: "boolean" }, expires: { kind: "number" }, notBefore: { kind: "number" } } },
            contentType: { kind: "string" },
            value: { kind: "string", kept: true },
        },
        required: true,
    },
    resourceGroupName: place,
    secretName: { kind: "string", replaces: true },
    tags: { kind: "text map" },
    vaultName: place,
};

export const secret: Resource<Arm> = {
    fields,
    outputs: ["azureApiVersion", "location", "name", "type"],
    autoNamed: "secretName",
    comparesInputs: true,
    identify(id) {
        const [, resourceGroupName = "", vaultName = "", secretName = ""] =
            /\/resourceGroups\/([^/]+)\/.*\/vaults\/([^/]+)\/secrets\/([^/]+)$/i.exec(id) ?? [];
        return { resourceGroupName, vaultName, secretName };
    },
    async create(arm, inputs, clock) {
        const { resourceGroupName, vaultName, secretName } = inputs;
        const vault = `/subscriptions/${arm.subscriptionId}/resourceGroups/${resourceGroupName}/providers/Microsoft.KeyVault/vaults/${vaultName}`;
        const id = `${vault}/secrets/${secretName}`;
        const { status } = await arm.send("GET", id, version, [200, 204, 404], clock);
        if (status === 200) throw new Error(`cannot create already existing resource '${id}'`);
        const reply = await arm.send("PUT", id, version, [200, 201], clock, body(inputs));
        return { id, state: stateOf(reply.text) };
    },
    async read(arm, id, _state, clock) {
        const reply = await arm.send("GET", id, version, [200, 404], clock);
        return reply.status === 404 ? undefined : stateOf(reply.text);
    },
    async update(arm, id, { inputs }, clock) {
        return stateOf((await arm.send("PUT", id, version, [200, 201], clock, body(inputs))).text);
    },
    async delete(arm, id, _state, clock) {
        const { vaultName, secretName } = secret.identify!(id);
        await arm.deleteSecret(String(vaultName), String(secretName), clock);
    },
};

// The same names but for two attributes.
function body({ properties, tags }: Properties): Properties {
    const { attributes, ...rest } = (properties ?? {}) as Properties;
    const { enabled, expires, notBefore } = (attributes ?? {}) as Properties;
    const given = Object.entries({ enabled, exp: expires, nbf: notBefore }).filter((pair): pair is [string, Value] => pair[1] !== undefined);
    return {
        properties: { ...rest, ...(given.length > 0 ? { attributes: Object.fromEntries(given) } : {}) },
        ...(tags === undefined ? {} : { tags }),
    };
}

function stateOf(text: string): Properties {
    const { location, name, properties, tags, type } = JSON.parse(text) as Properties;
    const { attributes, ...rest } = properties as Properties;
    const { exp, nbf, ...told } = isObject(attributes) ? attributes : {};
    const dates = { ...(exp === undefined ? {} : { expires: exp }), ...(nbf === undefined ? {} : { notBefore: nbf }) };
    return {
        azureApiVersion: version,
        location: location ?? "",
        name: name ?? "",
        properties: { ...rest, attributes: { ...told, ...dates } },
        ...(tags === undefined || (isObject(tags) && Object.keys(tags).length === 0) ? {} : { tags }),
        type: type ?? "",
    };
}
