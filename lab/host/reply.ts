import { AccessDenied, NotVolatile } from "./registry";

export interface Reply {
    protocol: 1;
    operation: string;
    ok: boolean;
    [member: string]: unknown;
}

export type FailureCode =
    | "malformed"
    | "protocol"
    | "language"
    | "bitness"
    | "elevation"
    | "mutex"
    | "owner"
    | "not observed"
    | "size"
    | "denied"
    | "certificate"
    | "mismatch"
    | "install"
    | "service"
    | "secret"
    | "setup";

/** Ends an operation with a failure reply. `host` says what became of the host. */
export class Failure extends Error {
    constructor(
        readonly code: FailureCode,
        message: string,
        readonly host = "as it was",
    ) {
        super(message);
    }
}

/** Thrown by a write observer to end the process there: nothing is put back and nobody replies. */
export class Killed extends Error {}

/** What an operation meets on its way, as a failure. Killed and programming errors pass through. */
export function asFailure(error: unknown): Failure {
    if (error instanceof Failure) {
        return error;
    }
    if (error instanceof AccessDenied || error instanceof NotVolatile) {
        return new Failure("denied", error.message);
    }
    throw error;
}

export function failureReply(operation: string, { code, message, host }: Failure): Reply {
    return { protocol: 1, operation, ok: false, error: { code, message }, host };
}
