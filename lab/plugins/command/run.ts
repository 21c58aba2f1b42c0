// What the remote and the local command have in common.
import type { Log } from "../shared/engine";
import { reveal, type Properties, type Value } from "../shared/values";

/** The inputs of both commands that matter for a run, checked. */
export interface CommonInputs {
    create?: string;
    update?: string;
    delete?: string;
    stdin?: string;
    environment?: Record<string, string>;
    logging?: string;
    addPreviousOutputInEnv?: boolean;
}

/** What a run gives back; as kept in state, also what the previous run gave back. */
export interface Outputs {
    stdout: string;
    stderr: string;
}

/** What a run is given besides its inputs: the previous run's outputs, the way to the engine, and the order to stop. */
export interface Context {
    previous: Outputs;
    log: Log;
    signal: AbortSignal;
}

/** The previous run's outputs as environment variables; empty ones are left out. */
export function previousOutputs(inputs: CommonInputs, previous: Outputs): [string, string][] {
    if (inputs.addPreviousOutputInEnv === false) return [];
    const variables: [string, string][] = [
        ["PULUMI_COMMAND_STDOUT", previous.stdout],
        ["PULUMI_COMMAND_STDERR", previous.stderr],
    ];
    return variables.filter(([, value]) => value !== "");
}

/** The error of a run that ended badly: the reason, the command and everything it printed, whatever `logging` says. */
export function runError(reason: string, command: string, printed: string): Error {
    return new Error(`${reason}: running ${JSON.stringify(command)}:\n${printed}`);
}

/** Inputs without marks of secrecy. The engine sends only what `check` let through, so the shape is known. */
export function plain<T>(properties: Properties): T {
    const known = Object.entries(properties).filter(([, value]) => value !== null);
    return reveal(Object.fromEntries(known) as Value) as unknown as T;
}
