import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { scanHostKey, ScanError } from "../../remote/scan";
import { harness } from "./support/harness";
import { fingerprintOf, keyPair } from "./support/server";

describe("scan for a host key", () => {
    const { serve, after } = harness();

    /** A port of something that does this to whoever connects. */
    async function listening(to: (socket: Socket) => void): Promise<number> {
        const server = createServer((socket) => to(socket.on("error", () => {}).resume()));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        after(() => new Promise((resolve) => server.close(resolve)));
        return (server.address() as AddressInfo).port;
    }

    async function refused(scan: Promise<unknown>): Promise<ScanError> {
        const error = await scan.then(() => assert.fail("it was no error"), (one: unknown) => one);
        assert.ok(error instanceof ScanError, String(error));
        return error;
    }

    it("gives the line for a program, its fingerprint and the server's name, and tries no logon", async () => {
        const server = await serve({ ident: "OpenSSH_for_Windows_9.5" });
        const { hostKey, fingerprint, ident } = await scanHostKey("127.0.0.1", server.port);
        const expected = keyPair("host").public.split(" ").slice(0, 2).join(" ");
        assert.deepEqual([hostKey, fingerprint, ident], [expected, fingerprintOf(expected), "SSH-2.0-OpenSSH_for_Windows_9.5"]);
        assert.deepEqual([server.counters.connections, server.counters.logons, server.counters.failedLogons], [1, 0, 0]);
    });

    it("takes ed25519 before ecdsa, and the type that is asked for", async () => {
        const server = await serve({ hostKeys: [keyPair("host", "ecdsa").private, keyPair("host").private] });
        assert.match((await scanHostKey("127.0.0.1", server.port)).hostKey, /^ssh-ed25519 /);
        assert.match((await scanHostKey("127.0.0.1", server.port, { types: ["ecdsa-sha2-nistp256"] })).hostKey, /^ecdsa-sha2-nistp256 /);
    });

    it("says what to do where the server has only keys that cannot be pinned", async () => {
        const server = await serve({ hostKeys: [keyPair("host", "rsa").private] });
        const { step, message } = await refused(scanHostKey("127.0.0.1", server.port));
        assert.equal(step, "host key");
        assert.match(message, /no host key of a type that can be pinned here \(ssh-ed25519, .*ssh-keygen -A/);
    });

    it("tells a port where nobody listens from one where no SSH server does", async () => {
        const server = await serve();
        await server.stop();
        const closed = await refused(scanHostKey("127.0.0.1", server.port));
        assert.deepEqual([closed.step, /nothing listens on that port \(ECONNREFUSED\)/.test(closed.message)], ["TCP", true], closed.message);
        const web = await listening((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
        const other = await refused(scanHostKey("127.0.0.1", web));
        assert.equal(other.step, "host key");
        assert.match(other.message, /no SSH session came about.*Check that the port is that of sshd/);
    });

    it("ends where the other side says nothing", async () => {
        const silent = await listening(() => {});
        const { step, message } = await refused(scanHostKey("127.0.0.1", silent, { timeoutMs: 200 }));
        assert.equal(step, "host key");
        assert.match(message, /took longer than 0\.2 s; .*waiting for the SSH handshake/);
    });
});
