import * as pulumi from "@pulumi/pulumi";
import { DriftEntry } from "../../drift/types";
import { agentProblem } from "../../remote/agent";
import { driftText, reporter, throwProblems } from "../internal/report";
import type { HostArgs } from "./host/hostArgs";
import { checkHost, connectionOf } from "./host/hostConnection";
import { attendHost, hostInternals, keepDropped, registerHost, removableCommands } from "./host/hostInternals";
import { HostRun } from "./host/hostRun";
import { probe } from "./host/observeHost";
import { stackSettings } from "./host/settings";

/**
 * A Windows server reached over SSH (Windows OpenSSH 7.9 or newer, Windows PowerShell 5.1 or PowerShell 7). Registers no command by itself.
 *
 * Source: learn.microsoft.com, "OpenSSH for Windows".
 */
export class Host extends pulumi.ComponentResource {
    /** Host name or IP address. */
    public readonly address: pulumi.Output<string>;

    /** @throws RunError naming every problem of the arguments, before anything is registered or dialled. */
    constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
        throwProblems("windows.Host", name, checkHost(args));
        super("hybrid-identity:windows:Host", name, {}, opts);

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
            readers: pulumi.output(args.recordReaders ?? []),
            run: new HostRun({
                name,
                settings,
                onUnreachable: args.onUnreachable ?? "fail",
                limitSeconds: args.commandTimeout,
                observe: async (to, request) => {
                    if (hostInternals(this).enforcing) {
                        await refuseDeadAgent();
                    }
                    return probe.observe(name, to, request, { executable, preinstalled, ...seconds });
                },
                onSkipped: async (reason) => {
                    const kept = await keepDropped(this);
                    const left = kept.length > 0 ? ` Not removed, because nothing can be put back on it now: ${kept.join(", ")}.` : "";
                    reporter.warn(`${name}: not observed, everything on it stays as it is in state: ${reason}.${left} ${newHostAdvice}`, this);
                },
                onFailed: (reason) => reporter.fail(`${name}: ${reason}`),
                onLetGo: (sentences) => sentences.forEach((one) => reporter.warn(`${name}: ${one}`, this)),
                onNotices: (sentences) => sentences.forEach((one) => reporter.warn(`${name}: ${one}`, this)),
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

/** The program cannot know what is in state, and the engine creates what is not there whatever the options say. */
const newHostAdvice = 'If the host is new to this stack, this run fails to create what is on it: take the host out of the program, or set mode: "audit" on its components';

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
