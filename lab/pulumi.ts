import { spawn } from "node:child_process";
import { basename, join, resolve } from "node:path";
import hostkeys from "./hostkeys.json";
import { releaseKilled } from "./locks";
import { readWhole, writeWhole } from "./store";

const ROOT = join(__dirname, "..");
const DEFAULT_STACK = "dev";

/** Commands that work on a stack, which is made or selected first where it has to be. */
const ON_A_STACK = ["up", "update", "preview", "pre", "refresh", "destroy", "config", "import", "state", "watch", "cancel", "logs"];
/** Those of them that read the stack's settings without changing them, and take another file for them. */
const READ_SETTINGS = ["up", "update", "preview", "pre", "refresh", "destroy", "import", "watch"];
/** The options before a command that take no value, as the CLI sees it: it takes whatever follows any other one as its value. */
const SWITCHES = ["disable-integrity-checking", "emoji", "e", "fully-qualify-stack-names", "Q", "help", "h", "logflow", "logtostderr", "non-interactive"];

/** What Pulumi is told of the lab that runs. */
export interface Running {
    dir: string;
    /** The environment for its tenant, in place of an account of Azure that the user has. */
    tenant: Record<string, string>;
    /** By host. */
    ports: Record<string, number>;
}

interface Ended {
    status: number;
    stdout: string;
}

/**
 * Runs the Pulumi CLI on this project, or on the one of --cwd, in the environment of this process, on the stack that is asked for, selected, or
 * dev. Ends after the CLI whatever signal comes: a CLI that is left alone goes on, with the stack's lock. Returns the exit code.
 */
export async function pulumi(args: string[], lab: Running | undefined): Promise<number> {
    for (const pid of releaseKilled(process.env["PULUMI_BACKEND_URL"])) {
        process.stderr.write(`Process ${pid} was killed and left its lock, which was taken away.\n`);
    }
    const command = commandOf(args);
    if (!ON_A_STACK.includes(command)) {
        // Without the tenant's authority, which alone would not do for a download.
        return (await run(args, "inherit")).status;
    }
    const prepared = await prepareStack(args);
    if (prepared.status !== 0 || lab === undefined) {
        return prepared.status !== 0 ? prepared.status : (await run(args, "inherit")).status;
    }
    const own = READ_SETTINGS.includes(command) && projectOf(args) === ROOT && option(args, "--config-file") === undefined;
    const settings = own ? settingsFor(prepared.stack, lab) : [];
    return (await run([...args, ...settings], "inherit", { ...process.env, ...forPlugins(lab.tenant) })).status;
}

/** Runs the report of the command line on a stack of this project. Returns the exit code. */
export async function report(args: string[], lab: Running): Promise<number> {
    const stack = option(args, "--stack");
    const settings = stack === undefined || option(args, "--config-file") !== undefined ? [] : settingsFor(stack, lab);
    const program = ["--import", "tsx", join(ROOT, "cli", "main.ts"), "report", ...args, ...settings];
    return (await run(program, "inherit", { ...process.env, ...forPlugins(lab.tenant) }, process.execPath)).status;
}

/** The option for a copy of the stack's settings with the ports and keys of the lab's hosts, where these are not the usual ones: then several labs can run. */
function settingsFor(stack: string, { dir, ports }: Running): string[] {
    const text = readWhole(join(ROOT, "stacks", `Pulumi.${stack}.yaml`)) ?? "";
    const moved = new Map(Object.entries(hostkeys).map(([name, { port }]) => [String(port), ports[name] ?? port]));
    const usualKeys = join(ROOT, ".lab", "keys");
    const keys = resolve(dir, "keys") === usualKeys ? text : text.replace(/privateKeyFile: \.lab\/keys\/(\w+)/g, (_all, account: string) => `privateKeyFile: ${JSON.stringify(join(dir, "keys", account))}`);
    const own = keys.replace(/(address: 127\.0\.0\.1\s+port: )(\d+)/g, (_all, head: string, port: string) => `${head}${moved.get(port) ?? port}`);
    if (own === text) {
        return [];
    }
    const file = join(dir, `Pulumi.${stack}.yaml`);
    writeWhole(file, own);
    return ["--config-file", file];
}

function forPlugins(tenant: Record<string, string>): Record<string, string> {
    // The tenant answers at once, so that the stand-in need not wait for it as long as the plugin waits for Entra.
    return { ...tenant, ARM_USE_CLI: "false", AZUREAD_STANDIN_POLL: "0.1", HYBRID_IDENTITY_PAUSES: "0.1" };
}

async function prepareStack(args: string[]): Promise<{ status: number; stack: string }> {
    const asked = option(args, "--stack", "-s");
    const project = projectOf(args) === ROOT ? [] : ["--cwd", projectOf(args)];
    const listed = await run(["stack", "ls", "--json", ...project], "pipe");
    if (listed.status !== 0) {
        return { status: listed.status, stack: "" };
    }
    const stacks = JSON.parse(listed.stdout) as Array<{ name: string; current: boolean }>;
    const current = stacks.find(one => one.current)?.name;
    const name = asked ?? current ?? DEFAULT_STACK;
    const stack = basename(name);
    if (asked === undefined && current !== undefined) {
        return { status: 0, stack };
    }
    if (!stacks.some(one => one.name === name)) {
        return { status: (await run(["stack", "init", name, ...(asked === undefined ? [] : ["--no-select"]), ...project], "inherit")).status, stack };
    }
    return { status: asked === undefined ? (await run(["stack", "select", name, ...project], "inherit")).status : 0, stack };
}

/** The command, behind the options that stand before it. */
function commandOf(args: string[]): string {
    const at = args.findIndex((arg, index) => !arg.startsWith("-") && !(index > 0 && takesNext(args[index - 1] ?? "")));
    return args[at] ?? "";
}

function takesNext(arg: string): boolean {
    return /^(-[^-]|--[^=]+)$/.test(arg) && !SWITCHES.includes(arg.replace(/^--?/, ""));
}

/** The folder of the project that the CLI shall work on. */
function projectOf(args: string[]): string {
    return resolve(ROOT, option(args, "--cwd", "-C") ?? "");
}

/** Of `--stack dev`, `--stack=dev`, `-s dev`, `-s=dev` and `-sdev`: dev. */
function option(args: string[], long: string, short?: string): string | undefined {
    for (const [index, arg] of args.entries()) {
        if (arg === long || arg === short) {
            return args[index + 1];
        }
        if (arg.startsWith(`${long}=`)) {
            return arg.slice(long.length + 1);
        }
        if (short !== undefined && arg.startsWith(short)) {
            return arg.slice(short.length).replace(/^=/, "");
        }
    }
    return undefined;
}

/** `pipe` gives what the CLI printed; its errors are shown all the same. */
function run(args: string[], stdout: "inherit" | "pipe", env = process.env, program = "pulumi"): Promise<Ended> {
    return new Promise(ended => {
        const child = spawn(program, args, { cwd: ROOT, stdio: ["inherit", stdout, "inherit"], env });
        // Ctrl-C reaches the CLI as well, which then gives its lock back; any other end is handed on as one.
        const ignore = (): void => {};
        const handOn = (): void => void child.kill("SIGINT");
        process.on("SIGINT", ignore).on("SIGTERM", handOn).on("SIGHUP", handOn);
        const done = (status: number): void => {
            process.off("SIGINT", ignore).off("SIGTERM", handOn).off("SIGHUP", handOn);
            ended({ status, stdout: Buffer.concat(chunks).toString("utf8") });
        };
        const chunks: Buffer[] = [];
        child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
        child.once("error", (error: NodeJS.ErrnoException) => {
            const missing = error.code === "ENOENT";
            process.stderr.write(missing ? "The Pulumi CLI is not on PATH. Use npm run lab -- pulumi ..., which finds or builds it.\n" : `${error.message}\n`);
            done(1);
        });
        child.once("close", code => done(code ?? 1));
    });
}
