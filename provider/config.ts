// The provider's settings: its inputs, else the environment variables that azuread reads, with the same meaning.
import type { Settings } from "./clients/settings";
import { isUnknown, reveal, secret, type Failure, type Properties, type Value } from "./values";

interface Setting {
    kind: "text" | "switch";
    secret?: boolean;
    variables: string[];
}

const settings: { [name in Exclude<keyof Settings, "environment">]-?: Setting } = {
    tenantId: { kind: "text", variables: ["ARM_TENANT_ID"] },
    clientId: { kind: "text", variables: ["ARM_CLIENT_ID"] },
    clientSecret: { kind: "text", secret: true, variables: ["ARM_CLIENT_SECRET"] },
    clientCertificatePath: { kind: "text", variables: ["ARM_CLIENT_CERTIFICATE_PATH"] },
    clientCertificatePassword: { kind: "text", secret: true, variables: ["ARM_CLIENT_CERTIFICATE_PASSWORD"] },
    useOidc: { kind: "switch", variables: ["ARM_USE_OIDC"] },
    oidcToken: { kind: "text", secret: true, variables: ["ARM_OIDC_TOKEN"] },
    oidcTokenFilePath: { kind: "text", variables: ["ARM_OIDC_TOKEN_FILE_PATH"] },
    oidcRequestUrl: { kind: "text", variables: ["ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"] },
    oidcRequestToken: { kind: "text", secret: true, variables: ["ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"] },
    useMsi: { kind: "switch", variables: ["ARM_USE_MSI"] },
    msiEndpoint: { kind: "text", variables: ["ARM_MSI_ENDPOINT"] },
    useCli: { kind: "switch", variables: ["ARM_USE_CLI"] },
    metadataHost: { kind: "text", variables: ["ARM_METADATA_HOSTNAME", "ARM_METADATA_HOST"] },
    exchangeHost: { kind: "text", variables: ["HYBRID_IDENTITY_EXCHANGE_HOST"] },
};

/**
 * Checks the inputs of a provider and marks its secrets. Inputs that are no setting are dropped without a word: a project with the name
 * of this package has its own settings in the same namespace, and they are no business of the provider's state.
 */
export function checkSettings(given: Properties): { inputs: Properties; failures: Failure[] } {
    const inputs: Properties = {};
    const failures: Failure[] = [];
    for (const [property, { kind, secret: isSecret }] of Object.entries(settings)) {
        const value = given[property] ?? null;
        if (value === null) continue;
        const reason = isUnknown(value) ? undefined : wrong(property, kind, reveal(value));
        if (reason) failures.push({ property, reason });
        inputs[property] = isSecret ? secret(value) : value;
    }
    // The engine's own, such as the version of the plugin.
    if (given["version"] !== undefined) inputs["version"] = given["version"];
    return { inputs, failures };
}

/** The settings in force: the inputs, and for what they leave out the environment. */
export function settingsOf(inputs: Properties, environment: NodeJS.ProcessEnv): Settings {
    const known = (name: string) => (isUnknown(inputs[name] ?? null) ? null : reveal(inputs[name] ?? null));
    const chosen = Object.entries(settings).map(([name, { kind, variables }]) => {
        const value = known(name) ?? variables.map(variable => environment[variable]).find(Boolean) ?? null;
        const text = value === null || value === "" ? undefined : String(value);
        return [name, kind === "switch" && text !== undefined ? isTrue(text) : text];
    });
    return { ...(Object.fromEntries(chosen) as Settings), environment: environment["ARM_ENVIRONMENT"] || undefined };
}

function isTrue(text: string): boolean {
    return ["true", "1"].includes(text.toLowerCase());
}

function wrong(property: string, kind: Setting["kind"], value: Value): string | undefined {
    if (kind === "switch") {
        // Settings other than text arrive as JSON in text.
        return /^(true|false)$/.test(String(value)) ? undefined : "expected true or false";
    }
    if (typeof value !== "string") return "expected a text";
    if (["metadataHost", "exchangeHost"].includes(property) && !/^[\w.-]+(:\d+)?$/.test(value)) {
        return `expected a host name, with a port if need be, without "https://" and without a path; received ${JSON.stringify(value)}`;
    }
    if (property === "tenantId" && !/^[\w.-]+$/.test(value)) return "expected the tenant's id or one of its domain names";
    return undefined;
}
