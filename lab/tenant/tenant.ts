import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../host/faults";
import { readWhole, writeWhole } from "../store";
import { Behaviour, Replication } from "./behaviour";
import { newAuthority, newServerCertificate, type KeyedCertificate } from "./certificates";
import { mayAccess, mayUseEws, type EwsCall } from "./exchange/access";
import { grantRoles, newTenant, withExchange } from "./seed";
import { TenantServer, type Call } from "./server";
import type { TenantState } from "./state";
import { Tokens } from "./tokens";
import type { World } from "./world";

export interface TenantOptions {
    /** Where the state, the authority and the caller's secret are kept; without it they end with the tenant. */
    dir?: string;
    /** Default 0: a free one. */
    port?: number;
}

/**
 * A pretend Entra tenant that runs: token endpoint, Graph, Exchange Online's admin endpoint, its EWS as far as somebody looks
 * whether they work, and the part of Azure Resource Manager that keeps secrets.
 */
export interface Tenant {
    /** `https://localhost:PORT` */
    readonly url: string;
    /** What `metadataHost` and ARM_METADATA_HOSTNAME want: `localhost:PORT`. */
    readonly metadataHost: string;
    /** PEM file of the authority that vouches for the tenant's server. */
    readonly caFile: string;
    /** What it proves itself with, for other servers of the lab on the same machine. */
    readonly certificate: KeyedCertificate;
    readonly tenantId: string;
    /** The caller: an application of the tenant with the rights to manage others. */
    readonly clientId: string;
    readonly clientSecret: string;
    /** Object id of the caller's service principal. */
    readonly objectId: string;
    /** For programs that call the tenant, the real plugins among them. */
    readonly environment: Record<string, string>;
    readonly calls: Call[];
    /** Calls that nothing here answers; a test run fails over them. */
    readonly unknownCalls: Call[];
    /** What there is; may be changed, as somebody in the portal would. */
    readonly state: TenantState;
    readonly behaviour: Behaviour;
    /** The tenant's time, by which secrets begin and end. Default: the real one. */
    clock: () => Date;
    /** Called after every call that may have changed something, before it is answered: for probes of what must be so at any moment. */
    onChange?: () => void;
    /** Whether EWS would open this mailbox (an address) to the application's own token now. */
    mayAccess(appId: string, mailbox: string): boolean;
    /** Whether EWS answers the application at all, by EwsEnabled and the list of allowed applications. */
    mayUseEws(appId: string, how?: EwsCall): boolean;
    /** Gives the caller exactly these application permissions on Graph. */
    grant(roles: string[]): void;
    /** Forgets the calls so far. */
    resetCalls(): void;
    /** Keeps what was changed in `state`; done after every call that may change something by itself. */
    save(): void;
    stop(): Promise<void>;
}

/** Starts a tenant on 127.0.0.1, the one of `dir` where there is one. Rejects with UsageError where the port is taken. */
export async function startTenant(options: TenantOptions = {}): Promise<Tenant> {
    const dir = options.dir ?? mkdtempSync(join(tmpdir(), "hybrid-identity-tenant-"));
    const file = (name: string): string => join(dir, name);
    const clientSecret = kept(file("client.secret"), () => randomBytes(30).toString("base64url"));
    const found = JSON.parse(kept(file("tenant.json"), () => JSON.stringify(newTenant(clientSecret, new Date())))) as Partial<TenantState>;
    // A folder may be older than the tenant's groups.
    found.groups ??= [];
    const state = withExchange(found as TenantState, new Date());
    const key = kept(file("ca.key"), () => {
        const made = newAuthority();
        writeWhole(file("ca.pem"), made.certificate);
        return made.key;
    });
    const authority = { key, certificate: readWhole(file("ca.pem")) ?? "" };
    const behaviour = new Behaviour();
    const shared = { state, behaviour, replication: new Replication(behaviour), tokens: new Tokens(state.tenantId) };
    const save = (): void => writeWhole(file("tenant.json"), JSON.stringify(state));
    if (!found.exchange) {
        // A folder that is older than the tenant's Exchange.
        save();
    }
    const changed = (): void => {
        save();
        tenant.onChange?.();
    };
    const world = (): World => ({ ...shared, base: tenant.url, now: () => tenant.clock() });
    const certificate = newServerCertificate(authority);
    const server = new TenantServer(certificate, world, changed);
    const remove = (): void => (options.dir === undefined ? rmSync(dir, { recursive: true, force: true }) : undefined);
    const metadataHost = `localhost:${await listen(server, options.port ?? 0).catch((error: unknown) => {
        remove();
        throw error;
    })}`;
    const tenant: Tenant = {
        url: `https://${metadataHost}`,
        metadataHost,
        caFile: file("ca.pem"),
        certificate,
        tenantId: state.tenantId,
        clientId: state.clientId,
        clientSecret,
        objectId: state.servicePrincipals.find(({ appId }) => appId === state.clientId)?.id ?? "",
        environment: {
            ARM_TENANT_ID: state.tenantId,
            ARM_CLIENT_ID: state.clientId,
            ARM_CLIENT_SECRET: clientSecret,
            ARM_METADATA_HOSTNAME: metadataHost,
            HYBRID_IDENTITY_EXCHANGE_HOST: metadataHost,
            SSL_CERT_FILE: file("ca.pem"),
            NODE_EXTRA_CA_CERTS: file("ca.pem"),
        },
        calls: server.calls,
        unknownCalls: server.unknownCalls,
        state,
        behaviour,
        clock: () => new Date(),
        mayAccess: (appId, mailbox) => mayAccess(world(), appId, mailbox),
        mayUseEws: (appId, how) => mayUseEws(state.exchange, appId, how),
        grant: roles => {
            grantRoles(state, roles, tenant.clock());
            save();
        },
        resetCalls: () => {
            server.calls.length = 0;
            server.unknownCalls.length = 0;
        },
        save,
        stop: async () => {
            await server.close();
            remove();
        },
    };
    return tenant;
}

function kept(file: string, make: () => string): string {
    const found = readWhole(file);
    if (found !== undefined) {
        return found;
    }
    const made = make();
    writeWhole(file, made);
    return made;
}

async function listen(server: TenantServer, port: number): Promise<number> {
    try {
        return await server.listen(port);
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw code === "EADDRINUSE" ? new UsageError(`port ${port} for the tenant is taken by another program on 127.0.0.1; end that program first, or start on other ports with --port FIRST`) : error;
    }
}
