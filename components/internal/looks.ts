import * as pulumi from "@pulumi/pulumi";
import { settled } from "./inputs";
import { refusal } from "./report";

/** One failed look is one error, which names the component: without the SDK's stack. */
export async function looked<T>(name: string, look: Promise<T>): Promise<T> {
    try {
        return await look;
    } catch (error) {
        if (pulumi.RunError.isInstance(error)) {
            throw error;
        }
        throw refusal(`${name}: ${said(error as Error)}`);
    }
}

/** What went wrong in a look, in one line, without the words of the SDK, the engine and a plugin about the call. */
export function said({ message }: Error): string {
    return message
        .replace(/\s+/g, " ")
        .replace(/(invocation of \S+ returned an error|invoking \S+|\d+ errors? occurred|\d+ UNKNOWN): ?(\* )?/g, "")
        .replace(/rpc error: code = \w+ desc = /g, "")
        .trim();
}

/** Whether a look came when the run was ending over something else: that is said already, and what comes too late has nothing to add. */
export function isTooLate(error: unknown): boolean {
    return error instanceof Error && error.message.includes("grpc: the client connection is closing");
}

/** For `dependsOn`: what waits for a look ends with the look's own error. As an input that cannot be written it would be told once more. */
export async function after(...looks: pulumi.Output<unknown>[]): Promise<pulumi.Resource[]> {
    await Promise.all(looks.map(settled));
    return [];
}

/** For `registerOutputs`: nothing where one of them failed, for the same reason. */
export function unlessFailed<T extends object>(outputs: T): Promise<pulumi.Inputs> {
    return settled(pulumi.output(outputs as pulumi.Inputs)).then(
        () => outputs,
        () => ({}),
    );
}
