import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { runCommand, USAGE } from "./commands";
import { ask, contactFile, ended, runningLab, serveControl } from "./control";
import { UsageError } from "./host/faults";
import { startLab } from "./lab";
import { relay, relayStatus } from "./mimCommands";
import { MimService } from "./mimService";
import { DEFAULT_HOSTS } from "./profiles";
import { startSmtp } from "./smtp";
import { tenantCommand, tenantStatus } from "./tenant/cli";
import { startTenant } from "./tenant/tenant";
import defaults from "./hostkeys.json";

const PROCESS_START_MS = 350;
/** How far the tenant's port is behind the first host's: 2210 is that of 2201. */
const TENANT_OFFSET = 9;

interface Started {
    hosts: string[];
    /** Of the first host; the others follow. 0 takes free ones. */
    port: number;
    processStartMs: number;
}

/** Starts the lab as a process of its own and waits until it answers. Returns its process id, or what it said when it failed. */
export async function startDaemon(dir: string, args: string[]): Promise<{ pid: number } | { exitCode: number; said: string }> {
    startOptions(args);
    mkdirSync(dir, { recursive: true });
    const logFile = join(dir, "lab.log");
    const log = openSync(logFile, "w");
    const child = spawn(process.execPath, [...process.execArgv, join(__dirname, "cli.ts"), "serve", ...args, "--dir", dir], {
        cwd: join(__dirname, ".."),
        detached: true,
        stdio: ["ignore", log, log],
        windowsHide: true,
    });
    closeSync(log);
    const exit = new Promise<number>(done => child.once("exit", code => done(code ?? 1)));
    for (;;) {
        const exitCode = await Promise.race([exit, delay(100)]);
        if (exitCode !== undefined) {
            return { exitCode, said: readFileSync(logFile, "utf8") };
        }
        const pid = await runningLab(dir);
        if (pid !== undefined && pid === child.pid) {
            child.unref();
            return { pid };
        }
    }
}

/** What the lab's own process does until it is told to stop. */
export async function serve(dir: string, args: string[]): Promise<void> {
    const { hosts, port, processStartMs } = startOptions(args);
    const ports = Object.fromEntries(hosts.map((name, at) => [name, port === 0 ? 0 : port + at]));
    const lab = await startLab({ dir, hosts, processStartMs, ports });
    const tenantPort = port === 0 ? 0 : port + Math.max(TENANT_OFFSET, hosts.length);
    const tenant = await startTenant({ dir: join(dir, "tenant"), port: tenantPort }).catch(async (error: unknown) => {
        await lab.stop();
        throw error;
    });
    const smtp = await startSmtp(tenant.certificate, port === 0 ? 0 : tenantPort + 1).catch(async (error: NodeJS.ErrnoException) => {
        await Promise.all([lab.stop(), tenant.stop()]);
        throw error.code === "EADDRINUSE" ? new UsageError(`port ${tenantPort + 1} for the relay is taken by another program on 127.0.0.1; end that program first, or start on other ports with --port FIRST`) : error;
    });
    const mim = Object.values(lab.hosts).flatMap(host => ("FIMService" in host.state.services ? [new MimService(host, tenant)] : []));
    const end = new AbortController();
    const stopped = once(end.signal, "abort");
    process.once("SIGINT", () => end.abort()).once("SIGTERM", () => end.abort());
    const control = await serveControl(dir, async argv => {
        if (argv[0] === "stop") {
            end.abort();
        }
        if (argv[0] === "environment") {
            const ports = Object.fromEntries(Object.values(lab.hosts).map(host => [host.name, host.port]));
            return JSON.stringify({ tenant: tenant.environment, ports });
        }
        if (argv[0] === "tenant") {
            return tenantCommand(argv.slice(1), tenant);
        }
        if (argv[0] === "relay") {
            return relay(smtp, argv.slice(1));
        }
        const said = ["stop", "ping"].includes(argv[0] ?? "") ? "" : await runCommand(lab, argv);
        return argv[0] === "status" ? `${said}\n${tenantStatus(tenant)}\n${relayStatus(smtp)}` : said;
    });
    await stopped;
    rmSync(contactFile(dir), { force: true });
    await Promise.all(mim.map(one => one.idle()));
    await Promise.all([lab.stop(), tenant.stop(), smtp.stop()]);
    control.close();
}

/** Ends the lab that runs in this folder and waits for its end. Returns what to print; throws where it does not end. */
export async function stopDaemon(dir: string): Promise<string> {
    const pid = await runningLab(dir);
    if (pid === undefined) {
        rmSync(contactFile(dir), { force: true });
        return "No lab runs.";
    }
    await ask(dir, ["stop"]);
    if (!(await ended(pid, 10_000))) {
        throw new Error(`the lab (process ${pid}) does not end; end that process by hand`);
    }
    return "The lab has ended.";
}

function startOptions(args: string[]): Started {
    const { hosts, port = String(defaults.mim01.port), "process-start": processStart = String(PROCESS_START_MS) } = parse(args);
    return {
        hosts: hosts === undefined ? DEFAULT_HOSTS : hosts.split(","),
        port: wholeNumber("--port", port, 65_000),
        processStartMs: wholeNumber("--process-start", processStart, 60_000),
    };
}

function parse(args: string[]): { hosts?: string; port?: string; "process-start"?: string } {
    try {
        return parseArgs({ args, options: { hosts: { type: "string" }, port: { type: "string" }, "process-start": { type: "string" } } }).values;
    } catch (error) {
        throw new UsageError(`${(error as Error).message}\n${USAGE}`);
    }
}

function wholeNumber(option: string, text: string, max: number): number {
    if (!/^\d{1,5}$/.test(text) || Number(text) > max) {
        throw new UsageError(`${option} takes a whole number up to ${max}, received "${text}"`);
    }
    return Number(text);
}
