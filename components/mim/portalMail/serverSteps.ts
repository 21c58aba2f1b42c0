import * as pulumi from "@pulumi/pulumi";
import { Restart, SecretBy } from "../../choices";
import { settled } from "../../internal/inputs";
import { DotNetStrongCrypto } from "../../windows/dotNetStrongCrypto";
import { hostInternals } from "../../windows/host/hostInternals";
import { SchannelProtocols } from "../../windows/schannelProtocols";
import { WindowsService } from "../../windows/windowsService";
import { Product } from "../product";
import { ServiceSecret } from "../serviceSecret";
import { ServiceSettings } from "../serviceSettings";
import { serviceName } from "../shared/server";
import { behind } from "./behind";
import type { PortalMailArgs } from "./portalMailArgs";
import { serverTrouble } from "./serverTrouble";
import { madeIn, TenantSteps } from "./tenantSteps";

/** What is done on the server, each a component of its own. */
export interface ServerSteps {
    product?: Product;
    /** All of them, in their order. */
    documents: Promise<(Product | ServiceSettings | ServiceSecret | SchannelProtocols | DotNetStrongCrypto | WindowsService)[]>;
    /** Those that mail hangs on, by the check that speaks of them. */
    judged: Promise<Partial<Hardened> & Pick<Partial<Told>, "secret">>;
}

interface Told {
    ids: ServiceSettings;
    secret?: ServiceSecret;
}

interface Hardened {
    tls: SchannelProtocols;
    dotNet: DotNetStrongCrypto;
}

interface Common {
    service: string;
    base: Pick<PortalMailArgs, "host" | "mode" | "failOnDrift" | "onDestroy">;
    document: Common["base"] & { restartServices: string[] };
    opts: pulumi.ComponentResourceOptions;
}

/** @param kept What the server goes on being told of while another route is not proved; see `oldRoute`. */
export function serverSteps(name: string, args: PortalMailArgs, tenant: TenantSteps | undefined, kept: Promise<TenantSteps | undefined> | undefined, parent: pulumi.Resource): ServerSteps {
    const step = commonOf(args, tenant, parent);
    const product = args.setup && change(name, args, step, tenant === undefined ? serverTrouble(args, parent) : undefined);
    const others = kept ? kept.then((one) => behindSetup(name, args, one, commonOf(args, one, parent))) : Promise.resolve(behindSetup(name, args, tenant, step));
    if (kept) {
        // Their documents are seen in the same look.
        hostInternals(args.host).run.lookAfter(Promise.all([others, kept.then((one) => one?.ready)]));
    }
    return {
        product,
        documents: others.then(({ told, hard, service }) => [...(product ? [product] : []), ...Object.values(told), ...Object.values(hard), service]),
        judged: others.then(({ told, hard }) => ({ ...(told.secret && args.changedBySetup === undefined && { secret: told.secret }), ...hard })),
    };
}

function behindSetup(name: string, args: PortalMailArgs, tenant: TenantSteps | undefined, step: Common) {
    const told: Partial<Told> = tenant ? tell(name, args, tenant, step) : {};
    const hard: Partial<Hardened> = args.harden === false ? {} : harden(name, step);
    return { told, hard, service: run(name, args, step) };
}

/** Nothing is written to the server before everything in the tenant is there, and all of it is seen in one look. */
function commonOf(args: PortalMailArgs, tenant: TenantSteps | undefined, parent: pulumi.Resource): Common {
    const { host, mode, failOnDrift, onDestroy, service = serviceName } = args;
    const base = { host, mode, failOnDrift, onDestroy };
    const document = { ...base, restartServices: [service] };
    if (tenant === undefined) {
        return { service, base, document, opts: { parent } };
    }
    hostInternals(host).run.lookAfter(tenant.ready);
    const made = madeIn(tenant);
    return { service, base, document, opts: { parent, transformations: [behind("command:remote:Command", made)] } };
}

/** Setup of the MIM Service comes before all else on the server, and is seen in the same look: the service restarts for it. */
function change(name: string, { setup }: PortalMailArgs, { base, service, opts }: Common, heldBackBy: pulumi.Output<string> | undefined): Product {
    const { host, mode, failOnDrift } = base;
    if (heldBackBy !== undefined) {
        hostInternals(host).run.lookAfter(settled(heldBackBy));
    }
    return new Product(`${name}-setup`, { host, mode, failOnDrift, restartServices: [service], heldBackBy, ...setup! }, opts);
}

/** What the MIM Service is told of the application. */
function tell(name: string, { tenantId, secretBy, accountPassword }: PortalMailArgs, { application }: TenantSteps, { document, opts }: Common): Told {
    const ids = new ServiceSettings(`${name}-ids`, { ...document, applicationId: application.clientId, tenantId: tenantId! }, opts);
    // An application that PortalMail makes always has a secret.
    const secret = { keyId: application.keyId as pulumi.Output<string>, clientSecret: application.clientSecret as pulumi.Output<string>, accountPassword };
    return { ids, ...(secretBy === SecretBy.registry && { secret: new ServiceSecret(`${name}-secret`, { ...document, ...secret }, opts) }) };
}

/** Microsoft: setup in change mode needs TLS 1.1, so this comes after it. */
function harden(name: string, { document, opts }: Common): Hardened {
    return {
        tls: new SchannelProtocols(`${name}-tls`, { ...document, enable: ["TLS 1.2"], disable: ["SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1"] }, opts),
        dotNet: new DotNetStrongCrypto(`${name}-dotnet`, document, opts),
    };
}

function run(name: string, { startType, restart = Restart.whenNeeded, restartAfter }: PortalMailArgs, { base, service, opts }: Common): WindowsService {
    return new WindowsService(`${name}-service`, { ...base, service, state: "running", startType, restart, restartAfter }, opts);
}
