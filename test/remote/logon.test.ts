import assert from "node:assert/strict";
import { inspect } from "node:util";
import { newKeyPair } from "../support/keys";
import { SessionPool } from "../../remote/pool";
import type { Connection } from "../../remote/types";
import { failure, harness, soon } from "./support/harness";
import { keyPair } from "./support/server";

describe("logon", () => {
    const { serve, pool } = harness();
    const stranger = keyPair("stranger");

    it("makes one failed logon with a wrong password, whatever is tried after it", async () => {
        const server = await serve({ methods: ["password", "publickey", "keyboard-interactive"] });
        const one = pool();
        const wrong = server.connection({ password: "w-r-o-n-g" });
        const errors = await Promise.all(Array.from({ length: 40 }, () => failure(one.exec(wrong, "run", "", soon))));
        errors.push(await failure(one.exec(wrong, "run", "", soon)));
        for (const error of errors) {
            assert.equal(error.kind, "authentication");
            assert.equal(error.message, errors[0]?.message);
        }
        assert.equal(server.counters.failedLogons, 1);
        assert.equal(server.counters.connections, 1);
        assert.match(
            errors[0]?.message ?? "",
            new RegExp(`^127.0.0.1:${server.port} as svc: the server refused the password. Check user and password.`),
        );
        assert.ok(!inspect(errors[0], { showHidden: true, depth: 5 }).includes("w-r-o-n-g"));
        await one.close();
        assert.ok(!inspect(one, { showHidden: true, depth: 9 }).includes("w-r-o-n-g"), "the pool holds no secret once a session is gone");
    });

    it("dials again with another password", async () => {
        const server = await serve();
        const one = pool();
        await failure(one.exec(server.connection({ password: "wrong" }), "run", "", soon));
        assert.equal((await one.exec(server.connection(), "run", "", soon)).exitCode, 0);
    });

    it("uses keyboard-interactive where there is no password method", async () => {
        const server = await serve({ methods: ["keyboard-interactive", "publickey"] });
        assert.equal((await pool().exec(server.connection(), "run", "", soon)).exitCode, 0);
        assert.equal(server.counters.logons, 1);
    });

    it("makes one failed logon with a wrong password over keyboard-interactive", async () => {
        const server = await serve({ methods: ["keyboard-interactive"] });
        const error = await failure(pool().exec(server.connection({ password: "wrong" }), "run", "", soon));
        assert.equal(error.kind, "authentication");
        assert.equal(server.counters.failedLogons, 1);
    });

    it("does not answer questions for more than a password", async () => {
        const server = await serve({ methods: ["keyboard-interactive"], prompts: ["Password: ", "Code: "] });
        const error = await failure(pool().exec(server.connection(), "run", "", soon));
        assert.match(error.message, /more than a password/);
        assert.equal(server.counters.failedLogons, 0);
    });

    for (const [type, privateKeyPassword] of [["ed25519"], ["rsa"], ["ecdsa"], ["ed25519", "open sesame"]] as const) {
        it(`takes an ${type} key${privateKeyPassword === undefined ? "" : " with a passphrase"}`, async () => {
            const pair =
                privateKeyPassword === undefined
                    ? keyPair("user", type)
                    : newKeyPair("ed25519", { passphrase: privateKeyPassword, cipher: "aes256-ctr", rounds: 4 });
            const server = await serve({ authorizedKey: pair.public });
            const connection: Connection = { ...server.connection(), password: undefined, privateKey: pair.private, privateKeyPassword };
            assert.equal((await pool().exec(connection, "run", "", soon)).exitCode, 0);
            assert.deepEqual([server.counters.logons, server.counters.failedLogons], [1, 0]);
        });
    }

    it("makes one failed logon with a key that is not authorized, and falls back to nothing", async () => {
        const server = await serve({ authorizedKey: keyPair("user").public });
        const connection = server.connection({ password: undefined, privateKey: stranger.private });
        const one = pool();
        const error = await failure(one.exec(connection, "run", "", soon));
        await failure(one.exec(connection, "run", "", soon));
        assert.match(error.message, /refused the private key.*administrators_authorized_keys/);
        assert.equal(server.counters.failedLogons, 1);
    });

    it("sends nothing where the server does not take this kind of credential", async () => {
        const keysOnly = await serve({ methods: ["publickey"] });
        assert.match((await failure(pool().exec(keysOnly.connection(), "run", "", soon))).message, /accepts no password, only publickey/);
        const passwordsOnly = await serve({ methods: ["password"] });
        const withKey = passwordsOnly.connection({ password: undefined, privateKey: stranger.private });
        assert.match((await failure(pool().exec(withKey, "run", "", soon))).message, /accepts no keys, only password/);
        assert.equal(keysOnly.counters.failedLogons + passwordsOnly.counters.failedLogons, 0);
    });

    it("takes a server that hangs up on a credential for a refusal", async () => {
        const server = await serve({ silentLogon: true });
        const one: SessionPool = pool();
        const running = failure(one.exec(server.connection(), "run", "", soon));
        setTimeout(() => server.dropAll(), 300);
        assert.equal((await running).kind, "authentication");
        await failure(one.exec(server.connection(), "run", "", soon));
        assert.equal(server.counters.connections, 1);
    });
});
