import assert from "node:assert/strict";
import { harness, failure, soon } from "./support/harness";
import { Behaviour, dialling, fingerprintOf, keyPair, reply } from "./support/server";

describe("session pool", () => {
    const { serve, pool } = harness();

    it("hands over stdin whole, and stdout, stderr, exit code and ident", async () => {
        const server = await serve({
            ident: "OpenSSH_for_Windows_9.5",
            run: (channel, command, stdin) => reply(channel, `\u00ff${command}:${stdin.length}`, 3, "oh"),
        });
        const stdin = "x".repeat(3_000_000);
        const result = await pool().exec(server.connection(), "run", stdin, soon);
        assert.deepEqual(result, {
            stdout: "\u00ffrun:3000000",
            stderr: "oh",
            exitCode: 3,
            serverIdent: "SSH-2.0-OpenSSH_for_Windows_9.5",
        });
        assert.equal(server.stdins[0], stdin);
    });

    it("runs 40 commands at once on one host over one connection, at most 8 side by side", async () => {
        const server = await serve({ run: (channel, _command, stdin) => setTimeout(() => reply(channel, stdin), 20) });
        const one = pool();
        const results = await Promise.all(
            Array.from({ length: 40 }, (_, index) => one.exec(server.connection(), "run", String(index), soon)),
        );
        assert.deepEqual(
            results.map((result) => result.stdout),
            Array.from({ length: 40 }, (_, index) => String(index)),
        );
        assert.equal(server.counters.connections, 1);
        assert.equal(server.counters.logons, 1);
        assert.equal(server.counters.execs, 40);
        assert.equal(server.counters.peakRunning, 8);
    });

    it("opens at most 16 connections at a time, and then runs on all 40 hosts side by side", async () => {
        let running = 0;
        let allRun = () => {};
        const all = new Promise<void>((resolve) => (allRun = resolve));
        const run: Behaviour["run"] = (channel) => {
            running++;
            if (running === 40) {
                allRun();
            }
            void all.then(() => reply(channel, "ok"));
        };
        const servers = await Promise.all(Array.from({ length: 40 }, () => serve({ run })));
        const one = pool();
        dialling.peak = 0;
        await Promise.all(servers.map((server) => one.exec(server.connection(), "run", "", { timeoutMs: 20_000, label: "observe" })));
        assert.equal(dialling.peak, 16);
        assert.deepEqual(
            servers.map((server) => server.counters.connections),
            servers.map(() => 1),
        );
    }).timeout(120_000);

    it("uses a connection again, and closes it when idle", async () => {
        const server = await serve();
        const one = pool({ idleMs: 50 });
        await one.exec(server.connection(), "run", "", soon);
        await one.exec(server.connection(), "run", "", soon);
        assert.equal(server.counters.connections, 1);
        await new Promise((resolve) => setTimeout(resolve, 200));
        assert.equal(server.open, 0);
        await one.exec(server.connection(), "run", "", soon);
        assert.equal(server.counters.connections, 2);
    });

    it("fails everything on close, and every later call", async () => {
        const server = await serve({ run: () => {} });
        const one = pool();
        const running = failure(one.exec(server.connection(), "run", "", soon));
        while (server.stdins.length === 0) {
            await new Promise((resolve) => setTimeout(resolve, 5));
        }
        await one.close();
        assert.equal((await running).kind, "cancelled");
        assert.equal((await failure(one.exec(server.connection(), "run", "", soon))).kind, "cancelled");
        assert.equal(server.counters.connections, 1);
    });

    it("keeps accounts apart", async () => {
        const server = await serve();
        const one = pool();
        await Promise.all([
            one.exec(server.connection(), "run", "", soon),
            one.exec(server.connection({ user: "observer" }), "run", "", soon),
        ]);
        assert.equal(server.counters.connections, 2);
    });

    describe("host key", () => {
        it("refuses another key of the same type, names both fingerprints, and does not log on", async () => {
            const server = await serve();
            const other = keyPair("other").public;
            const error = await failure(pool().exec(server.connection({ hostKey: other }), "run", "", soon));
            assert.equal(error.kind, "hostKey");
            assert.ok(error.message.includes(fingerprintOf(other)), error.message);
            assert.ok(error.message.includes(fingerprintOf(keyPair("host").public)), error.message);
            assert.match(error.message, /change hostKey/);
            assert.equal(server.counters.logons + server.counters.failedLogons, 0);
        });

        it("takes the pinned type of several that the server has", async () => {
            const ecdsa = keyPair("host", "ecdsa");
            const server = await serve({ hostKeys: [keyPair("host").private, ecdsa.private] });
            for (const hostKey of [ecdsa.public, keyPair("host").public]) {
                assert.equal((await pool().exec(server.connection({ hostKey }), "run", "", soon)).exitCode, 0);
            }
        });

        it("names the type when the server has no such key", async () => {
            const server = await serve();
            const error = await failure(pool().exec(server.connection({ hostKey: keyPair("host", "ecdsa").public }), "run", "", soon));
            assert.equal(error.kind, "hostKey");
            assert.match(error.message, /\(ecdsa-sha2-nistp256\)/);
        });

        it("is never done without", async () => {
            const server = await serve();
            const error = await failure(pool().exec(server.connection({ hostKey: "" }), "run", "", soon));
            assert.equal(error.kind, "hostKey");
            assert.equal(server.counters.connections, 0);
        });
    });
});
