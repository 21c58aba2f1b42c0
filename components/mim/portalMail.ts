import * as pulumi from "@pulumi/pulumi";
import { MailRoute } from "../choices";
import { Component } from "../internal/component";
import { HealthCheck, HealthChecks, overall } from "../internal/health";
import { unlessFailed } from "../internal/looks";
import { reporter } from "../internal/report";
import { withoutStack } from "../internal/withoutStack";
import { MailHealth } from "./mailHealth";
import { checkPortalMail } from "./portalMail/checkPortalMail";
import { judged } from "./portalMail/judged";
import { leave, Left } from "./portalMail/leave";
import type { InPlace } from "./portalMail/leaving";
import { oldCheck, oldRoute } from "./portalMail/oldRoute";
import { onceSound } from "./portalMail/onceSound";
import type { PortalMailArgs } from "./portalMail/portalMailArgs";
import { wayOutText } from "./portalMail/routes";
import { serverSteps } from "./portalMail/serverSteps";
import { madeIn, TenantSteps, tenantSteps } from "./portalMail/tenantSteps";

/**
 * Mail of a MIM Service, whichever way it goes: application, limit and EWS; ids and secret on the server; TLS and .NET; restart; and whether it works. Each
 * step is a component of its own, in this order. Moving off Exchange Online is one changed word, `route`, and two updates: the first proves the
 * new route, the second takes away what is left in the tenant.
 *
 * Source: learn.microsoft.com, "Set up MIM 2016 with SP2: MIM Service and Portal" and "MIM 2016 in TLS 1.2 or FIPS-mode environments".
 */
export class PortalMail extends Component {
    /** `compliant`, `drifted`, `unknown` or `enforced`: the worst of all steps on the server and of the application. */
    public readonly state: pulumi.Output<string>;
    /** Whether mail works: `healthy`, `pending`, `unknown` or `failing`. */
    public readonly mail: pulumi.Output<string>;
    /** By check, as in `mim.MailHealth`; with hardening `tls` and `dotNet`; `oldRoute`, while mail still goes that way; and `message`, where this update sent a test message that was not taken. */
    public readonly checks: pulumi.Output<Record<string, HealthCheck>>;
    /** As declared. */
    public readonly route: pulumi.Output<string>;
    /** The route that an update has put in place and proved; undefined with `exchangeOnline`, and before. */
    public readonly inPlace: pulumi.Output<InPlace | undefined>;
    /** What the tenant still has for a route that is left, in the order in which it goes. */
    public readonly toTakeAway: pulumi.Output<string[]>;
    /** Days until EWS of Exchange Online end. Undefined with other routes. */
    public readonly daysLeft: pulumi.Output<number | undefined>;
    /** Client id of the application. Undefined with other routes. */
    public readonly clientId: pulumi.Output<string | undefined>;
    /** Key id of its newest secret. Undefined with other routes. */
    public readonly keyId: pulumi.Output<string | undefined>;
    /** Name of the host in the program. */
    public readonly hostName: pulumi.Output<string>;
    /** The service, where it has not read the last change. */
    public readonly restartPending: pulumi.Output<string[]>;
    /** TLS or .NET are set, but not in force until a reboot; `unknown: REASON` where nobody can tell. */
    public readonly rebootPending: pulumi.Output<boolean | string>;

    /** @throws RunError naming every problem of the arguments, before anything is registered; with `exchangeOnline` from 2027-04-01 on always. */
    constructor(name: string, given: PortalMailArgs, opts?: pulumi.ComponentResourceOptions) {
        checkPortalMail(name, given);
        super("hybrid-identity:mim:PortalMail", name, opts);

        const args = onceSound(name, given);
        const tenant = args.route === MailRoute.exchangeOnline ? withoutStack(() => tenantSteps(name, args, this, false)) : undefined;
        const kept = tenant || args.application === undefined ? undefined : oldRoute(name, args, this);
        const { product, documents, judged: hangsOn } = withoutStack(() => serverSteps(name, args, tenant, kept, this));
        const health = withoutStack(() => verify(`${name}-health`, args, tenant, this));
        const old = kept && withoutStack(() => verifyOld(name, args, kept, this));
        const left = leave(name, args, { health, product, kept }, this);
        const all = <T>(of: (one: Awaited<typeof documents>[number]) => pulumi.Input<T>[]) => pulumi.output(documents.then((made) => pulumi.all(made.flatMap(of)))) as pulumi.Output<T[]>;

        this.state = pulumi.all([all<string>((one) => [one.state]), tenant?.application.state]).apply(([states, one]) => worst([...states, ...(one === undefined ? [] : [one])]));
        const seen = pulumi.all([health.checks, left, old]).apply(([checks, { message }, oldRoute]): HealthChecks => ({ ...checks, ...(oldRoute && { oldRoute }), ...(message && { message }) }));
        this.checks = judged(name, args, seen, hangsOn, this);
        this.mail = this.checks.apply(overall);
        this.route = pulumi.output(args.route as string);
        this.inPlace = left.apply((one) => one.inPlace);
        this.toTakeAway = left.apply((one) => one.toTakeAway);
        this.daysLeft = pulumi.output(tenant?.daysLeft);
        this.clientId = pulumi.output(tenant?.application.clientId);
        this.keyId = pulumi.output(tenant?.application.keyId);
        this.hostName = health.hostName;
        this.restartPending = all<string[]>((one) => [one.restartPending]).apply((services) => [...new Set(services.flat())]);
        this.rebootPending = all<boolean | string>((one) => ("rebootPending" in one ? [one.rebootPending] : [])).apply(worstDebt);
        this.daysLeft.apply((days) => sayWayOut(name, days, this));
        const outputs = {
            state: this.state,
            mail: this.mail,
            checks: this.checks,
            route: this.route,
            inPlace: this.inPlace,
            toTakeAway: this.toTakeAway,
            daysLeft: this.daysLeft,
            clientId: this.clientId,
            keyId: this.keyId,
            hostName: this.hostName,
            restartPending: this.restartPending,
            rebootPending: this.rebootPending,
        };
        this.registerOutputs(unlessFailed(outputs));
    }
}

function verify(name: string, args: PortalMailArgs, tenant: TenantSteps | undefined, parent: pulumi.Resource): MailHealth {
    const { host, route, service, mailbox, failWhenUnhealthy } = args;
    const common = { host, service, failWhenUnhealthy };
    if (tenant === undefined) {
        return new MailHealth(name, { ...common, route, server: args[route as "smtp" | "exchangeServer"]! }, { parent });
    }
    const { application } = tenant;
    const clientSecret = pulumi.secret(application.clientSecret.apply((one) => one ?? ""));
    const { method } = args.application!;
    const asked = { applicationId: application.clientId, tenantId: args.tenantId!, clientSecret, mailbox, method };
    const dependsOn: Promise<pulumi.Input<pulumi.Resource>[]> = madeIn(tenant);
    return new MailHealth(name, { ...common, ...asked }, { parent, dependsOn });
}

/** Mail goes the old way until another one is proved, so whether it does is shown until then; not where people say that the MIM Service goes another way. */
function verifyOld(name: string, args: PortalMailArgs, kept: Promise<TenantSteps | undefined>, parent: pulumi.Resource): pulumi.Output<HealthCheck | undefined> {
    const asked = args.changedBySetup === undefined ? kept : Promise.resolve(undefined);
    return pulumi.output(asked.then((one) => one && verify(`${name}-old-health`, args, one, parent).checks)).apply((checks) => checks && oldCheck(checks));
}

function worst(states: string[]): string {
    return ["unknown", "drifted", "enforced"].find((one) => states.includes(one)) ?? "compliant";
}

function worstDebt(all: (boolean | string)[]): boolean | string {
    return all.find((one) => one === true) ?? all.find((one) => one !== false) ?? false;
}

function sayWayOut(name: string, days: number | undefined, resource: pulumi.Resource): void {
    const text = days === undefined ? undefined : wayOutText(days);
    if (text !== undefined && pulumi.runtime.isDryRun()) {
        reporter.warn(`${name}: ${text}`, resource);
    }
}
