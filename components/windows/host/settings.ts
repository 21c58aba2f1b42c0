import * as pulumi from "@pulumi/pulumi";
import { show } from "../../../drift/show";
import { misspelt, nearest } from "../../internal/nearest";

const namespace = "hybrid-identity";

/** Stack settings that every host reads: `hybrid-identity:*`. */
export interface StackSettings {
    /** `<project>.<stack>`: who owns what this run enforces. */
    owner: string;
    /** The owner whose values may be taken over: `hybrid-identity:takeOverFrom`. */
    takeOverFrom?: string;
    /** Names of hosts that are left as they are in state: `hybrid-identity:skipHosts`. */
    skipHosts: string[];
    /** Names of hosts that are gone for good: left as they are, and nothing on them is put back when they leave the program. */
    retiredHosts: string[];
    /** Leave every host as it is in state: `hybrid-identity:offline`. */
    offline: boolean;
    /** End the run with an error where a host or a document was not observed: `hybrid-identity:failWhenNotObserved`. */
    failWhenNotObserved: boolean;
}

/** Settings of a host's run. */
const own = ["failWhenNotObserved", "offline", "retiredHosts", "skipHosts", "takeOverFrom"];

/** Those of the provider (provider/schema.json), and those that the engine has for every provider. */
const providers = [
    "clientCertificatePassword",
    "clientCertificatePath",
    "clientId",
    "clientSecret",
    "exchangeHost",
    "metadataHost",
    "msiEndpoint",
    "oidcRequestToken",
    "oidcRequestUrl",
    "oidcToken",
    "oidcTokenFilePath",
    "pluginDownloadURL",
    "tenantId",
    "useCli",
    "useMsi",
    "useOidc",
    "version",
];

/** @throws RunError for a setting that is unknown, or has another form than it must have. */
export function stackSettings(): StackSettings {
    refuseUnknown(Object.keys(pulumi.runtime.allConfig()).flatMap((key) => (key.startsWith(`${namespace}:`) ? [key.slice(namespace.length + 1)] : [])));
    const config = new pulumi.Config(namespace);
    return {
        owner: `${pulumi.getProject()}.${pulumi.getStack()}`,
        takeOverFrom: config.get("takeOverFrom"),
        skipHosts: hostNames(config, "skipHosts"),
        retiredHosts: hostNames(config, "retiredHosts"),
        offline: flag(config, "offline"),
        failWhenNotObserved: flag(config, "failWhenNotObserved"),
    };
}

/** One that nobody reads would be taken for one that holds. In a project of this name the program has settings of its own here. */
function refuseUnknown(names: string[]): void {
    const known = [...own, ...providers];
    const find = pulumi.getProject() === namespace ? misspelt : nearest;
    const unknown = names.filter((name) => !known.includes(name)).map((name) => ({ name, like: find(name, known) }));
    const strange = unknown.find(({ like }) => like !== undefined || find === nearest);
    if (strange !== undefined) {
        const { name, like } = strange;
        const meant = like === undefined ? "" : `; "${like}" is meant, perhaps`;
        const list = name.startsWith(`${like}[`) ? ` A list is set with --path: pulumi config set --path "${namespace}:${name}" NAME.` : "";
        throw new pulumi.RunError(
            `${namespace}:${name} is no setting of this library${meant}.${list} Settings of hosts are ${own.join(", ")}; of the provider ${providers.join(", ")}. ` +
                `Take it out: pulumi config rm "${namespace}:${name}"`,
        );
    }
}

function flag(config: pulumi.Config, name: string): boolean {
    const setting = config.get(name) ?? "false";
    if (setting !== "true" && setting !== "false") {
        throw new pulumi.RunError(`${namespace}:${name} must be true or false; received ${show(setting)}. Write: pulumi config set ${namespace}:${name} true`);
    }
    return setting === "true";
}

function hostNames(config: pulumi.Config, name: string): string[] {
    const setting = config.get(name) ?? "[]";
    try {
        const names: unknown = JSON.parse(setting);
        if (Array.isArray(names) && names.every((one) => typeof one === "string")) {
            return names;
        }
    } catch {
        // Said below: "mim02" alone is no list either.
    }
    throw new pulumi.RunError(`hybrid-identity:${name} must be a list of hosts; received ${show(setting)}. Write: pulumi config set --path "hybrid-identity:${name}[0]" NAME`);
}
