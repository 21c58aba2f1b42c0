import { spawnSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "..");
const DEFAULT_STACK = "dev";

/** Commands that work on a stack, which is made or selected first where it has to be. */
const ON_A_STACK = ["up", "update", "preview", "pre", "refresh", "destroy", "config", "import", "state", "watch", "cancel", "logs"];

/**
 * Runs the Pulumi CLI on this project in the environment of this process, on the stack that is asked for, selected, or dev. `tenant` is the environment for the
 * running lab's tenant; it takes the place of an account of Azure that the user has. Returns the exit code.
 */
export function pulumi(args: string[], tenant: Record<string, string>): number {
    if (!ON_A_STACK.includes(args[0] ?? "")) {
        // Without the tenant's authority, which alone would not do for a download.
        return run(args, "inherit").status;
    }
    const prepared = prepareStack(args);
    return prepared === 0 ? run(args, "inherit", { ...process.env, ...forPlugins(tenant) }).status : prepared;
}

function forPlugins(tenant: Record<string, string>): Record<string, string> {
    // The tenant answers at once, so that the stand-in need not wait for it as long as the plugin waits for Entra.
    return Object.keys(tenant).length === 0 ? {} : { ...tenant, ARM_USE_CLI: "false", AZUREAD_STANDIN_POLL: "0.1" };
}

function prepareStack(args: string[]): number {
    const asked = stackOption(args);
    const listed = run(["stack", "ls", "--json"], "pipe");
    if (listed.status !== 0) {
        process.stderr.write(listed.stderr);
        return listed.status;
    }
    const stacks = JSON.parse(listed.stdout) as Array<{ name: string; current: boolean }>;
    if (asked === undefined && stacks.some(({ current }) => current)) {
        return 0;
    }
    const name = asked ?? DEFAULT_STACK;
    if (!stacks.some(stack => stack.name === name)) {
        return run(["stack", "init", name, ...(asked === undefined ? [] : ["--no-select"])], "inherit").status;
    }
    return asked === undefined ? run(["stack", "select", name], "inherit").status : 0;
}

function stackOption(args: string[]): string | undefined {
    const at = args.findIndex(arg => arg === "--stack" || arg === "-s");
    return at >= 0 ? args[at + 1] : args.find(arg => arg.startsWith("--stack="))?.slice("--stack=".length);
}

function run(args: string[], stdio: "inherit" | "pipe", env = process.env): { status: number; stdout: string; stderr: string } {
    const { error, status, stdout, stderr } = spawnSync("pulumi", args, { cwd: ROOT, stdio, encoding: "utf8", env });
    if (error) {
        const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
        process.stderr.write(missing ? "The Pulumi CLI is not on PATH. Use npm run lab -- pulumi ..., which finds or builds it.\n" : `${error.message}\n`);
    }
    return { status: status ?? 1, stdout, stderr };
}
