import { connect as connectTcp } from "net";
import { Client } from "ssh2";
import { printable } from "../drift/show";
import { concernsHostKey, openingReason, timeoutReason, type LowError, type Stage } from "./failures";
import { readIdent } from "./ident";
import { fingerprint, hostKeyTypes } from "./keys";
import { pluginAlgorithms } from "./line";

/** What a server shows to anybody, before any logon. */
export interface Scan {
    /** What it called itself (`SSH-2.0-OpenSSH_for_Windows_9.5`). */
    ident: string;
    /** OpenSSH public key line, as shown. Whoever logs on pins it, and the server has to prove it then. */
    hostKey: string;
    /** As OpenSSH prints it. */
    fingerprint: string;
}

/** How far a scan came, and why no further. */
export class ScanError extends Error {
    override readonly name = "ScanError";

    constructor(
        /** `TCP`: nothing answers. `host key`: something answers and shows none that can be used. */
        readonly step: "TCP" | "host key",
        message: string,
    ) {
        super(message);
    }
}

/**
 * Asks a server for its host key and hangs up: no user, no credential is sent. Rejects with ScanError.
 * @param types the kinds of key to ask for, the first that the server has is given
 */
export function scanHostKey(host: string, port: number, { types = hostKeyTypes, timeoutMs = 15_000 } = {}): Promise<Scan> {
    return new Promise((resolve, reject) => {
        let stage: Stage = "the TCP connection";
        let ident = "";
        const client = new Client();
        const socket = connectTcp({ host, port, noDelay: true });
        const end = (then: () => void) => {
            clearTimeout(timer);
            socket.destroy();
            then();
        };
        const fail = (reason: string) => end(() => reject(new ScanError(stage === "the TCP connection" ? "TCP" : "host key", reason)));
        const closed = "the server closed the connection";
        const timer = setTimeout(() => fail(timeoutReason("ask for the host key", timeoutMs, stage)), timeoutMs);

        socket.once("connect", () => (stage = "the SSH handshake"));
        client.on("error", (error: LowError) => fail(concernsHostKey(error) ? noKeyReason(types) : openingReason(error, printable(error.message, 300), stage)));
        client.on("close", () => fail(openingReason(new Error(closed), closed, stage)));
        client.connect({
            sock: socket,
            // Never sent: the connection ends with the host key.
            username: "nobody",
            readyTimeout: 0,
            algorithms: { ...pluginAlgorithms, serverHostKey: types },
            hostVerifier: (key: Buffer) => {
                const type = key.subarray(4, 4 + key.readUInt32BE(0)).toString("latin1");
                end(() => resolve({ ident, hostKey: `${type} ${key.toString("base64")}`, fingerprint: fingerprint(key) }));
                return false;
            },
        });
        readIdent(socket, (line) => (ident = line));
    });
}

function noKeyReason(types: string[]): string {
    return (
        `the server has no host key of a type that can be pinned here (${types.join(", ")}). Make one on the host (ssh-keygen -A, in ` +
        "C:\\Windows\\System32\\OpenSSH, as administrator), then restart sshd"
    );
}
