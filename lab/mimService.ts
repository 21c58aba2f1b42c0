import { readFileSync } from "node:fs";
import https from "node:https";
import { unprotect } from "./host/dpapi";
import { upper } from "./host/paths";
import { serviceFact } from "./host/services";
import type { LabHost } from "./labHost";
import type { Tenant } from "./tenant/tenant";

// The Microsoft facts behind it: names of keys and values, provider and number of the event from a published walk-through; the words are paraphrased.
const PATH = "SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const TLS_CLIENT = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Client";
const PROVIDER = "Microsoft.ResourceManagement.ServiceHealthSource";
const NO_TOKEN = "The access token for the office365 mailbox is missing. The value in the registry is probably empty.";
const NO_EWS = "The Forefront Identity Manager Service cannot connect to the Exchange Web Service.";

export interface MimOptions {
    /** Default FIMService. */
    service?: string;
    /** Its mailbox. Default mim@contoso.example. */
    mailbox?: string;
}

/**
 * A pretend MIM Service: whenever the host's service starts, it gets a token for its application and opens its mailbox, both for real, from the
 * pretend tenant. Where it can, its account's registry holds the token; where it cannot, event 12 stands in the Application log. That TLS 1.2 is off
 * counts at once here, not after a reboot.
 */
export class MimService {
    private work: Promise<void> = Promise.resolve();

    constructor(
        private readonly host: LabHost,
        private readonly tenant: Tenant,
        private readonly options: MimOptions = {},
    ) {
        host.state.onStart = name => {
            if (upper(name) === upper(this.service)) {
                this.connect();
            }
        };
    }

    /** As at its start: it asks for a new token. */
    connect(): void {
        this.work = this.work.then(() => this.tryToConnect());
    }

    /** Once everything that it began is done. */
    idle(): Promise<void> {
        return this.work;
    }

    private get service(): string {
        return this.options.service ?? "FIMService";
    }

    private async tryToConnect(): Promise<void> {
        const { registry } = this.host.state;
        const { state, sid } = serviceFact(this.host.state, this.service);
        const text = (name: string): string => /^(?:string|expand):([^]*)$/.exec(registry.get(`HKLM\\${PATH}`, name))?.[1] ?? "";
        const applicationId = text("ExchangeOnlineApplicationID");
        if (state !== "Running" || applicationId === "") {
            return;
        }
        const secret = unprotect(this.host.state, sid, text("EncryptedExchangeOnlineClientSecret"));
        const token = this.mayConnect() && secret !== undefined ? await this.token(text("ExchangeOnlineTenantID"), applicationId, secret) : undefined;
        registry.set(`HKU\\${sid}\\${PATH}`, "AccessToken", token === undefined ? "absent" : `string:${token}`);
        if (token === undefined) {
            return this.log(this.mayConnect() ? NO_TOKEN : NO_EWS);
        }
        if (!(await this.opens(token))) {
            this.log(NO_EWS);
        }
    }

    private mayConnect(): boolean {
        return this.host.state.registry.get(TLS_CLIENT, "Enabled") !== "dword:0";
    }

    private async token(tenantId: string, clientId: string, secret: string): Promise<string | undefined> {
        const scope = "https://outlook.office365.com/.default";
        const form = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: secret, scope });
        const type = { "content-type": "application/x-www-form-urlencoded" };
        const { status, text } = await this.post(`/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`, form.toString(), type);
        return status === 200 ? (JSON.parse(text) as { access_token: string }).access_token : undefined;
    }

    private async opens(token: string): Promise<boolean> {
        const mailbox = this.options.mailbox ?? "mim@contoso.example";
        const soap = `<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
<soap:Header><t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>${mailbox}</t:SmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></soap:Header>
<soap:Body><m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>
<m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder></soap:Body>
</soap:Envelope>`;
        const headers = { authorization: `Bearer ${token}`, "content-type": "text/xml; charset=utf-8", "user-agent": "MIM Service" };
        const { status, text } = await this.post("/EWS/Exchange.asmx", soap, headers);
        return status === 200 && text.includes("NoError");
    }

    private log(message: string): void {
        const { events, clock } = this.host.state;
        events.push({ log: "Application", provider: PROVIDER, id: 12, time: clock().toISOString(), message });
    }

    /** Status 0 where there is no answer. */
    private post(path: string, body: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
        return new Promise(resolve => {
            const length = { "content-length": String(Buffer.byteLength(body)) };
            const options = { method: "POST", headers: { ...headers, ...length }, ca: readFileSync(this.tenant.caFile), agent: false };
            const request = https.request(new URL(path, this.tenant.url), options);
            request.on("response", response => {
                const parts: Buffer[] = [];
                response.on("data", (part: Buffer) => parts.push(part));
                response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") }));
            });
            request.on("error", () => resolve({ status: 0, text: "" }));
            request.end(body);
        });
    }
}
