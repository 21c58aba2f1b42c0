import * as pulumi from "@pulumi/pulumi";
import { needsModule } from "../../drift/marker";
import { DriftEntry } from "../../drift/types";
import { moduleText } from "../../powershell/moduleText";
import { agentProblem } from "../../remote/agent";
import { checkName } from "../internal/checkArgs";
import { Component } from "../internal/component";
import { driftText, problemText, reporter, throwProblems } from "../internal/report";
import type { HostArgs } from "./host/hostArgs";
import { checkHost, connectionOf, lateProblems } from "./host/hostConnection";
import { hostInternals, registerHost } from "./host/hostInternals";
import { HostRun } from "./host/hostRun";
import { HostsOfRun } from "./host/hostsOfRun";
import { attendHost, isNewHost, keepDropped, removableCommands, wasInstalled } from "./host/keptInState";
import { probe } from "./host/observeHost";
import { stackSettings } from "./host/settings";
import { Pending, pendingTexts } from "./shared/pending";

/**
 * A Windows server reached over SSH (Windows OpenSSH 7.9 or newer, Windows PowerShell 5.1 or PowerShell 7). Registers no command by itself.
 *
 * Source: learn.microsoft.com, "OpenSSH for Windows".
 */
export class Host extends Component {
    /** Host name or IP address. */
    public readonly address: pulumi.Output<string>;

    /** @throws RunError naming every problem of the arguments, before anything is registered or dialled. */
    constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
        throwProblems("windows.Host", name, [...checkName(name), ...checkHost(args)]);
        super("hybrid-identity:windows:Host", name, opts);

        const hosts = HostsOfRun.current();
        hosts.declare(name);
        const connection = connectionOf(args, args.jumpHost);
        const observing = pulumi.runtime.isDryRun() && args.observe ? connectionOf({ ...args, password: undefined, ...args.observe }, args.jumpHost) : connection;
        const executable = args.powershell;
        const preinstalled = args.module === "preinstalled";
        const seconds = { timeout: args.timeout ?? 60, waitForSsh: args.waitForSsh ?? 0 };

        const settings = stackSettings();

        registerHost(this, {
            name,
            connection,
            observing,
            executable,
            preinstalled,
            said: new Set(),
            retired: settings.retiredHosts.includes(name),
            components: [],
            refusals: [],
            readers: pulumi.output(args.recordReaders ?? []),
            commandTimeout: args.commandTimeout ?? 600,
            run: new HostRun({
                name,
                settings,
                hosts,
                onUnreachable: args.onUnreachable ?? "fail",
                problem: async () => {
                    const problems = await lateProblems(args, connection);
                    return problems.length > 0 ? problemText("windows.Host", name, problems) : undefined;
                },
                limitSeconds: args.commandTimeout,
                observe: async (to, request) => {
                    const { enforcing = false } = hostInternals(this);
                    const options = { executable, preinstalled, installed: enforcing && (await wasInstalled(this)), ...seconds };
                    if (enforcing) {
                        await refuseDeadAgent();
                    }
                    const observation = await probe.observe(name, to, request, options);
                    if (enforcing && !preinstalled && needsModule(moduleText(), observation)) {
                        await probe.checkSftp(to, options).catch((error: Error) => sayLater(name, error));
                    }
                    return observation;
                },
                keepDropped: () => keepDropped(this),
                isNew: () => isNewHost(this),
                onSkipped: (sentence) => once(this, sentence, () => reporter.warn(`${name}: ${sentence}`, this)),
                onFailed: (reason) => reporter.fail(`${name}: ${reason}`),
                onFinished: (pending) => sayPending(name, pending, this),
                onLetGo: (sentences) => sentences.forEach((one) => once(this, one, () => reporter.warn(`${name}: ${one}`, this))),
                onNotices: (sentences) => sentences.forEach((one) => once(this, one, () => reporter.warn(`${name}: ${one}`, this))),
                onDrift: (found) => warnOfDrift(name, found, this),
                removable: () => removableCommands(this),
                now: () => new Date(),
            }),
        });

        this.address = pulumi.output(args.address);
        // The engine waits for registered outputs.
        this.registerOutputs({ address: pulumi.all([this.address, attendHost(this)]).apply(([address]) => address) });
    }
}

function sayPending(name: string, pending: Pending[], host: Host): void {
    const texts = pendingTexts(pending);
    for (const text of [texts.pending, texts.audited]) {
        if (text !== undefined) {
            once(host, text, () => reporter.info(`${name}: ${text}`, host));
        }
    }
    const { unknown } = texts;
    if (unknown !== undefined) {
        once(host, unknown, () => reporter.warn(`${name}: ${unknown}`, host));
    }
}

/** What is known late is said late, and then all of it once more; and a host may be looked at twice. */
function once(host: Host, text: string, say: () => void): void {
    const { said } = hostInternals(host);
    if (!said.has(text)) {
        said.add(text);
        say();
    }
}

/** What an update ends with before it does anything, a preview ends with after it has shown what there is. */
function sayLater(name: string, error: Error): void {
    if (!pulumi.runtime.isDryRun()) {
        throw error;
    }
    reporter.fail(`${name}: ${error.message}`);
}

/** Looking does not need the agent, so a preview would be greener than the update. */
async function refuseDeadAgent(): Promise<void> {
    const problem = await agentProblem();
    if (problem !== undefined) {
        throw new Error(problem);
    }
}

function warnOfDrift(name: string, found: { document: string; drift: DriftEntry[] }[], host: Host): void {
    if (found.some((one) => one.drift.length > 0)) {
        reporter.warn(driftText(name, found), host);
    }
}
