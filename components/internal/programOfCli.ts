/** Where Pulumi's SDK starts a program for the CLI. Inline programs, tests and plugins are none. */
export const isProgramOfCli = /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run[\\/]/.test(require.main?.filename ?? "");

/** V8 of Node 22 asks another way. */
const asksEveryPath = Number(process.versions.node.split(".")[0]) < 22;

interface Hooks {
    getSessionAsync(): Promise<{ post(method: string): void }>;
}

let prepared = false;

/** What a program that the CLI runs needs to come to its end; every component asks for it. Seen with SDK 3.270. */
export function prepareProgram(): void {
    if (prepared || !isProgramOfCli) {
        return;
    }
    prepared = true;
    endWithEngine();
    if (asksEveryPath) {
        quietDebugger();
    }
}

/** Ends the program at once, which has said why: the language host knows by this exit code that it did. */
export function endProgram(): never {
    process.exit(32);
}

/** When the engine is killed the SDK can print nothing any more, and answers each failure to print with the next one, for ever. */
function endWithEngine(): void {
    for (const stream of [process.stdout, process.stderr]) {
        stream.on("error", ({ code }: NodeJS.ErrnoException) => {
            if (code === "EPIPE") {
                process.exit(1);
            }
        });
    }
}

/**
 * Switches V8's debugger off, which the SDK switches on to name functions that it cannot serialize in its errors. With it V8 looks, for each promise that is
 * rejected, for somebody who handles that, along every path from output to output, and the paths multiply with each: where three servers and a tenant did not
 * answer, a run of Node 20 came to no end and took 11 GB of memory. What is lost is the file and line in such an error.
 */
function quietDebugger(): void {
    try {
        // Of the SDK that runs the program: the library may have found another copy of it. A file of the SDK's, not one of this repository's.
        const file = "../../runtime/closure/v8Hooks";
        const hooks = require.main!.require(file) as Hooks;
        void hooks.getSessionAsync().then((session) => session.post("Debugger.disable"), () => {});
    } catch {
        // Another SDK, which has its own way.
    }
}
