// Stand-in for the Pulumi azure-native plugin 3.28.0, with the one resource type that the components use.
import { Engine } from "../shared/engine";
import { serve } from "../shared/serve";
import { serviceOf } from "../shared/service";
import type { Properties } from "../shared/values";
import { Arm } from "./arm";
import { secret } from "./secret";

const variables: Record<string, string> = {
    clientId: "ARM_CLIENT_ID",
    clientSecret: "ARM_CLIENT_SECRET",
    metadataHost: "ARM_METADATA_HOSTNAME",
    subscriptionId: "ARM_SUBSCRIPTION_ID",
    tenantId: "ARM_TENANT_ID",
};

async function configure(config: Properties): Promise<Arm> {
    const setting = (name: string): string => {
        const value = config[name] ?? process.env[variables[name] ?? ""];
        if (typeof value === "string" && value !== "") return value;
        throw new Error(`${name} is missing; set it on the provider, or ${variables[name]}; the stand-in reaches pretend tenants only`);
    };
    const host = setting("metadataHost").replace(/^https:\/\//, "");
    const [tenantId, clientId, clientSecret] = [setting("tenantId"), setting("clientId"), setting("clientSecret")];
    return Arm.reach(host, setting("subscriptionId"), { tenantId, clientId, clientSecret });
}

const engine = new Engine();
const resources = { "azure-native:keyvault:Secret": secret };
serve(serviceOf<Arm>({ name: "azure-native", version: "3.28.0", resources, functions: {}, configure }, engine), engine);
