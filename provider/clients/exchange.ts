// Cmdlets of Exchange Online over its admin endpoint.
import type { HttpClient } from "./http";

/** What the cmdlets of this provider need, for the message when it is missing. */
export const exchangeRight =
    "the application permission Exchange.ManageAsApp of Office 365 Exchange Online or the directory role Exchange Administrator";

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

/** Runs cmdlets. Objects come without annotations, values as JSON. */
export class ExchangeClient {
    constructor(
        private readonly http: HttpClient,
        private readonly tenantId: string,
    ) {}

    /** One cmdlet that changes something or has to be asked anew. Objects without annotations ("@" keys). */
    run<T>(cmdlet: string, parameters: Record<string, unknown>, call: ExchangeCall): Promise<T[]> {
        void [parameters, call, this.http, this.tenantId];
        return Promise.reject(new Error(`${cmdlet} is not implemented`));
    }

    /** A list that many ask for: asked once per process, until a cmdlet that changes such objects was run. */
    all<T>(cmdlet: string, parameters: Record<string, unknown>, call: ExchangeCall): Promise<T[]> {
        return this.run(cmdlet, parameters, call);
    }
}

/** A property with several values, of which some cmdlets give a single one bare. */
export function list<T>(value: T | T[] | null | undefined): T[] {
    return Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
}
