import { spawnSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "..");
const DEFAULT_STACK = "dev";

/** Commands that work on a stack, which is made or selected first where it has to be. */
const ON_A_STACK = ["up", "update", "preview", "pre", "refresh", "destroy", "config", "import", "state", "watch", "cancel", "logs"];

/** Runs the Pulumi CLI on this project in the environment of this process, on the stack that is asked for, selected, or dev. Returns its exit code. */
export function pulumi(args: string[]): number {
    if (ON_A_STACK.includes(args[0] ?? "")) {
        const prepared = prepareStack(args);
        if (prepared !== 0) {
            return prepared;
        }
    }
    return run(args, "inherit").status;
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

function run(args: string[], stdio: "inherit" | "pipe"): { status: number; stdout: string; stderr: string } {
    const { error, status, stdout, stderr } = spawnSync("pulumi", args, { cwd: ROOT, stdio, encoding: "utf8" });
    if (error) {
        const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
        process.stderr.write(missing ? "The Pulumi CLI is not on PATH. Use npm run lab -- pulumi ..., which finds or builds it.\n" : `${error.message}\n`);
    }
    return { status: status ?? 1, stdout, stderr };
}
