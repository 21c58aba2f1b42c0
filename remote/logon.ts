import type { AuthenticationType, AuthHandlerMiddleware, NextAuthHandler } from "ssh2";
import { isFailure, parsePrivateKey } from "./keys";
import type { Connection } from "./types";

/** One logon to one host: exactly one credential, sent at most once, because each refused one counts towards locking the account. */
export interface Logon {
    handler: AuthHandlerMiddleware;
    /** True once a credential went to the server. */
    sent(): boolean;
}

/** `refuse` is called once, with the reason and what to do, when the logon cannot succeed; nothing is sent after that. */
export function logon(connection: Connection, refuse: (reason: string) => void): Logon {
    let sent = false;

    const attempt = (methods: AuthenticationType[], next: NextAuthHandler) => {
        if (connection.privateKey !== undefined) {
            if (!methods.includes("publickey")) {
                refuse(
                    `the server accepts no keys, only ${methods.join(", ")}. Enable PubkeyAuthentication in sshd_config, or give a ` +
                        `password`,
                );
                return;
            }
            const key = parsePrivateKey(connection.privateKey, connection.privateKeyPassword);
            if (isFailure(key)) {
                refuse("the private key could not be read. Check privateKey and privateKeyPassword");
                return;
            }
            sent = true;
            next({ type: "publickey", username: connection.user, key });
        } else if (methods.includes("password")) {
            sent = true;
            next({ type: "password", username: connection.user, password: connection.password ?? "" });
        } else if (methods.includes("keyboard-interactive")) {
            next({ type: "keyboard-interactive", username: connection.user, prompt: answerOnce });
        } else {
            refuse(
                `the server accepts no password, only ${methods.join(", ")}. Enable PasswordAuthentication in sshd_config, or give a ` +
                    `private key`,
            );
        }
    };

    const answerOnce = (
        _name: string,
        _instructions: string,
        _language: string,
        prompts: unknown[],
        finish: (answers: string[]) => void,
    ) => {
        if (sent || prompts.length !== 1) {
            refuse("the server asks for more than a password. Use a private key, or an account without a second factor");
            return;
        }
        sent = true;
        finish([connection.password ?? ""]);
    };

    const handler: AuthHandlerMiddleware = (methods: AuthenticationType[] | null, partial, next) => {
        if (methods === null) {
            // Asks which methods there are; no server counts this as a failed logon.
            next({ type: "none", username: connection.user });
        } else if (!sent) {
            attempt(methods, next);
        } else if (partial) {
            refuse(`the server wants a further proof after the first one (${methods.join(", ")}). Use an account without a second factor`);
        } else {
            refuse(refusal(connection));
        }
    };
    return { handler, sent: () => sent };
}

/** What a refused credential most likely means. */
export function refusal(connection: Connection): string {
    const what = connection.privateKey !== undefined ? "private key" : "password";
    const remedy =
        connection.privateKey !== undefined
            ? "Check that its public key is in authorized_keys of that user; for administrators in C:\\ProgramData\\ssh\\" +
              "administrators_authorized_keys, which sshd ignores where others than Administrators and SYSTEM have rights on it. Check " +
              "AllowGroups in sshd_config too: on Windows Server 2025 only members of Administrators and OpenSSH Users may log on"
            : "Check user and password";
    return `the server refused the ${what}. ${remedy}. It is not tried again in this run, so that the account is not locked`;
}
