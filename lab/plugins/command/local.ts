// command:local:Command: the same with a process of this machine.
import { spawn } from "node:child_process";
import { Output } from "./output";
import { previousOutputs, runError, type CommonInputs, type Context, type Outputs } from "./run";

/** The inputs of a local command, checked. */
export interface LocalInputs extends CommonInputs {
    interpreter?: string[];
    dir?: string;
}

/** Runs a command with the shell, or the given interpreter, and waits for its end. */
export async function runLocal(command: string, inputs: LocalInputs, context: Context): Promise<Outputs> {
    context.signal.throwIfAborted();
    const shell = process.platform === "win32" ? ["cmd", "/C"] : ["/bin/sh", "-c"];
    const [program, ...args] = inputs.interpreter?.length ? inputs.interpreter : shell;
    const env = { ...process.env, ...inputs.environment, ...Object.fromEntries(previousOutputs(inputs, context.previous)) };
    const child = spawn(program as string, [...args, command], { cwd: inputs.dir, env, windowsHide: true });
    const output = new Output(inputs.logging, context.log);
    const ended = new Promise<string | undefined>((resolve, reject) => {
        child.once("error", error => reject(runError(error.message, command, "")));
        child.once("close", (code, signal) => resolve(describeEnd(code, signal)));
    });
    child.stdin.on("error", () => {}); // a command need not read its input
    child.stdin.end(inputs.stdin ?? "");
    // The plugin kills the process when it is told to stop, and then waits for it.
    const kill = () => child.kill("SIGKILL");
    context.signal.addEventListener("abort", kill, { once: true });
    try {
        const [reason] = await Promise.all([ended, output.read("stdout", child.stdout), output.read("stderr", child.stderr)]);
        await output.end();
        if (reason) throw runError(reason, command, output.all());
        return { stdout: output.text("stdout"), stderr: output.text("stderr") };
    } finally {
        context.signal.removeEventListener("abort", kill);
    }
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string | undefined {
    if (code === 0) return undefined;
    return code === null ? `signal: ${signal}` : `exit status ${code}`;
}
