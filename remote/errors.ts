import type { Connection, RemoteErrorKind } from "./types";

const marker = Symbol.for("pulumi-hybrid-identity.RemoteError");

/**
 * A host could not be asked. The message names host, port, user, the reason and what to do; it never holds a secret.
 *
 * Not thrown when the host answered something that is no valid reply: that is a ReplyError.
 */
export class RemoteError extends Error {
    override readonly name = "RemoteError";

    constructor(
        readonly kind: RemoteErrorKind,
        /** As in the connection. */
        readonly host: string,
        message: string,
    ) {
        super(message);
    }

    get [marker](): true {
        return true;
    }

    /** Holds across copies of this library in one process, where `instanceof` does not. */
    static isInstance(value: unknown): value is RemoteError {
        return typeof value === "object" && value !== null && marker in value;
    }
}

/** `host:port as user`, for messages. */
export function nameOf(connection: Connection): string {
    const host = connection.host.includes(":") ? `[${connection.host}]` : connection.host;
    return `${host}:${connection.port ?? 22} as ${connection.user}`;
}

/** An error whose message begins with the connection's name; `reason` says what happened and what to do. */
export function remoteError(connection: Connection, kind: RemoteErrorKind, reason: string): RemoteError {
    const through = connection.proxy === undefined ? "" : ` (through ${connection.proxy.host})`;
    return new RemoteError(kind, connection.host, `${nameOf(connection)}${through}: ${reason}`);
}

/** Everything of a connection that must never be printed. */
export function secretsOf(connection: Connection): string[] {
    const own = [connection.password, connection.privateKeyPassword, connection.privateKey];
    const secrets = own.filter((secret): secret is string => secret !== undefined && secret !== "");
    return connection.proxy === undefined ? secrets : [...secrets, ...secretsOf(connection.proxy)];
}

/** Text that a server sent, fit to be printed: one line, at most 300 characters, secrets masked in case it echoes them. */
export function printable(text: string, connection: Connection): string {
    const masked = secretsOf(connection).reduce((rest, secret) => rest.split(secret).join("***"), text);
    return masked
        .replace(/[^\x20-\x7e]+/g, " ")
        .trim()
        .slice(0, 300);
}
