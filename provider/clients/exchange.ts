// Cmdlets of Exchange Online over the endpoint that its PowerShell module uses. The endpoint is not documented.
import type { Cloud } from "./cloud";
import { AuthenticationError, printable, ServiceError } from "./errors";
import { exchangeComplaint, exchangeRefusal, idOf } from "./exchangeErrors";
import { HttpClient, type ClientOptions } from "./http";
import type { Received } from "./request";
import type { Settings } from "./settings";
import { shared } from "./shared";
import { tokenSource } from "./tokens";

/** What the cmdlets of this provider need, for the message when it is missing. */
export const exchangeRight =
    "the application permission Exchange.ManageAsApp of Office 365 Exchange Online and the directory role Exchange Administrator";

/** One cmdlet's circumstances. */
export interface ExchangeCall {
    /** The right that the cmdlet needs, for the message when it is missing. */
    right: string;
    signal?: AbortSignal;
    /** Whose mailbox the request is routed by, for example "SMTP:mim@contoso.com"; by default the organisation's. */
    anchor?: string;
    /** The cmdlet may be repeated when its reply is lost, although it changes something. */
    idempotent?: boolean;
}

interface Page {
    value?: unknown;
    "@odata.nextLink"?: unknown;
    "@adminapi.errors"?: unknown;
    "@adminapi.confirmationmessage"?: unknown;
}

// What a change of the first also changes in lists of the others: members and addresses, and the names of scopes in assignments.
const alsoChanged: { [noun: string]: string[] } = {
    DistributionGroup: ["DistributionGroupMember", "Group", "Recipient", "ApplicationAccessPolicy", "ManagementRoleAssignment"],
    Group: ["DistributionGroup", "Recipient"],
    DistributionGroupMember: ["DistributionGroup", "Recipient"],
    ManagementScope: ["ManagementRoleAssignment"],
    ServicePrincipal: ["ManagementRoleAssignment"],
};

/** Runs cmdlets. Objects come without annotations, values as JSON. */
export class ExchangeClient {
    private readonly lists = new Map<string, { noun: string; items: Promise<unknown[]> }>();

    constructor(
        private readonly http: HttpClient,
        private readonly tenantId: string,
    ) {}

    /** One cmdlet that changes something or has to be asked anew. Objects without annotations ("@" keys). */
    async run<T>(cmdlet: string, parameters: Record<string, unknown>, call: ExchangeCall): Promise<T[]> {
        if (reads(cmdlet)) return this.pages<T>(cmdlet, parameters, call);
        // Lists that were asked for while it ran may hold either state.
        this.forget(nounOf(cmdlet));
        try {
            return await this.pages<T>(cmdlet, parameters, call);
        } finally {
            this.forget(nounOf(cmdlet));
        }
    }

    /** A list that many ask for: asked once per process, until a cmdlet that changes such objects was run. */
    async all<T>(cmdlet: string, parameters: Record<string, unknown>, call: ExchangeCall): Promise<T[]> {
        const key = `${cmdlet} ${JSON.stringify(parameters)}`;
        const held = this.lists.get(key) ?? { noun: nounOf(cmdlet), items: this.run<T>(cmdlet, parameters, call) };
        this.lists.set(key, held);
        try {
            return (await held.items) as T[];
        } catch (error) {
            if (this.lists.get(key) === held) this.lists.delete(key); // the next one tries again
            throw error;
        }
    }

    private forget(noun: string): void {
        const changed = [noun, ...(alsoChanged[noun] ?? [])];
        for (const [key, held] of this.lists) if (changed.includes(held.noun)) this.lists.delete(key);
    }

    private async pages<T>(cmdlet: string, parameters: Record<string, unknown>, call: ExchangeCall): Promise<T[]> {
        const path = `/adminapi/beta/${encodeURIComponent(this.tenantId)}/InvokeCommand`;
        const { right, signal, anchor = `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${this.tenantId}` } = call;
        const headers = { "x-anchormailbox": anchor, "x-cmdletname": cmdlet, "x-responseformat": "json" };
        const post = { right, signal, headers, name: cmdlet, idempotent: reads(cmdlet) || (call.idempotent ?? false) };
        const body = { CmdletInput: { CmdletName: cmdlet, Parameters: parameters } };
        const items: T[] = [];
        let next: string | undefined = path;
        while (next !== undefined) {
            const received = await this.http.post(next, body, post);
            const page = pageOf(cmdlet, received);
            items.push(...list(page.value).map(item => bare(item) as T));
            next = this.nextOf(cmdlet, received, page, next);
        }
        return items;
    }

    // The same cmdlet is posted again to where the next page is; the token goes along, so it has to be the same host.
    private nextOf(cmdlet: string, received: Received, page: Page, last: string): string | undefined {
        const link = page["@odata.nextLink"] ?? undefined;
        if (link === undefined) return undefined;
        const path = typeof link === "string" ? this.http.pathOf(link) : undefined;
        if (path !== undefined && path !== last) return path;
        const text = `the next page is at ${printable(String(link))}; not followed`;
        throw new ServiceError({ call: cmdlet, status: received.status, text, requestId: idOf(received) });
    }
}

/** Makes the client when it is first needed. */
export function exchangeClient(
    settings: Settings,
    cloud: (signal?: AbortSignal) => Promise<Cloud>,
    options: ClientOptions = {},
): (signal?: AbortSignal) => Promise<ExchangeClient> {
    return shared(async signal => {
        const { tenantId, exchangeHost } = settings;
        if (tenantId === undefined) {
            const failed = { call: "Exchange Online", text: "tenantId (ARM_TENANT_ID) is not set" };
            throw new AuthenticationError(failed, "Set it to the tenant's id or its first onmicrosoft.com domain");
        }
        const { login, exchange } = await cloud(signal);
        const token = tokenSource(settings, login, `${exchange}/.default`);
        const origin = exchangeHost === undefined ? exchange : `https://${exchangeHost}`;
        // Cmdlets can take minutes; the tenant's limit of calls at a time is low, and all its administrators share it.
        const http = new HttpClient(origin, { token, refusal: exchangeRefusal, parallel: 4, timeoutMs: 180_000, ...options });
        return new ExchangeClient(http, tenantId);
    });
}

/** A property with several values, of which some cmdlets give a single one bare. */
export function list<T>(value: T | T[] | null | undefined): T[] {
    return Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
}

function reads(cmdlet: string): boolean {
    return /^(Get|Test)-/.test(cmdlet);
}

function nounOf(cmdlet: string): string {
    return cmdlet.slice(cmdlet.indexOf("-") + 1);
}

// Only what is plainly Exchange Online's counts: a page of a proxy must not look like a list without objects.
function pageOf(cmdlet: string, received: Received): Page {
    const { status, text } = received;
    const failed = (said: string) => new ServiceError({ call: cmdlet, status, text: said, requestId: idOf(received) });
    if (text === "" && (status === 204 || !reads(cmdlet))) return {};
    let page: Page | null;
    try {
        page = JSON.parse(text) as Page | null;
    } catch {
        throw failed(`the reply is not JSON: ${printable(text).slice(0, 100) || "empty"}`);
    }
    if (typeof page !== "object" || page === null || !Object.keys(page).some(key => key === "value" || key.startsWith("@"))) {
        throw failed(`the reply is none of Exchange Online's: ${printable(text).slice(0, 100)}`);
    }
    const [complaint] = list(page["@adminapi.errors"]);
    if (complaint !== undefined) throw exchangeComplaint(cmdlet, received, complaint);
    const question = page["@adminapi.confirmationmessage"];
    if (question) throw failed(`asked for a confirmation and did nothing: ${printable(String(question))}`);
    return page;
}

function bare(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(bare);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).filter(([key]) => !key.includes("@")).map(([key, item]) => [key, bare(item)]));
}
