// One cause, such as a secret that has ended, fails every resource of a run: the first says all, the others that it is the same.
import { AuthenticationError } from "./clients/errors";

/** Makes calls about resources say one cause once. `said` has which resource said it. */
export function sayOnce(said: Map<string, string>) {
    return <Q extends { getUrn(): string }, R>(work: (request: Q) => Promise<R>) =>
        async (request: Q): Promise<R> => {
            try {
                return await work(request);
            } catch (error) {
                throw error instanceof AuthenticationError ? shortened(error, request.getUrn(), said) : error;
            }
        };
}

function shortened(error: AuthenticationError, urn: string, said: Map<string, string>): Error {
    // Entra ID numbers and dates every refusal.
    const cause = error.message.replace(/(Trace ID|Correlation ID): \S+|Timestamp: \S+ \S+/g, "");
    const before = said.get(cause);
    if (before === undefined) said.set(cause, urn);
    if (before === undefined || before === urn) return error;
    const code = /AADSTS\d+/.exec(error.text)?.[0];
    return new Error(`${error.call}: the same${code ? ` (${code})` : ""} as "${before.split("::").slice(3).join("::")}" says in full`);
}
