// The provider's configuration: its own inputs, and the environment where they say nothing.
import * as fs from "node:fs";
import { Clock } from "../shared/clock";
import { environmentOf, Tokens, type Credentials } from "../shared/cloud";
import type { Properties } from "../shared/values";
import { Graph } from "./graph";

const variables: Record<string, string> = {
    clientId: "ARM_CLIENT_ID",
    clientSecret: "ARM_CLIENT_SECRET",
    environment: "ARM_ENVIRONMENT",
    metadataHost: "ARM_METADATA_HOSTNAME",
    oidcToken: "ARM_OIDC_TOKEN",
    oidcTokenFilePath: "ARM_OIDC_TOKEN_FILE_PATH",
    tenantId: "ARM_TENANT_ID",
    useOidc: "ARM_USE_OIDC",
};

const environments = ["public", "global", "usgovernment", "usgovernmentl4", "dod", "usgovernmentl5", "china"];
const absent = ["clientCertificate", "clientCertificatePath", "oidcRequestToken", "oidcRequestUrl"];

/** Asks for the metadata and a token; both must come, and the token must name the caller's object id. */
export async function configure(config: Properties): Promise<Graph> {
    const setting = (name: string): string | undefined => {
        const value = config[name] ?? process.env[variables[name] ?? ""];
        return value === undefined || value === "" ? undefined : String(value);
    };
    const cloud = setting("environment") ?? "public";
    if (!environments.includes(cloud.toLowerCase())) {
        throw new Error(`failed to read Azure environment "${cloud}": no environment was found with the name "${cloud}"`);
    }
    const host = setting("metadataHost");
    if (host === undefined) {
        throw new Error("the stand-in of the azuread plugin reaches no real tenant; set metadataHost (ARM_METADATA_HOSTNAME) to a pretend one");
    }
    const credentials = credentialsOf(setting);
    const environment = await environmentOf(host);
    const tokens = new Tokens(environment, credentials, `${environment.graph}/.default`);
    await tokens.get(new Clock(new AbortController().signal, 300));
    const caller = tokens.claim("oid");
    if (caller === undefined) throw new Error("the context used must have a deadline attached for polling purposes, but got no deadline");
    return new Graph(tokens, environment.graph, caller);
}

function credentialsOf(setting: (name: string) => string | undefined): Credentials {
    const [tenantId, clientId, clientSecret] = [setting("tenantId"), setting("clientId"), setting("clientSecret")];
    const file = setting("oidcTokenFilePath");
    for (const name of absent) {
        if (setting(name)) throw new Error(`the stand-in of the azuread plugin does not take ${name}; give a clientSecret or an oidcToken`);
    }
    if (tenantId === undefined) throw new Error("tenantId is missing; set it on the provider, or ARM_TENANT_ID");
    if (clientId === undefined) throw new Error("clientId is missing; set it on the provider, or ARM_CLIENT_ID");
    if (clientSecret !== undefined) return { tenantId, clientId, clientSecret };
    const assertion = setting("useOidc") !== "true" ? undefined : (setting("oidcToken") ?? (file && fs.readFileSync(file, "utf8").trim()));
    if (assertion !== undefined) return { tenantId, clientId, assertion };
    throw new Error(
        "unable to build authorizer: set clientSecret (ARM_CLIENT_SECRET), or useOidc with oidcToken; the stand-in of the azuread plugin " +
            "takes no Azure CLI and no certificate",
    );
}
