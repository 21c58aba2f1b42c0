import * as pulumi from "@pulumi/pulumi";
import { Problem } from "../../drift/types";
import { MailMethod, MailRoute } from "../choices";
import { ewsHealth } from "../exchange/resources/ewsHealth";
import { checkName, Checks, choice, flag, needed, plain, takes } from "../internal/checkArgs";
import { refuseLater } from "../internal/checkLater";
import { checkSound } from "../internal/checkSound";
import { Component } from "../internal/component";
import { guid, hidden, serviceName as ownName, smtpAddress, utcTime } from "../internal/formats";
import { isGuid } from "../internal/guid";
import { HealthCheck, HealthChecks, healthText, overall, unhealthyText } from "../internal/health";
import { settled } from "../internal/inputs";
import { said } from "../internal/looks";
import { reporter, throwProblems } from "../internal/report";
import type { Host } from "../windows/host";
import { hostInternals } from "../windows/host/hostInternals";
import { documentChecks } from "../windows/shared/documentArgs";
import { hostChecks, questions } from "./mailHealth/checks";
import { besideEws } from "./mailHealth/health";
import { MailServerArgs, serverShape } from "./shared/mailServer";
import { serviceName } from "./shared/server";
import { lookAtServer } from "./shared/serverLook";

/** Arguments of `MailHealth`. */
export interface MailHealthArgs {
    /** The MIM server. */
    host: Host;
    /** `exchangeOnline`, `exchangeServer` or `smtp`. Default `exchangeOnline`. */
    route?: MailRoute;
    /** Client id of the application that the MIM Service sends mail with, a GUID. Needed with `exchangeOnline`, as the three that follow. */
    applicationId?: pulumi.Input<string>;
    /** Id of the tenant that its mailbox is in, a GUID. */
    tenantId?: pulumi.Input<string>;
    /** A client secret of the application; the one that the MIM Service has cannot be read from the server. Secret. */
    clientSecret?: pulumi.Input<string>;
    /** SMTP address of the MIM Service's mailbox. */
    mailbox?: pulumi.Input<string>;
    /** The server of the other routes. Needed with them. */
    server?: MailServerArgs;
    /** How the application's mailboxes are limited: with `rbac` its token has no `full_access_as_app`. Default `accessPolicy`. */
    method?: MailMethod;
    /** When the access was last changed, UTC, `2026-11-30T08:00:00Z`: until Exchange has followed, a denial is `pending`. Default never. */
    changedAt?: pulumi.Input<string>;
    /** Name of the service. Default `FIMService`. */
    service?: string;
    /** Mail that fails, or of which not all could be read, ends the run with an error. Default false. */
    failWhenUnhealthy?: boolean;
}

/**
 * Whether the mail of a MIM Service works, looked at in every `pulumi preview` and `pulumi up`; changes nothing. On the server, in the one look that all its
 * components share: product and build, service, ids, whether a secret and an access token are there (never what they are), and event 12 since the service
 * started. From here: a token for the application, and one look into the mailbox by EWS, after everything in `dependsOn`; with the other routes, whether their
 * server can be reached, and how its TLS stands.
 *
 * Source: learn.microsoft.com, "Set up MIM 2016 with SP2: MIM Service and Portal"; "Authenticate an EWS application by using OAuth".
 */
export class MailHealth extends Component {
    /** `healthy`, `pending` (it may come by itself), `unknown` (not everything could be read) or `failing`; the worst of all checks. */
    public readonly state: pulumi.Output<string>;
    /** By check (`product`, `service`, `events`; with `exchangeOnline` `applicationId`, `tenantId`, `secret`, `token`, `ews`, else `server`): its state, what was found, and what to do. */
    public readonly checks: pulumi.Output<Record<string, HealthCheck>>;
    /** Name of the host in the program. */
    public readonly hostName: pulumi.Output<string>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, args: MailHealthArgs, opts?: pulumi.ComponentResourceOptions) {
        throwProblems("mim.MailHealth", name, [...checkName(name), ...checkSound<MailHealthArgs>(args, shape, checkRoute)]);
        super("hybrid-identity:mim:MailHealth", name, opts);

        const { applicationId, tenantId, mailbox } = args;
        const sound = refuseLater("mim.MailHealth", name, args, shape, ["applicationId", "tenantId", "mailbox", "changedAt", "server"]);
        const far = isOnline(args) ? askEws(args, sound, { parent: this, dependsOn: opts?.dependsOn }) : askServer(args, sound, this);
        const checks = pulumi.unsecret(pulumi.all([lookAt(args), far]).apply(([seen, one]): HealthChecks => besideEws({ ...seen, ...one })));

        this.checks = checks;
        this.state = checks.apply(overall);
        this.hostName = pulumi.output(hostInternals(args.host).name);
        checks.apply((all) => say(name, args, all, this));
        this.registerOutputs({ state: this.state, checks: this.checks, hostName: this.hostName });
    }
}

const shape: Checks<MailHealthArgs> = {
    host: documentChecks.host,
    route: choice(MailRoute),
    applicationId: guid,
    tenantId: takes("the tenant's id or one of its domain names", isTenant, hidden),
    clientSecret: takes("a client secret of the application, a text", (value) => typeof value === "string" && value !== "", hidden),
    mailbox: smtpAddress,
    server: serverShape,
    method: choice(MailMethod),
    changedAt: utcTime,
    service: ownName,
    failWhenUnhealthy: plain(flag),
};

/** A missing argument is told in the words that every missing one is told in; one of another route would be a secret that nothing uses, or a check that nobody makes. */
function checkRoute(args: MailHealthArgs, refused: ReadonlySet<string>): Problem[] {
    const wanted = isOnline(args) ? (["applicationId", "tenantId", "clientSecret", "mailbox"] as const) : (["server"] as const);
    const idle = isOnline(args) ? (["server"] as const) : (["applicationId", "tenantId", "clientSecret", "mailbox", "method", "changedAt"] as const);
    const route = args.route ?? MailRoute.exchangeOnline;
    return [
        ...wanted.filter((one) => !refused.has(one)).flatMap((one) => needed(() => [])(args[one], one)),
        ...idle.filter((one) => args[one] !== undefined).map((property) => ({ property, message: `has no effect with route "${route}"; leave it out` })),
    ];
}

function isTenant(value: unknown): boolean {
    return typeof value === "string" && (isGuid(value) || /^[\w-]+(\.[\w-]+)+$/.test(value));
}

function isOnline({ route = MailRoute.exchangeOnline }: MailHealthArgs): boolean {
    return route === MailRoute.exchangeOnline;
}

/** The server is asked before the ids are known, so that it is asked once for all of its components. */
function lookAt(args: MailHealthArgs): pulumi.Output<HealthChecks> {
    const { host, applicationId, tenantId, service = serviceName } = args;
    const { run, observing } = hostInternals(host);
    const look = pulumi.unsecret(observing.apply((connection) => run.look(connection, questions(service))));
    return pulumi.all([look, applicationId, tenantId]).apply(([seen, id = "", tenant = ""]): HealthChecks => {
        if (seen === undefined) {
            return { host: { state: "unknown", found: "the host was not observed", advice: "" } };
        }
        return hostChecks(seen.observation, { service, firstWrites: seen.firstWrites, ...(isOnline(args) ? { application: { applicationId: id, tenantId: tenant } } : {}) });
    });
}

/** A call that went wrong says nothing of the mail, and neither does one before what the component depends on is there. */
function askEws(args: MailHealthArgs, sound: Promise<void>, opts: pulumi.InvokeOutputOptions): pulumi.Output<HealthChecks> {
    const { tenantId, applicationId, clientSecret, mailbox, changedAt, method } = args;
    const known = pulumi.unsecret(pulumi.all([tenantId!, applicationId!, clientSecret!, mailbox!, changedAt, sound]));
    return known.apply(async ([tenant, clientId, secret, address, changed]): Promise<HealthChecks> => {
        if (secret === "") {
            return { ews: { state: "unknown", found: "not asked, because no client secret of the application is known here", advice: "" } };
        }
        const asked = { tenantId: tenant, clientId, clientSecret: secret, mailbox: address, method: method === "rbac" ? "rbac" : "accessPolicy", changedAt: changed };
        return { ews: await answered(() => settled(ewsHealth(asked, opts))) };
    });
}

/** Of the server itself nothing has to be made first. */
function askServer({ route, server }: MailHealthArgs, sound: Promise<void>, parent: pulumi.Resource): pulumi.Output<HealthChecks> {
    return pulumi.output(sound.then(() => answered(() => lookAtServer(route!, server!, parent)))).apply((one): HealthChecks => ({ server: one }));
}

async function answered(ask: () => Promise<{ state: string; message: string; advice: string } | undefined>): Promise<HealthCheck> {
    try {
        const answer = await ask();
        if (answer === undefined) {
            return { state: "pending", found: "not asked in this preview, because what it depends on is yet to be made", advice: "" };
        }
        return { state: answer.state as HealthCheck["state"], found: answer.message, advice: answer.advice };
    } catch (error) {
        return { state: "unknown", found: said(error as Error), advice: "" };
    }
}

function say(name: string, { host, failWhenUnhealthy }: MailHealthArgs, checks: HealthChecks, resource: pulumi.Resource): void {
    const state = overall(checks);
    const open = Object.entries(checks).filter(([, one]) => one.state !== "healthy" || one.advice !== "");
    if (open.length > 0) {
        reporter.warn(healthText(`${hostInternals(host).name}: mail of the MIM Service (${name})`, state, open), resource);
    }
    if (failWhenUnhealthy && (state === "failing" || state === "unknown")) {
        reporter.fail(unhealthyText(`mim.MailHealth "${name}" on host "${hostInternals(host).name}"`, state, pulumi.runtime.isDryRun()));
    }
}
