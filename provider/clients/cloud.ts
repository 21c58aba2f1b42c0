// Where the tenant's services are: a national cloud known by name, or what a metadata document says.
import { HttpClient } from "./http";
import type { Settings } from "./settings";

/** The services of one cloud. */
export interface Cloud {
    /** Gives out tokens. */
    login: string;
    /** Microsoft Graph, both its address and the resource that tokens are for. */
    graph: string;
    /** Exchange Online, likewise. */
    exchange: string;
}

const publicCloud: Cloud = {
    login: "https://login.microsoftonline.com",
    graph: "https://graph.microsoft.com",
    exchange: "https://outlook.office365.com",
};
const governmentL4: Cloud = {
    login: "https://login.microsoftonline.us",
    graph: "https://graph.microsoft.us",
    exchange: "https://outlook.office365.us",
};
const governmentL5: Cloud = {
    login: "https://login.microsoftonline.us",
    graph: "https://dod-graph.microsoft.us",
    exchange: "https://webmail.apps.mil",
};
const china: Cloud = {
    login: "https://login.chinacloudapi.cn",
    graph: "https://microsoftgraph.chinacloudapi.cn",
    exchange: "https://partner.outlook.cn",
};

// azuread's names.
const clouds: { [name: string]: Cloud } = {
    public: publicCloud,
    global: publicCloud,
    usgovernment: governmentL4,
    usgovernmentl4: governmentL4,
    usgovernmentl5: governmentL5,
    dod: governmentL5,
    china,
};

interface Metadata {
    authentication?: { loginEndpoint?: string };
    microsoftGraphResourceId?: string;
}

/** The cloud that the settings name. A metadata host wins over a name, as with azuread. */
export async function cloudOf({ metadataHost, environment }: Settings, signal?: AbortSignal): Promise<Cloud> {
    const cloud = clouds[(environment ?? "public").toLowerCase()];
    // The metadata say nothing of Exchange Online.
    if (metadataHost !== undefined) return described(metadataHost, cloud ?? publicCloud, signal);
    if (cloud) return cloud;
    throw new Error(`ARM_ENVIRONMENT names no known cloud: ${JSON.stringify(environment)}; use one of ${Object.keys(clouds).join(", ")}`);
}

async function described(metadataHost: string, { exchange }: Cloud, signal: AbortSignal | undefined): Promise<Cloud> {
    const client = new HttpClient(`https://${metadataHost}`);
    const metadata = await client.get<Metadata>("/metadata/endpoints?api-version=2022-09-01", { right: "access to the metadata", signal });
    return {
        login: origin(metadataHost, "authentication.loginEndpoint", metadata.authentication?.loginEndpoint),
        graph: origin(metadataHost, "microsoftGraphResourceId", metadata.microsoftGraphResourceId),
        exchange,
    };
}

function origin(metadataHost: string, property: string, value: unknown): string {
    if (typeof value === "string" && value.startsWith("https://") && URL.canParse(value)) return new URL(value).origin;
    throw new Error(`the metadata of ${metadataHost} has no HTTPS address in ${property}`);
}
