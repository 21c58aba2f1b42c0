// Looking (this library) and enforcing (the command plugin, or its stand-in) connect by themselves. What the one can do and the other cannot
// would be a preview that is greener than the update, so every known difference stands here. COMMAND_PLUGIN names the plugin itself.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { utils, type Algorithms, type ParsedKey } from "ssh2";
import { agentProblem } from "../../remote/agent";
import { checkConnection } from "../../remote/checkConnection";
import type { Connection } from "../../remote/types";
import { temporaryFolder } from "../engine/support/engine";
import { Plugin, secret, type Properties } from "../plugins/support/plugin";
import { SshServer, keyPair, type Options } from "../plugins/support/ssh-server";
import { newKeyPair } from "../support/keys";
import { harness, soon } from "./support/harness";

interface Case {
    server?: Partial<Options>;
    connection?: Partial<Connection>;
    agent?: "none" | "dead" | "alive";
    /** Whether looking and enforcing succeed, and what looking says where it does not. */
    looks: true | RegExp;
    enforces: boolean;
}

const password = "correct horse";
const plain = keyPair("ed25519");
const host = { ed25519: keyPair("ed25519"), ecdsa: keyPair("ecdsa"), rsa: keyPair("rsa") };
const encrypted = (cipher: string) => newKeyPair("ed25519", { passphrase: "open", cipher, rounds: 2 });
const ctr = encrypted("aes256-ctr");
const gcm = encrypted("aes256-gcm@openssh.com");
const withKey = (pair: { private: string; public: string }, privateKeyPassword?: string) => ({
    server: { key: utils.parseKey(pair.public) as ParsedKey },
    connection: { password: undefined, privateKey: pair.private, ...(privateKeyPassword === undefined ? {} : { privateKeyPassword }) },
});
const exchange = (kex: Algorithms["kex"]) => ({ algorithms: { kex } });

const cases: Record<string, Case> = {
    "a password": { looks: true, enforces: true },
    "a key": { ...withKey(plain), looks: true, enforces: true },
    "an ECDSA host key": { connection: { hostKey: host.ecdsa.public }, looks: true, enforces: true },
    "an RSA host key": {
        server: { hostKeys: [host.rsa.private] },
        connection: { hostKey: host.rsa.public },
        looks: /^hostKey is an RSA key/,
        enforces: false,
    },
    "another host key": { connection: { hostKey: plain.public }, looks: /the host key is not the pinned one/, enforces: false },
    "a key with a passphrase": { ...withKey(ctr, "open"), looks: true, enforces: true },
    "a passphrase for a key that has none": {
        ...withKey(plain, "open"),
        looks: /^privateKeyPassword is given, but the private key is not encrypted/,
        enforces: false,
    },
    "a key that is encrypted with another cipher": {
        ...withKey(gcm, "open"),
        looks: /^privateKey is encrypted with aes256-gcm@openssh\.com, which the command plugin does not read/,
        enforces: false,
    },
    "a key exchange that both have": { server: exchange(["diffie-hellman-group14-sha256"]), looks: true, enforces: true },
    "a key exchange that the plugin does not offer": {
        server: exchange(["diffie-hellman-group-exchange-sha256", "diffie-hellman-group16-sha512"]),
        looks: /no SSH session came about.*no matching key exchange/,
        enforces: false,
    },
    "a password that the server asks for": { server: { methods: ["keyboard-interactive"] }, looks: true, enforces: true },
    "a wrong password": { connection: { password: "wrong" }, looks: /refused the password/, enforces: false },
    "an agent that answers": { agent: "alive", looks: true, enforces: true },
    "an agent that is gone": {
        agent: "dead",
        looks: /^SSH_AUTH_SOCK names ".*gone\.sock", where no SSH agent answers \(ENOENT\).*or run Pulumi without SSH_AUTH_SOCK$/,
        enforces: false,
    },
};

describe("looking and enforcing, side by side", function () {
    this.timeout(120_000);
    const { pool, after: afterEachTest } = harness();
    const folder = temporaryFolder();
    const agent = createServer((socket) => socket.on("error", () => {}));
    const agents = { none: "", alive: join(folder.path, "agent.sock"), dead: join(folder.path, "gone.sock") };
    const plugins: Partial<Record<keyof typeof agents, Plugin>> = {};

    before(async function () {
        agent.listen(process.platform === "win32" ? 0 : agents.alive);
        await once(agent, "listening");
    });
    after(async () => {
        await Promise.all(Object.values(plugins).map((plugin) => plugin.stop()));
        agent.close();
        folder.remove();
    });

    async function look(connection: Connection, socket: string): Promise<true | string> {
        const [problem] = checkConnection(connection);
        const said = problem ? `${problem.property} ${problem.message}` : await agentProblem(socket);
        if (said !== undefined) {
            return said;
        }
        return pool()
            .exec(connection, "x", "", soon)
            .then(
                () => true as const,
                (error: Error) => error.message,
            );
    }

    async function enforce(connection: Connection, kind: keyof typeof agents): Promise<boolean> {
        plugins[kind] ??= await Plugin.start({ SSH_AUTH_SOCK: agents[kind] });
        const given = Object.fromEntries(Object.entries(connection).filter(([, value]) => value !== undefined)) as Properties;
        const created = plugins[kind].create("remote", { connection: secret({ ...given, dialErrorLimit: 0 }), create: "x" });
        return created.then(
            () => true,
            () => false,
        );
    }

    for (const [what, { server: options, connection: more, agent: kind = "none", looks, enforces }] of Object.entries(cases)) {
        it(`${what}: ${looks === true ? "both" : "neither"}`, async function () {
            const server = await SshServer.start({ password, hostKeys: [host.ed25519.private, host.ecdsa.private], ...options });
            afterEachTest(() => server.stop());
            const connection: Connection = {
                host: "127.0.0.1",
                port: server.port,
                user: "svc",
                password,
                hostKey: host.ed25519.public,
                ...more,
            };
            const [looked, enforced] = [await look(connection, agents[kind]), await enforce(connection, kind)];
            assert.equal(enforced, enforces, "enforcing");
            if (looks === true) {
                assert.equal(looked, true);
            } else {
                assert.match(String(looked), looks);
            }
        });
    }
});
