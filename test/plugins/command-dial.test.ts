// How command:remote:Command reaches a host: logons, host key, retries, proxy. Runs against the plugin itself too (see command.test.ts).
import * as assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { utils, type ParsedKey } from "ssh2";
import { newKeyPair } from "../support/keys";
import { Plugin, secret, type Properties } from "./support/plugin";
import { SshServer, keyPair } from "./support/ssh-server";

const password = "correct horse";
const user = keyPair("ed25519");
const userKey = utils.parseKey(user.public) as ParsedKey;

describe("command plugin: dialling", function () {
    this.timeout(120_000);
    let plugin: Plugin;
    let servers: SshServer[];
    before(async () => {
        plugin = await Plugin.start();
    });
    after(() => plugin.stop());
    beforeEach(() => {
        servers = [];
        plugin.messages.length = 0;
    });
    afterEach(() => Promise.all(servers.map(server => server.stop())));

    async function start(options: Parameters<typeof SshServer.start>[0]): Promise<SshServer> {
        const server = await SshServer.start(options);
        servers.push(server);
        return server;
    }
    const at = ({ port }: { port: number }, more: Properties = {}): Properties => ({ host: "127.0.0.1", port, user: "admin", ...more });
    const dial = (connection: Properties, by = plugin) => by.create("remote", { connection: secret(connection), create: "x" });

    describe("logon", () => {
        it("takes the private key before the password", async () => {
            const server = await start({ password, key: userKey });
            await dial(at(server, { password, privateKey: user.private }));
            assert.deepEqual([server.logons, server.refused], [["publickey admin"], []]);
        });

        it("takes the password where the key is refused", async () => {
            const server = await start({ password });
            await dial(at(server, { password, privateKey: user.private }));
            assert.deepEqual([server.logons, server.refused], [["password admin"], ["publickey"]]);
        });

        it("answers a keyboard-interactive question with the password", async () => {
            const server = await start({ password, methods: ["keyboard-interactive"] });
            await dial(at(server, { password }));
            assert.deepEqual([server.logons, server.refused], [["keyboard-interactive admin"], []]);
        });

        it("takes an encrypted key with its password, and not without", async () => {
            const encrypted = newKeyPair("ed25519", { passphrase: "open", cipher: "aes256-ctr", rounds: 4 });
            const server = await start({ key: utils.parseKey(encrypted.public) as ParsedKey });
            await dial(at(server, { privateKey: encrypted.private, privateKeyPassword: "open" }));
            assert.deepEqual(server.logons, ["publickey admin"]);
            await assert.rejects(dial(at(server, { privateKey: encrypted.private })));
            assert.equal(server.connections, 1);
        });

        it("makes two failed logons a dial from a wrong password", async () => {
            const server = await start({ password });
            await assert.rejects(dial(at(server, { password: "wrong", dialErrorLimit: 0 })), /ssh: unable to authenticate/);
            assert.deepEqual(server.refused, ["password", "keyboard-interactive"]);
            assert.equal(server.connections, 1);
        });

        it("is root without a user", async () => {
            const server = await start({ password });
            const { user: _, ...rest } = at(server, { password });
            await dial(rest);
            assert.deepEqual(server.logons, ["password root"]);
        });

        it("never tells the password or the key in an error", async () => {
            const server = await start({ password });
            const wrong = "very wrong password";
            const refused = dial(at(server, { password: wrong, dialErrorLimit: 0 }));
            await assert.rejects(refused, (error: Error) => !error.message.includes(wrong));
            const broken = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----";
            await assert.rejects(dial(at(server, { privateKey: broken })), (error: Error) => !error.message.includes("c2VjcmV0"));
        });
    });

    describe("agent", () => {
        it("that does not answer is an error before anything is dialled", async () => {
            const server = await start({ password });
            const agentSocketPath = "/nowhere/agent.sock";
            await assert.rejects(dial(at(server, { password, agentSocketPath })), /dial unix \/nowhere\/agent.sock: /);
            assert.equal(server.connections, 0);
        });

        it("comes from SSH_AUTH_SOCK", async () => {
            const server = await start({ password });
            const other = await Plugin.start({ SSH_AUTH_SOCK: "/nowhere/other.sock" });
            try {
                await assert.rejects(dial(at(server, { password }), other), /dial unix \/nowhere\/other.sock: /);
                assert.equal(server.connections, 0);
            } finally {
                await other.stop();
            }
        });

        it("is asked after the password, and not at all where there is a private key", async () => {
            const folder = fs.mkdtempSync(path.join(os.tmpdir(), "agent-"));
            const socket = path.join(folder, "agent.sock");
            // Knows one question, the list of keys, and has none.
            let questions = 0;
            const agent = net.createServer(client => {
                client.on("error", () => {});
                client.on("data", () => {
                    questions++;
                    client.write(Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0]));
                });
            });
            agent.listen(socket);
            await once(agent, "listening");
            try {
                const server = await start({});
                const wrong = { password: "wrong", agentSocketPath: socket, dialErrorLimit: 0 };
                await assert.rejects(dial(at(server, wrong)), /unable to authenticate/);
                assert.equal(questions, 1);
                assert.deepEqual(server.refused, ["password", "keyboard-interactive"]);
                await assert.rejects(dial(at(server, { ...wrong, privateKey: user.private })), /unable to authenticate/);
                assert.equal(questions, 1);
            } finally {
                agent.close();
                fs.rmSync(folder, { recursive: true });
            }
        });
    });

    describe("host key", () => {
        const first = keyPair("ed25519");
        const second = keyPair("ecdsa");

        it("is any key where none is given", async () => {
            await dial(at(await start({ password }), { password }));
        });

        it("is checked where it is given, with a comment or without", async () => {
            const server = await start({ password, hostKeys: [first.private] });
            await dial(at(server, { password, hostKey: first.public }));
            await dial(at(server, { password, hostKey: `${first.public} mim01` }));
            assert.equal(server.logons.length, 2);
        });

        it("that is another one ends the dial before any logon", async () => {
            const server = await start({ password, hostKeys: [first.private] });
            const hostKey = keyPair("ed25519").public;
            await assert.rejects(dial(at(server, { password, hostKey, dialErrorLimit: 0 })), /ssh: host key mismatch/);
            assert.deepEqual([server.connections, server.logons, server.refused], [1, [], []]);
        });

        it("decides the only kind of key that is offered", async () => {
            const both = await start({ password, hostKeys: [first.private, second.private] });
            await dial(at(both, { password, hostKey: second.public, dialErrorLimit: 0 }));
            const one = await start({ password, hostKeys: [first.private] });
            await assert.rejects(dial(at(one, { password, hostKey: second.public, dialErrorLimit: 0 })), /handshake failed/);
        });

        it("that is no key is an error before anything is dialled", async () => {
            const server = await start({ password });
            await assert.rejects(dial(at(server, { password, hostKey: "ssh-ed25519 what" })));
            assert.equal(server.connections, 0);
        });
    });

    describe("retries", () => {
        for (const limit of [0, 1, 3]) {
            it(`dials ${limit + 1} times with a limit of ${limit}, also for a wrong password`, async () => {
                const server = await start({ password });
                const started = Date.now();
                const creation = dial(at(server, { password: "wrong", dialErrorLimit: limit }));
                await assert.rejects(creation, new RegExp(`after ${limit} failed attempts: `));
                assert.equal(server.connections, limit + 1);
                // 100 ms, 150 ms, 225 ms
                assert.ok(Date.now() - started >= [0, 100, 0, 475][limit]!);
                assert.equal(plugin.messages.filter(message => /^Dial \d\/\d failed: retrying$/.test(message.text)).length, limit);
            });
        }

        it("dials again for a wrong host key", async () => {
            const server = await start({ password });
            const hostKey = keyPair("ed25519").public;
            await assert.rejects(dial(at(server, { password, hostKey, dialErrorLimit: 1 })), /host key mismatch/);
            assert.equal(server.connections, 2);
        });

        it("succeeds where the server comes in time", async () => {
            const reserved = net.createServer().listen(0, "127.0.0.1");
            await once(reserved, "listening");
            const { port } = reserved.address() as net.AddressInfo;
            await new Promise(resolve => reserved.close(resolve));
            const creation = dial(at({ port }, { password }));
            while (plugin.messages.length === 0) await new Promise(resolve => setTimeout(resolve, 20));
            const server = await SshServer.start({ password, port });
            servers.push(server);
            await creation;
            assert.equal(server.connections, 1);
        });

        it("does not retry the command", async () => {
            const server = await start({ password, answer: () => ({ code: 1 }) });
            await assert.rejects(dial(at(server, { password, dialErrorLimit: 3 })), /^Error: Process exited with status 1/);
            assert.equal(server.runs.length, 1);
        });

        it("stops with the resource's own timeout", async () => {
            const connection = secret({ host: "127.0.0.1", port: 1, password, dialErrorLimit: -1 });
            await assert.rejects(plugin.create("remote", { connection, create: "x" }, { timeout: 1 }), /context deadline exceeded/);
        });
    });

    describe("proxy", () => {
        it("is logged on first, and sees nothing of the target's logon", async () => {
            const proxy = await start({ password: "proxy password" });
            const target = await start({ password });
            await dial(at(target, { password, proxy: at(proxy, { user: "jump", password: "proxy password" }) }));
            assert.deepEqual([proxy.logons, target.logons, target.runs.length], [["password jump"], ["password admin"], 1]);
        });

        it("has its own number of dials", async () => {
            const proxy = await start({ password: "proxy password" });
            const wrong = at(proxy, { password: "wrong", dialErrorLimit: 1 });
            await assert.rejects(dial(at({ port: 1 }, { password, dialErrorLimit: 0, proxy: wrong })), /proxy: after 1 failed attempts/);
            assert.equal(proxy.connections, 2);
        });

        it("is checked by its own host key", async () => {
            const proxy = await start({ password });
            const target = await start({ password });
            const wrong = at(proxy, { password, hostKey: keyPair("ed25519").public, dialErrorLimit: 0 });
            await assert.rejects(dial(at(target, { password, proxy: wrong })), /proxy: .*host key mismatch/);
            assert.deepEqual([proxy.logons, target.connections], [[], 0]);
        });

        it("with a wrong password for the target makes one failed logon of each kind", async () => {
            const proxy = await start({ password });
            const target = await start({ password });
            const wrong = at(target, { password: "wrong", dialErrorLimit: 1, proxy: at(proxy, { password }) });
            await assert.rejects(dial(wrong), /proxy: after 1 failed/);
            assert.deepEqual([target.connections, target.refused], [1, ["password", "keyboard-interactive"]]);
        });
    });
});
