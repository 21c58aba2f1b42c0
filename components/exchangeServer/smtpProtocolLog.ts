import * as pulumi from "@pulumi/pulumi";
import { show } from "../../drift/show";
import type { SmtpLogQuestion } from "../../drift/types";
import { cleanTlsName } from "../../drift/virtual";
import { checkName, Checks, flag, listOf, members, plain, takes } from "../internal/checkArgs";
import { refuseLater } from "../internal/checkLater";
import { checkSound } from "../internal/checkSound";
import { clock } from "../internal/clock";
import { Component } from "../internal/component";
import { tlsCertificateName, utcTime } from "../internal/formats";
import { HealthCheck, HealthChecks, healthText, overall, unhealthyText } from "../internal/health";
import { reporter, throwProblems } from "../internal/report";
import type { Host } from "../windows/host";
import { hostInternals } from "../windows/host/hostInternals";
import { documentChecks } from "../windows/shared/documentArgs";
import { byConnector, failuresIn, logChecks } from "./smtpProtocolLog/checks";

/** Where a server keeps the logs of its send connectors, where that is not below Exchange's own folder. */
export interface SmtpLogFolders {
    /** Of the transport service of a Mailbox server: its SendProtocolLogPath. */
    hub?: string;
    /** Of the front end transport service of a Mailbox server. */
    frontEnd?: string;
    /** Of an Edge server. */
    edge?: string;
}

/** TLS negotiations of one connector that failed for one reason, with one certificate. */
export interface TlsFailure {
    /** As the log has it: `NoCredentials`, `UnknownCredentials`, ... */
    reason: string;
    /** Thumbprint of the certificate that was sent; empty where the log does not tell. */
    thumbprint: string;
    /** How many there were. */
    count: number;
    /** When the last one was, UTC. */
    last: string;
}

/** Arguments of `SmtpProtocolLog`. */
export interface SmtpProtocolLogArgs {
    /** The Exchange server. */
    host: Host;
    /** Since when: a UTC time that is over, `2026-11-30T08:00:00Z`, or hours before now, `1h` to `9999h`. Default `24h`. */
    since?: string;
    /** Names of the send connectors that are looked at, in whatever case; one that has no line in the logs is unknown then. Default: whichever failed. */
    connectors?: string[];
    /** TLS name of the connectors' certificate, `<I>issuer<S>subject`: what the server has of that name, and whether it has a key, stands beside a failure. */
    certificateName?: pulumi.Input<string>;
    /** How much is read at most, in bytes, the newest files first. Default 300,000,000. */
    maximumBytes?: number;
    /** Where the logs are, where an administrator moved them: the directory says so, and cannot be asked from here. */
    logFolders?: SmtpLogFolders;
    /** Mail that fails, or logs that could not all be read, end the run with an error. Default false. */
    failWhenUnhealthy?: boolean;
}

/**
 * Whether mail that leaves an Exchange server fails at TLS, as the protocol logs of its send connectors say, read in every `pulumi preview` and `pulumi up`;
 * changes nothing. The logs are read on the server, in the one look that all its components share; what comes back are connectors, reasons, thumbprints and times.
 *
 * Source: learn.microsoft.com, "Protocol logging in Exchange Server"; "TLS negotiation failed with error NoCredentials".
 */
export class SmtpProtocolLog extends Component {
    /** `healthy`, `unknown` (not everything could be read, or nothing was logged) or `failing`; the worst of all checks. */
    public readonly state: pulumi.Output<string>;
    /** By connector, what failed most lately first, also where TLS works since. */
    public readonly failures: pulumi.Output<Record<string, TlsFailure[]>>;
    /** By check (`logs`, and `connector NAME`): its state, what was found, and what to do. */
    public readonly checks: pulumi.Output<Record<string, HealthCheck>>;
    /** Name of the host in the program. */
    public readonly hostName: pulumi.Output<string>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, args: SmtpProtocolLogArgs, opts?: pulumi.ComponentResourceOptions) {
        throwProblems("exchangeServer.SmtpProtocolLog", name, [...checkName(name), ...checkSound<SmtpProtocolLogArgs>(args, shape, () => [])]);
        super("hybrid-identity:exchangeServer:SmtpProtocolLog", name, opts);

        const sound = refuseLater("exchangeServer.SmtpProtocolLog", name, args, shape, ["certificateName"]);
        const { failures, checks } = lookAt(args, sound);

        this.failures = failures;
        this.checks = checks;
        this.state = checks.apply(overall);
        this.hostName = pulumi.output(hostInternals(args.host).name);
        checks.apply((all) => say(name, args, all, this));
        this.registerOutputs({ state: this.state, failures: this.failures, checks: this.checks, hostName: this.hostName });
    }
}

const folder = plain(takes("the whole path of a folder, such as D:\\Logs\\SmtpSend", isFolder));
const shape: Checks<SmtpProtocolLogArgs> = {
    host: documentChecks.host,
    since: plain((value, at) => (typeof value === "string" && /^[1-9]\d{0,3}h$/.test(value) ? [] : sinceTime(value, at))),
    connectors: plain(listOf(takes("a connector's name, 1 to 256 characters", (value) => typeof value === "string" && /^[^\x00-\x1f]{1,256}$/.test(value)))),
    certificateName: tlsCertificateName,
    maximumBytes: plain(takes("a whole number of bytes, at least 1,000,000", (value) => Number.isInteger(value) && Number(value) >= 1e6 && Number(value) <= 1e12)),
    logFolders: plain(members({ hub: folder, frontEnd: folder, edge: folder })),
    failWhenUnhealthy: plain(flag),
};

function sinceTime(value: unknown, at: string): ReturnType<typeof utcTime> {
    const form = utcTime(value, at).map((problem) => ({ ...problem, message: problem.message.replace("; received", ', or hours before now from "1h" to "9999h"; received') }));
    const now = clock.now();
    const future = form.length === 0 && Date.parse(String(value)) > now.getTime();
    return future ? [{ property: at, message: `must be over by now, ${now.toISOString()}; received ${show(value)}` }] : form;
}

function isFolder(value: unknown): boolean {
    return typeof value === "string" && /^[a-z]:(\\(?!\.{1,2}(\\|$))[^\x00-\x1f\\/:*?"<>|]{1,255})+\\?$/i.test(value);
}

/** The server is asked before the certificate's name is known, so that it is asked once for all of its components. */
function lookAt(args: SmtpProtocolLogArgs, sound: Promise<void>): { failures: pulumi.Output<Record<string, TlsFailure[]>>; checks: pulumi.Output<HealthChecks> } {
    const { host, certificateName, connectors = [] } = args;
    const { run, observing } = hostInternals(host);
    const question = questionOf(args);
    // A name that is known later is told beside a failure, and not looked at.
    const known = typeof certificateName === "string" ? [cleanTlsName(certificateName)] : [];
    const look = pulumi.unsecret(observing.apply((connection) => run.look(connection, { smtpLogs: [question], certificates: known })));
    const checks = pulumi.unsecret(pulumi.all([look, certificateName, sound])).apply(([seen, given]): HealthChecks => {
        const certificate = given && cleanTlsName(given);
        return seen === undefined
            ? { host: { state: "unknown", found: "the host was not observed", advice: "" } }
            : logChecks(seen.observation.smtpLogs?.[0], { since: question.since, connectors, certificateName: certificate, certificates: seen.observation.certificates?.[certificate ?? ""] });
    });
    return { failures: look.apply((seen) => byConnector(failuresIn(seen?.observation.smtpLogs?.[0]))), checks };
}

function questionOf({ since = "24h", connectors, maximumBytes, logFolders = {} }: SmtpProtocolLogArgs): SmtpLogQuestion {
    const hours = /^(\d+)h$/.exec(since)?.[1];
    const from = hours === undefined ? new Date(since) : new Date(clock.now().getTime() - Number(hours) * 3_600_000);
    const folders = Object.entries({ Hub: logFolders.hub, FrontEnd: logFolders.frontEnd, Edge: logFolders.edge }).filter(([, path]) => path !== undefined);
    return {
        since: from.toISOString(),
        ...(maximumBytes === undefined ? {} : { maximumBytes }),
        ...(connectors === undefined ? {} : { connectors }),
        ...(folders.length === 0 ? {} : { folders: Object.fromEntries(folders) }),
    };
}

function say(name: string, { host, failWhenUnhealthy }: SmtpProtocolLogArgs, checks: HealthChecks, resource: pulumi.Resource): void {
    const state = overall(checks);
    const on = hostInternals(host).name;
    if (state !== "healthy") {
        reporter.warn(healthText(`${on}: mail that leaves the server over TLS (${name})`, state, Object.entries(checks).filter(([, one]) => one.state !== "healthy")), resource);
    }
    if (failWhenUnhealthy && state !== "healthy") {
        reporter.fail(unhealthyText(`exchangeServer.SmtpProtocolLog "${name}" on host "${on}"`, state, pulumi.runtime.isDryRun()));
    }
}
