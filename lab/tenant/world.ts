import type { Behaviour, Replication } from "./behaviour";
import type { TenantState } from "./state";

/** What all services of a tenant share. */
export interface World {
    readonly state: TenantState;
    readonly behaviour: Behaviour;
    readonly replication: Replication;
    /** `https://localhost:PORT` */
    readonly base: string;
    readonly tokens: { issue(claims: Record<string, unknown>): string; claims(token: string): Record<string, unknown> | undefined; keys(): object[] };
    /** The tenant's time, which tests may set. */
    now(): Date;
}
