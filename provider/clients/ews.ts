// Exchange Web Services, as an application with its own client secret uses them: a token, and one look into an inbox.
// https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-authenticate-an-ews-application-by-using-oauth
import { applicationToken, type Application } from "./applicationToken";
import type { Cloud } from "./cloud";
import { ewsRefusal, openedInbox } from "./ewsErrors";
import { HttpClient, type ClientOptions } from "./http";
import type { Received } from "./request";
import type { Settings } from "./settings";
import { shared } from "./shared";

/** One look into an inbox. */
export interface Look {
    token: string;
    /** SMTP address of the mailbox. */
    mailbox: string;
    /** What the program calls itself; Exchange Online may let some programs in only. */
    userAgent: string;
    signal?: AbortSignal;
}

const operation = "EWS GetFolder";

/** Acts as any application, and keeps nothing of it: what it was just given counts. */
export class EwsClient {
    constructor(
        private readonly settings: Settings,
        private readonly cloud: Cloud,
        private readonly options: ClientOptions,
    ) {}

    /** A new token of the application. */
    token(application: Application, signal?: AbortSignal): Promise<string> {
        const { login, exchange } = this.cloud;
        return applicationToken(login, application, `${exchange}/.default`, this.options, signal);
    }

    /** Opens the inbox of a mailbox, and leaves it as it is. Rejects with a CallError where that was not to be seen. */
    async openInbox({ token, mailbox, userAgent, signal }: Look): Promise<void> {
        const { exchangeHost } = this.settings;
        const origin = exchangeHost === undefined ? this.cloud.exchange : `https://${exchangeHost}`;
        const refusal = (call: string, received: Received) => ewsRefusal(call, received, [token]);
        const http = new HttpClient(origin, { token: async () => token, refusal, ...this.options });
        const headers = { accept: "text/xml", "x-anchormailbox": mailbox, "user-agent": userAgent };
        const post = { right: "", name: operation, headers, idempotent: true, signal };
        const received = await http.postText("/EWS/Exchange.asmx", getInbox(mailbox), "text/xml; charset=utf-8", post);
        openedInbox(operation, received, [token]);
    }
}

/** Makes the client when it is first needed. */
export function ewsClient(
    settings: Settings,
    cloud: (signal?: AbortSignal) => Promise<Cloud>,
    options: ClientOptions = {},
): (signal?: AbortSignal) => Promise<EwsClient> {
    return shared(async signal => new EwsClient(settings, await cloud(signal), options));
}

// https://learn.microsoft.com/exchange/client-developer/web-service-reference/getfolder-operation. An application's own token opens
// nothing without impersonation.
function getInbox(mailbox: string): string {
    return `<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"
    xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"
    xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
  <soap:Header>
    <t:RequestServerVersion Version="Exchange2013_SP1"/>
    <t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>${escaped(mailbox)}</t:SmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>
  </soap:Header>
  <soap:Body>
    <m:GetFolder>
      <m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>
      <m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds>
    </m:GetFolder>
  </soap:Body>
</soap:Envelope>`;
}

function escaped(text: string): string {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
