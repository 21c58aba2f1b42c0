import assert from "node:assert/strict";
import { inspect } from "node:util";
import { nameOf, printable, RemoteError, remoteError, secretsOf } from "../../remote/errors";
import type { Connection } from "../../remote/types";

const proxy: Connection = { host: "jump", user: "jumper", password: "jump-pw", hostKey: "k" };
const connection: Connection = { host: "mim01", user: "svc", privateKey: "KEY", privateKeyPassword: "phrase", hostKey: "k", proxy };

describe("remote errors", () => {
    it("name host, port, user and jump host", () => {
        const error = remoteError(connection, "timeout", "too slow");
        assert.deepEqual([error.kind, error.host, error.message], ["timeout", "mim01", "mim01:22 as svc (through jump): too slow"]);
        assert.equal(nameOf({ ...connection, host: "fd00::1", port: 2222 }), "[fd00::1]:2222 as svc");
    });

    it("are known across copies of the library, and nothing else is", () => {
        const error = new RemoteError("dropped", "mim01", "gone");
        assert.ok(RemoteError.isInstance(error));
        assert.ok(RemoteError.isInstance({ [Symbol.for("pulumi-hybrid-identity.RemoteError")]: true }));
        for (const other of [new Error("gone"), undefined, null, "gone", { kind: "dropped" }]) {
            assert.ok(!RemoteError.isInstance(other));
        }
    });

    it("hold no secret", () => {
        const text = inspect(remoteError(connection, "timeout", "too slow"), { showHidden: true, depth: 9 });
        assert.deepEqual(secretsOf(connection), ["phrase", "KEY", "jump-pw"]);
        assert.deepEqual(
            secretsOf(connection).filter((secret) => text.includes(secret)),
            [],
        );
    });

    it("print a server's text on one line, cut, with secrets masked", () => {
        assert.equal(printable("\u001b[31mno\r\nsuch phrase: jump-pw\u00e9 ", connection), "[31mno such ***: ***");
        assert.equal(printable("x".repeat(1000), connection).length, 300);
        assert.ok(!printable(`${"x".repeat(295)}jump-pw`, connection).includes("jump"), "masked before it is cut");
    });
});
