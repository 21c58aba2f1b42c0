import assert from "node:assert/strict";
import { Session } from "../../remote/session";
import { failure, harness, soon, until } from "./support/harness";
import { fingerprintOf, keyPair, dialling, reply, TestServer } from "./support/server";

describe("jump host", () => {
    const { serve, pool } = harness();
    const jumpKey = keyPair("jump");
    const serveJump = () => serve({ hostKeys: [jumpKey.private], password: "jump password" });
    const through = (jump: TestServer) => jump.connection({ user: "jumper", hostKey: jumpKey.public });

    it("is reached with its own user, password and host key", async () => {
        const [jump, server] = [await serveJump(), await serve()];
        const result = await pool().exec(server.connection({ proxy: through(jump) }), "run", "hello", soon);
        assert.equal(result.stdout, "done: hello");
        assert.deepEqual([jump.counters.logons, jump.counters.forwards, jump.counters.execs], [1, 1, 0]);
    });

    it("is reached once for 40 hosts behind it", async () => {
        const jump = await serveJump();
        const servers = await Promise.all(Array.from({ length: 40 }, () => serve()));
        const one = pool();
        dialling.peak = 0;
        await Promise.all(
            servers.map((server) =>
                one.exec(server.connection({ proxy: through(jump) }), "run", "", { timeoutMs: 20_000, label: "observe" }),
            ),
        );
        assert.equal(jump.counters.connections, 1);
        assert.equal(jump.counters.forwards, 40);
        assert.ok(dialling.peak <= 17, `${dialling.peak} being opened`);
    }).timeout(120_000);

    it("shares its connection when commands run on it too", async () => {
        const [jump, server] = [await serveJump(), await serve()];
        const one = pool({ dials: 1 });
        const results = await Promise.all([
            one.exec(server.connection({ proxy: through(jump) }), "run", "a", soon),
            one.exec(through(jump), "run", "b", soon),
        ]);
        assert.deepEqual(
            results.map((result) => result.stdout),
            ["done: a", "done: b"],
        );
        assert.equal(jump.counters.connections, 1);
    });

    it("is refused with another host key, and the host behind it is not reached", async () => {
        const [jump, server] = [await serveJump(), await serve()];
        const proxy = { ...through(jump), hostKey: keyPair("host").public };
        const error = await failure(pool().exec(server.connection({ proxy }), "run", "", soon));
        assert.equal(error.kind, "hostKey");
        assert.match(
            error.message,
            new RegExp(
                `^127.0.0.1:${server.port} as svc \\(through 127.0.0.1\\): jump host 127.0.0.1:${jump.port} as jumper: the host key`,
            ),
        );
        assert.ok(error.message.includes(fingerprintOf(jumpKey.public)));
        assert.equal(server.counters.connections + jump.counters.logons, 0);
    });

    it("checks the key of the host behind it as well", async () => {
        const [jump, server] = [await serveJump(), await serve()];
        const error = await failure(pool().exec(server.connection({ proxy: through(jump), hostKey: jumpKey.public }), "run", "", soon));
        assert.equal(error.kind, "hostKey");
        assert.equal(server.counters.logons, 0);
    });

    it("makes one failed logon on the jump host for all hosts behind it", async () => {
        const jump = await serveJump();
        const servers = [await serve(), await serve(), await serve()];
        const proxy = { ...through(jump), password: "wrong" };
        const one = pool();
        const [first, second, third] = servers.map((server) => server.connection({ proxy }));
        const errors = await Promise.all([first, second].map((connection) => failure(one.exec(connection ?? proxy, "run", "", soon))));
        errors.push(await failure(one.exec(third ?? proxy, "run", "", soon)));
        for (const error of errors) {
            assert.equal(error.kind, "authentication");
            assert.match(error.message, /jump host .* as jumper: the server refused the password/);
        }
        assert.equal(jump.counters.failedLogons, 1);
        assert.equal(jump.counters.connections, 1);
    });

    it("says when it cannot reach the host", async () => {
        const [jump, gone] = [await serveJump(), await TestServer.start()];
        await gone.stop();
        const error = await failure(pool().exec(gone.connection({ proxy: through(jump) }), "run", "", soon));
        assert.equal(error.kind, "unreachable");
        assert.match(error.message, /the jump host could not connect to it/);
    });

    it("is named when its logon takes too long", async () => {
        const jump = await serve({ hostKeys: [jumpKey.private], silentLogon: true });
        const server = await serve();
        const error = await failure(
            pool().exec(server.connection({ proxy: through(jump) }), "run", "", { timeoutMs: 2000, label: "observe" }),
        );
        assert.equal(error.kind, "timeout");
        assert.match(error.message, /while waiting for authentication of the jump host\./);
    });

    it("shows a host that does not answer it as unreachable", async () => {
        const jump = await serve({ hostKeys: [jumpKey.private], silentForward: true });
        const server = await serve();
        const error = await failure(
            pool().exec(server.connection({ proxy: through(jump) }), "run", "", { timeoutMs: 2000, label: "observe" }),
        );
        assert.equal(error.kind, "unreachable");
        assert.match(error.message, /while waiting for the TCP connection from the jump host\. Check address, port and firewalls/);
    });

    it("takes commands along when it goes away, and is reached again by the next one", async () => {
        let silent = true;
        const [jump, server] = [await serveJump(), await serve({ run: (channel) => (silent ? undefined : reply(channel, "ok")) })];
        const one = pool();
        const connection = server.connection({ proxy: through(jump) });
        const running = failure(one.exec(connection, "run", "", soon));
        await until(() => server.stdins.length === 1);
        jump.dropAll();
        assert.equal((await running).kind, "dropped");
        silent = false;
        assert.equal((await one.exec(connection, "run", "", soon)).stdout, "ok");
        assert.equal(jump.counters.connections, 2);
    });

    it("ends, for whoever asks next, what runs through it before the far end has noticed", async () => {
        const [jump, server] = [await serveJump(), await serve()];
        const options = { keepAliveMs: 10_000, idleMs: 10_000 };
        const events = { ended: () => {} };
        const first = new Session(through(jump), undefined, options, events);
        const second = new Session(server.connection({ proxy: through(jump) }), first, options, events);
        await second.exec("run", "", soon);
        first.end();
        assert.equal(second.ended, true);
        second.end();
        await Promise.all([first.closed, second.closed]);
    });

    it("is closed when idle, with what runs through it", async () => {
        const [jump, server] = [await serveJump(), await serve()];
        const one = pool({ idleMs: 50 });
        for (const expected of [1, 2]) {
            await one.exec(server.connection({ proxy: through(jump) }), "run", "", soon);
            await until(() => jump.open === 0);
            assert.equal(jump.counters.connections, expected);
        }
    });
});
