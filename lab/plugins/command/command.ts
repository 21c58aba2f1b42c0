// What creating, updating and deleting a command means.
import { randomBytes } from "node:crypto";
import { unknown, type Properties } from "../shared/values";
import { outputsUnknown } from "./diff";
import { runLocal, type LocalInputs } from "./local";
import { runRemote, type RemoteInputs } from "./remote";
import type { Resource, Surroundings } from "./resource";
import { plain, type CommonInputs, type Outputs } from "./run";
import { inputNames } from "./schema";

const nothing: Outputs = { stdout: "", stderr: "" };

/** A command, on a host or on this machine. */
export const command: Resource = { create, update, remove, previewCreate, previewUpdate, newId };

/** Runs `create`, if there is one; the result is the resource's new state. */
async function create(type: string, inputs: Properties, surroundings: Surroundings): Promise<Properties> {
    const { create: command } = commonOf(inputs);
    return { ...inputs, ...(await run(type, command, inputs, nothing, surroundings)) };
}

/** Runs `update`, or `create` where there is none. Without either, the outputs stay as they were. */
async function update(type: string, olds: Properties, news: Properties, surroundings: Surroundings): Promise<Properties> {
    const { create: create, update: command = create } = commonOf(news);
    return { ...news, ...(await run(type, command, news, outputsOf(olds), surroundings)) };
}

/** Runs `delete`, if there is one, with everything from the state. */
async function remove(type: string, state: Properties, surroundings: Surroundings): Promise<void> {
    const { delete: command } = commonOf(state);
    await run(type, command, state, outputsOf(state), surroundings);
}

/** What a preview tells of the state after a creation: the inputs. */
function previewCreate(inputs: Properties): Properties {
    return { ...inputs, stdout: unknown, stderr: unknown };
}

/** What a preview tells of the state after an update. */
function previewUpdate(type: string, olds: Properties, news: Properties): Properties {
    if (outputsUnknown(inputNames(type), olds, news)) return previewCreate(news);
    return { ...news, stdout: olds["stdout"] ?? "", stderr: olds["stderr"] ?? "" };
}

/** The resource's name and eight random digits, in a preview too. */
function newId(name: string): string {
    return name + randomBytes(4).toString("hex");
}

function run(
    type: string,
    command: string | undefined,
    inputs: Properties,
    previous: Outputs,
    surroundings: Surroundings,
): Promise<Outputs> | Outputs {
    if (command === undefined) return previous;
    const context = { ...surroundings, previous };
    if (type === "command:local:Command") return runLocal(command, plain<LocalInputs>(inputs), context);
    return runRemote(command, plain<RemoteInputs>(inputs), context);
}

function outputsOf(state: Properties): Outputs {
    const { stdout, stderr } = plain<Partial<Outputs>>(state);
    return { stdout: stdout ?? "", stderr: stderr ?? "" };
}

function commonOf(inputs: Properties): CommonInputs {
    return plain<CommonInputs>(inputs);
}
