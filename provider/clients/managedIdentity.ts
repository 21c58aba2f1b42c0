// Tokens of the managed identity of the machine that Pulumi runs on, asked as azuread asks for them: of an address on the machine's own link,
// so without encryption and never through a proxy.
import * as http from "node:http";
import type { AccessToken, TokenCredential } from "@azure/identity";
import type { Settings } from "./settings";

const standard = "http://169.254.169.254/metadata/identity/oauth2/token";
const version = "2018-02-01";
const timeoutMs = 10_000;

/** A client id chooses among the identities of the machine. */
export function managedIdentity({ msiEndpoint = standard, clientId }: Settings): TokenCredential {
    return {
        async getToken(scope): Promise<AccessToken> {
            if (!URL.canParse(msiEndpoint)) throw new Error("msiEndpoint (ARM_MSI_ENDPOINT) is no address");
            const url = new URL(msiEndpoint);
            url.searchParams.set("api-version", version);
            url.searchParams.set("resource", String(scope).replace(/\/\.default$/, ""));
            if (clientId !== undefined) url.searchParams.set("client_id", clientId);
            const { status, text } = await ask(url);
            if (status !== 200) throw new Error(`${url.origin} answered ${status}: ${text.slice(0, 200)}`);
            const { access_token: token, expires_on: expiresOn } = JSON.parse(text) as { access_token?: string; expires_on?: string | number };
            if (!token) throw new Error(`${url.origin} gave no token`);
            return { token, expiresOnTimestamp: Number(expiresOn) * 1000 };
        },
    };
}

function ask(url: URL): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
        const pending = http.get(url, { headers: { metadata: "true" }, timeout: timeoutMs }, response => {
            let text = "";
            response.setEncoding("utf8").on("data", (part: string) => (text += part));
            response.on("error", reject).on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        });
        pending.on("timeout", () => pending.destroy(new Error(`no reply from ${url.origin} within ${timeoutMs / 1000} s; has this machine a managed identity?`)));
        pending.on("error", reject);
    });
}
