// Who logs on and to whom: the logon methods in the plugin's order, and the server's key.
import * as net from "node:net";
import type { Duplex } from "node:stream";
import { Client, utils, type AnyAuthMethod, type ParsedKey } from "ssh2";
import type { Endpoint } from "./endpoint";

/** What is tried to log on to a server, in this order, and the only key that the server may show. */
export interface Logon {
    user: string;
    methods: AnyAuthMethod[];
    hostKey?: ParsedKey;
}

/** Reads the keys and reaches for the agent; all that can fail here fails before anything is dialled. */
export async function logonOf(endpoint: Endpoint): Promise<Logon> {
    const { user: username, password } = endpoint;
    const methods: AnyAuthMethod[] = [];
    if (endpoint.privateKey !== undefined) {
        methods.push({ type: "publickey", username, key: parse("privateKey", endpoint.privateKey, endpoint.privateKeyPassword) });
    }
    if (password !== undefined) {
        methods.push({ type: "password", username, password });
        const prompt = (_1: string, _2: string, _3: string, questions: unknown[], finish: (answers: string[]) => void) =>
            finish(questions.map(() => password));
        methods.push({ type: "keyboard-interactive", username, prompt });
    }
    const agent = endpoint.agentSocketPath ?? (process.env["SSH_AUTH_SOCK"] || undefined);
    if (agent !== undefined) {
        await reach(agent);
        methods.push({ type: "agent", username, agent });
    }
    const hostKey = endpoint.hostKey === undefined ? undefined : parse("hostKey", endpoint.hostKey);
    return { user: username, methods, hostKey };
}

/** Logs on over an open stream: each kind of method once, and only what the server offers. */
export function logOn(sock: Duplex, logon: Logon): Promise<Client> {
    return new Promise((resolve, reject) => {
        const client = new Client();
        const { hostKey } = logon;
        const attempted = ["none"];
        let mismatch = false;
        const fail = (reason: string) => {
            client.destroy();
            reject(new Error(`ssh: handshake failed: ${reason}`));
        };
        client.on("error", (error: Error & { level?: string }) => {
            if (mismatch) fail("ssh: host key mismatch");
            else if (error.level !== "client-authentication") fail(error.message);
            else fail(`ssh: unable to authenticate, attempted methods [${attempted.join(" ")}], no supported methods remain`);
        });
        client.once("close", () => fail("EOF"));
        client.once("ready", () => resolve(client));
        client.connect({
            sock,
            readyTimeout: 0,
            username: logon.user,
            algorithms: hostKey && { serverHostKey: [hostKey.type] },
            hostVerifier: (key: Buffer) => !(mismatch = hostKey !== undefined && !key.equals(hostKey.getPublicSSH())),
            authHandler: (offered: string[] | null): AnyAuthMethod | false => {
                if (offered === null) return { type: "none", username: logon.user };
                const next = logon.methods.find(method => offered.includes(kind(method)) && !attempted.includes(kind(method)));
                if (next) attempted.push(kind(next));
                return next ?? false;
            },
        });
    });
}

// An agent's keys are the same kind of logon as a private key: with both, the agent is never asked.
function kind(method: AnyAuthMethod): string {
    return method.type === "agent" ? "publickey" : method.type;
}

function parse(property: string, text: string, passphrase?: string): ParsedKey {
    const key = utils.parseKey(text, passphrase);
    if (key instanceof Error) throw new Error(`${property}: ${key.message}`);
    return key;
}

function reach(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
        const socket = net.connect(path);
        socket.once("error", error => reject(new Error(`dial unix ${path}: ${error.message}`)));
        socket.once("connect", () => {
            socket.destroy();
            resolve();
        });
    });
}
