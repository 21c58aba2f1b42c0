import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { AddressInfo, connect, createServer, Server, Socket } from "node:net";
import { maxOutput } from "../../remote/channel";
import { failure, harness, soon, until } from "./support/harness";
import { keyPair, reply, TestServer } from "./support/server";

describe("what can go wrong with a host", () => {
    const { serve, pool, after } = harness();
    const listen = async (onSocket: (socket: Socket) => void): Promise<number> => {
        const sockets = new Set<Socket>();
        const server: Server = createServer((socket) => {
            sockets.add(socket);
            socket.on("error", () => {});
            onSocket(socket);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        after(() => {
            sockets.forEach((socket) => socket.destroy());
            return new Promise((resolve) => server.close(resolve));
        });
        return (server.address() as AddressInfo).port;
    };
    const at = (port: number) => ({ host: "127.0.0.1", port, user: "svc", password: "right", hostKey: keyPair("host").public });
    const quick = { timeoutMs: 2000, label: "observe" };

    it("nothing listens", async () => {
        const server = await TestServer.start();
        await server.stop();
        const error = await failure(pool().exec(server.connection(), "run", "", soon));
        assert.equal(error.kind, "unreachable");
        assert.equal(error.host, "127.0.0.1");
        assert.equal(
            error.message,
            `127.0.0.1:${server.port} as svc: nothing listens on that port (ECONNREFUSED). Start sshd on the host, and check address ` +
                `and port`,
        );
    });

    it("nothing answers, as when a host is switched off: this counts as unreachable", async () => {
        // A listener that accepts nothing: once its queue is full, the kernel drops further attempts without a word.
        const script = `const server = require("net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
            require("fs").writeSync(1, String(server.address().port)); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); });`;
        const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
        after(() => new Promise((resolve) => child.once("exit", resolve) && child.kill("SIGKILL")));
        const port = await new Promise<number>((resolve) => child.stdout.once("data", (data: Buffer) => resolve(Number(data))));
        const fillers = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => {}));
        after(async () => fillers.forEach((socket) => socket.destroy()));
        await new Promise((resolve) => setTimeout(resolve, 100));
        const error = await failure(pool().exec(at(port), "run", "", quick));
        assert.equal(error.kind, "unreachable");
        assert.match(error.message, /while waiting for the TCP connection\. Check address, port and firewalls: nothing answers there/);
    });

    it("the name is not known", async () => {
        const error = await failure(pool().exec({ ...at(22), host: "no-such-host.invalid" }, "run", "", soon));
        assert.equal(error.kind, "unreachable");
        assert.match(error.message, /no-such-host\.invalid:22 as svc: the name (is not known|could not be looked up)/);
    });

    it("a later call dials again after a failure that was no refused logon", async () => {
        let dials = 0;
        const port = await listen((socket) => {
            dials++;
            socket.destroy();
        });
        const one = pool();
        await failure(one.exec(at(port), "run", "", soon));
        await failure(one.exec(at(port), "run", "", soon));
        assert.equal(dials, 2);
    });

    it("something else than sshd answers", async () => {
        const port = await listen((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
        const error = await failure(pool().exec(at(port), "run", "", soon));
        assert.equal(error.kind, "unreachable");
        assert.match(error.message, /Check that the port is that of sshd/);
    });

    const timeouts: [string, string, () => Promise<number>][] = [
        ["the SSH handshake", "sshd says nothing", () => listen(() => {})],
        ["authentication", "a logon takes too long", async () => (await serve({ silentLogon: true })).port],
        ["the first byte of the reply", "a command says nothing", async () => (await serve({ run: () => {} })).port],
        ["the end of the reply", "a command does not end", async () => (await serve({ run: (channel) => channel.write("a") })).port],
    ];
    for (const [waitedFor, title, start] of timeouts) {
        it(`${title}: the message says that it waited for ${waitedFor}`, async () => {
            const port = await start();
            const error = await failure(pool().exec(at(port), "run", "", quick));
            assert.equal(error.kind, waitedFor === "the first byte of the reply" ? "silent" : "timeout");
            assert.match(
                error.message,
                new RegExp(`as svc: "observe" took longer than 2 s; the time ran out while waiting for ${waitedFor}\\.`),
            );
        });
    }

    it("a connection that timed out is not used again", async () => {
        let silent = true;
        const server = await serve({ run: (channel) => (silent ? undefined : reply(channel, "ok")) });
        const one = pool();
        await failure(one.exec(server.connection(), "run", "", quick));
        silent = false;
        assert.equal((await one.exec(server.connection(), "run", "", soon)).stdout, "ok");
        assert.equal(server.counters.connections, 2);
    });

    it("waiting for a place in the pool does not use up the time", async () => {
        const slow = await Promise.all([1, 2, 3].map(() => serve({ logonMs: 1500, run: (channel) => reply(channel, "ok") })));
        const one = pool({ dials: 1 });
        const results = await Promise.all(slow.map((server) => one.exec(server.connection(), "run", "", { timeoutMs: 4000, label: "observe" })));
        assert.deepEqual(
            results.map((result) => result.stdout),
            ["ok", "ok", "ok"],
        );
    });

    it("the server drops the connection in the middle of a reply", async () => {
        const server = await serve({
            run: (channel, _command, _stdin, drop) => {
                channel.write("half a re");
                setTimeout(drop, 20);
            },
        });
        const error = await failure(pool().exec(server.connection(), "run", "", soon));
        assert.equal(error.kind, "dropped");
        assert.match(error.message, /closed the connection before the command had ended/);
    });

    it("the command ends without an exit status", async () => {
        const server = await serve({ run: (channel) => channel.end("half a re") });
        const error = await failure(pool().exec(server.connection(), "run", "", soon));
        assert.equal(error.kind, "dropped");
        assert.match(error.message, /without an exit status/);
    });

    it("the command is stopped by a signal", async () => {
        const server = await serve({
            run: (channel) => {
                channel.exit("KILL");
                channel.end();
            },
        });
        const error = await failure(pool().exec(server.connection(), "run", "", soon));
        assert.equal(error.kind, "dropped");
        assert.match(error.message, /stopped by signal SIGKILL/);
    });

    it("the server takes no sessions", async () => {
        const server = await serve({ noSessions: true });
        const error = await failure(pool().exec(server.connection(), "run", "", soon));
        assert.equal(error.kind, "unreachable");
        assert.match(error.message, /did not run the command/);
    });

    it("a process left behind keeps the channel open: the exit status and a second of silence are the end", async () => {
        const server = await serve({
            run: (channel) => {
                channel.exit(1);
                setTimeout(() => channel.write("late"), 300);
            },
        });
        const result = await pool().exec(server.connection(), "run", "", soon);
        assert.deepEqual([result.exitCode, result.stdout], [1, "late"]);
    });

    it("a command that does not read all of stdin is judged by its exit status", async () => {
        const server = await serve({ eager: true, run: (channel) => reply(channel, "too old", 1) });
        const result = await pool().exec(server.connection(), "run", "x".repeat(8_000_000), soon);
        assert.deepEqual([result.exitCode, result.stdout], [1, "too old"]);
    });

    it("the reply never ends", async () => {
        const server = await serve({
            run: (channel) => {
                const piece = Buffer.alloc(1024 * 1024);
                const pour = () => channel.writable && channel.write(piece, pour);
                pour();
            },
        });
        const error = await failure(pool().exec(server.connection(), "run", "", { timeoutMs: 30_000, label: "observe" }));
        assert.equal(error.kind, "cancelled");
        assert.ok(error.message.includes(`longer than ${maxOutput} bytes`), error.message);
    }).timeout(120_000);

    it("the line goes dead without a word", async () => {
        const server = await serve({ run: () => {} });
        let dead = false;
        const port = await listen((socket) => {
            const onward = connect(server.port, "127.0.0.1");
            onward.on("error", () => {});
            socket.on("data", (data) => dead || onward.write(data));
            onward.on("data", (data) => dead || socket.write(data));
        });
        const running = failure(pool({ keepAliveMs: 50 }).exec(at(port), "run", "", soon));
        await until(() => server.stdins.length === 1);
        dead = true;
        const error = await running;
        assert.equal(error.kind, "dropped");
        assert.match(error.message, /has not answered for 0\.15 s although the connection is open/);
    });

    it("a slow command on a living connection is left alone", async () => {
        const server = await serve({ run: (channel) => setTimeout(() => reply(channel, "ok"), 500) });
        assert.equal((await pool({ keepAliveMs: 50 }).exec(server.connection(), "run", "", soon)).stdout, "ok");
    });
});
