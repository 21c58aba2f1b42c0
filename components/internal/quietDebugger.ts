/** Where Pulumi's SDK starts a program for the CLI. Inline programs, tests and plugins have no such debugger. */
const startedByCli = /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run[\\/]/.test(require.main?.filename ?? "");

/** V8 of Node 22 asks another way. */
const walks = Number(process.versions.node.split(".")[0]) < 22;

interface Hooks {
    getSessionAsync(): Promise<{ post(method: string): void }>;
}

let asked = false;

/**
 * Switches V8's debugger off, which Pulumi's SDK switches on in every program to name functions that it cannot serialize in its errors. With it V8 looks, for
 * each promise that is rejected, for somebody who handles that, along every path from output to output, and the paths multiply with each: where three servers and
 * a tenant did not answer, a run of Node 20 came to no end and took 11 GB of memory. What is lost is the file and line in such an error.
 */
export function quietDebugger(): void {
    if (asked || !startedByCli || !walks) {
        return;
    }
    asked = true;
    try {
        const hooks = require("@pulumi/pulumi/runtime/closure/v8Hooks") as Hooks;
        void hooks.getSessionAsync().then((session) => session.post("Debugger.disable"), () => {});
    } catch {
        // Another SDK, which has its own way.
    }
}
