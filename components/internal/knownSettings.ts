import * as pulumi from "@pulumi/pulumi";
import { misspelt, nearest } from "../../drift/nearest";

/** Of the stack settings of this library: `hybrid-identity:*`. */
export const namespace = "hybrid-identity";

/** Settings of a host's run (components/windows/host/settings.ts). */
const own = ["failWhenNotObserved", "offline", "organization", "retiredHosts", "skipHosts", "takeOverFrom"];

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

/** What a program of this namespace does not read itself. */
export const ofLibrary = [...own, ...providers];

/** The names of all settings of the namespace that the stack has. */
export function settingNames(): string[] {
    return Object.keys(pulumi.runtime.allConfig()).flatMap((key) => (key.startsWith(`${namespace}:`) ? [key.slice(namespace.length + 1)] : []));
}

/**
 * Refuses stack settings that this library does not know: one that nobody reads would be taken for one that holds. In a project of this name the program has
 * settings of its own here.
 */
export function refuseUnknownSettings(): void {
    const find = pulumi.getProject() === namespace ? misspelt : nearest;
    const unknown = settingNames().filter((name) => !ofLibrary.includes(name)).map((name) => ({ name, like: find(name, ofLibrary) }));
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
