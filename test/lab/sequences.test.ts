import assert from "node:assert/strict";
import { remove, set } from "../../lab/host/module";
import type { PretendHost } from "../../lab/host/host";
import { hostWith, KEY, killedAfter, record, RECORDS, text } from "./documents";

const RESTORE = { onDestroy: "restore" };

describe("the pretend host, sequences that broke earlier drafts of the rules", () => {
    it("keeps the original when Set is killed after any write", () => {
        for (let n = 1, killed = true; killed; n++) {
            const host = hostWith({ a: "dword:7" });
            killed = killedAfter(host, n, () => set(host, text("x", { a: "dword:1" }, RESTORE)));
            succeed(set(host, text("x", { a: "dword:1" }, RESTORE)));
            assert.equal(record(host, "a")?.["original"], "dword:7");
            succeed(remove(host, text("x", { a: "dword:1" }, RESTORE)));
            assert.equal(host.registry.get(KEY, "a"), "dword:7", `killed after write ${n}`);
        }
    });

    it("finishes a Remove that was killed after any write", () => {
        for (let n = 1, killed = true; killed; n++) {
            const host = hostWith({ a: "dword:7", b: "string:b" });
            const document = text("x", { a: "dword:1", b: "absent" }, RESTORE);
            succeed(set(host, document));
            killed = killedAfter(host, n, () => remove(host, document));
            succeed(remove(host, document));
            assert.deepEqual([host.registry.get(KEY, "a"), host.registry.get(KEY, "b")], ["dword:7", "string:b"], `killed after write ${n}`);
        }
    });

    it("counts both the written value and the one being written as its own", () => {
        for (let n = 1, killed = true; killed; n++) {
            const host = hostWith({ a: "dword:7", c: "absent" });
            succeed(set(host, text("x", { a: "dword:1", c: "dword:1" }, RESTORE)));
            killed = killedAfter(host, n, () => set(host, text("x", { a: "dword:2", c: "dword:1" }, RESTORE)));
            killedAfter(host, n, () => set(host, text("x", { a: "dword:1", c: "dword:1" }, RESTORE)));
            succeed(set(host, text("x", { c: "dword:1" }, RESTORE)));
            assert.equal(host.registry.get(KEY, "a"), "dword:7", `killed after write ${n}`);
        }
    });

    it("does not take a retained value of its own for an original", () => {
        const host = hostWith({ a: "dword:3", b: "dword:7" });
        succeed(set(host, text("x", { b: "dword:1" })));
        succeed(set(host, text("x", { a: "dword:1" })));
        assert.deepEqual(released(record(host, "b")), { original: "dword:7", written: "dword:1", writing: "", owner: "", document: "" });
        succeed(set(host, text("x", { a: "dword:1", b: "dword:1" })));
        assert.equal(record(host, "b")?.["original"], "dword:7");
    });

    it("leaves a value that is handed over, and somebody can still restore it", () => {
        const host = hostWith({ a: "dword:3", b: "dword:7" });
        succeed(set(host, text("x", { b: "dword:1" }, RESTORE)));
        succeed(set(host, text("x", { a: "dword:1" }, { ...RESTORE, handed: { [KEY]: ["B"] } })));
        assert.equal(host.registry.get(KEY, "b"), "dword:1");
        assert.equal(record(host, "b")?.["document"], "x");
        succeed(set(host, text("x", { a: "dword:1" }, RESTORE)));
        assert.equal(host.registry.get(KEY, "b"), "dword:7");
    });

    it("lets the new owner of a handed over value restore it", () => {
        const host = hostWith({ a: "dword:3", b: "dword:7" });
        succeed(set(host, text("x", { b: "dword:1" }, RESTORE)));
        succeed(set(host, text("x", { a: "dword:1" }, { ...RESTORE, handed: { [KEY]: ["b"] } })));
        succeed(set(host, text("y", { b: "dword:1" }, RESTORE)));
        assert.deepEqual(remove(host, text("y", { b: "dword:1" }, RESTORE))["released"], [`${KEY}\\\\b`]);
        assert.equal(host.registry.get(KEY, "b"), "dword:7");
    });

    it("does nothing in a Remove whose document record names another resource", () => {
        const host = hostWith({ a: "dword:7" });
        succeed(set(host, text("x", { a: "dword:1" }, RESTORE)));
        succeed(set(host, text("x", { a: "dword:1" }, { ...RESTORE, resource: "urn:renamed" })));
        const before = host.registry.snapshot();
        const reply = remove(host, text("x", { a: "dword:1" }, RESTORE));
        assert.deepEqual([reply.ok, reply["written"], reply["released"]], [true, {}, []]);
        assert.deepEqual(host.registry.snapshot(), before);
    });

    it("lets a move between documents end with the document that set it last", () => {
        const host = hostWith({ a: "dword:7", b: "dword:7" });
        succeed(set(host, text("x", { a: "dword:1" }, RESTORE)));
        succeed(set(host, text("y", { a: "dword:1" }, RESTORE)));
        succeed(set(host, text("x", { b: "dword:1" }, RESTORE)));
        assert.equal(host.registry.get(KEY, "a"), "dword:1");
        assert.equal(record(host, "a")?.["document"], "y");
        succeed(set(host, text("x", { a: "dword:1" }, RESTORE)));
        succeed(remove(host, text("y", { a: "dword:1" }, RESTORE)));
        assert.deepEqual([host.registry.get(KEY, "a"), host.registry.get(KEY, "b")], ["dword:1", "dword:7"]);
    });

    it("refuses a document that was rendered without an observation", () => {
        const host = hostWith({});
        refuse(set(host, text("x", { a: "dword:1" }, { "not observed": "the host was skipped" })), "not observed", host);
    });

    it("supplies a lost value record from the newest document record that names the value", () => {
        const host = hostWith({ a: "dword:7" });
        succeed(set(host, text("x", { a: "dword:1" }, RESTORE)));
        host.registry.set(`${RECORDS}\\Values`, `${KEY}\\\\a`, "string:damaged");
        succeed(set(host, text("x", { b: "dword:1" }, RESTORE)));
        assert.deepEqual(released(record(host, "a")), { original: "unknown", written: "dword:1", writing: "", owner: "", document: "" });
        assert.equal(host.registry.get(KEY, "a"), "dword:1");
    });

    it("sees another owner through its document record when the value record is lost", () => {
        const host = hostWith({ a: "dword:7" });
        succeed(set(host, text("x", { a: "dword:1" })));
        host.registry.deleteValue(`${RECORDS}\\Values`, `${KEY}\\\\a`);
        refuse(set(host, text("z", { a: "dword:2" }, { owner: "app.prod" })), "owner", host);
    });

    it("works on after a lost document record", () => {
        const host = hostWith({ a: "dword:7" });
        succeed(set(host, text("x", { a: "dword:1" }, RESTORE)));
        host.registry.deleteValue(`${RECORDS}\\Documents`, "app.dev/x");
        succeed(set(host, text("x", { a: "dword:1" }, RESTORE)));
        succeed(remove(host, text("x", { a: "dword:1" }, RESTORE)));
        assert.equal(host.registry.get(KEY, "a"), "dword:7");
    });

    it("takes what an administrator put over a released value as the new original", () => {
        const host = hostWith({ a: "dword:7" });
        succeed(set(host, text("x", { a: "dword:1" })));
        succeed(set(host, text("x", { b: "dword:1" })));
        host.registry.set(KEY, "a", "dword:9");
        succeed(set(host, text("x", { a: "dword:1" })));
        assert.equal(record(host, "a")?.["original"], "dword:9");
    });

    it("restores only what still is its own", () => {
        const host = hostWith({ a: "dword:7" });
        succeed(set(host, text("x", { a: "dword:1" }, RESTORE)));
        host.registry.set(KEY, "a", "dword:9");
        succeed(remove(host, text("x", { a: "dword:1" }, RESTORE)));
        assert.equal(host.registry.get(KEY, "a"), "dword:9");
        assert.deepEqual(released(record(host, "a")), { original: "dword:9", written: "dword:9", writing: "", owner: "", document: "" });
    });

    it("repairs a host that was put back to a snapshot", () => {
        const host = hostWith({ a: "dword:7" });
        succeed(set(host, text("x", { a: "dword:1" }, RESTORE)));
        const snapshot = host.registry.snapshot();
        succeed(set(host, text("x", { a: "dword:2" }, RESTORE)));
        host.registry.restore(snapshot);
        assert.equal(host.registry.get(KEY, "a"), "dword:1");
        succeed(set(host, text("x", { a: "dword:2" }, RESTORE)));
        succeed(remove(host, text("x", { a: "dword:2" }, RESTORE)));
        assert.equal(host.registry.get(KEY, "a"), "dword:7");
    });

    it("takes over from the owner that the document names, and from no other", () => {
        const host = hostWith({ a: "dword:7" });
        succeed(set(host, text("x", { a: "dword:1" }, RESTORE)));
        refuse(set(host, text("x", { a: "dword:2" }, { owner: "app.new", takeOverFrom: "app.other" })), "owner", host);
        succeed(set(host, text("x", { a: "dword:2" }, { owner: "app.new", takeOverFrom: "app.dev" })));
        assert.deepEqual([record(host, "a")?.["owner"], record(host, "a")?.["original"]], ["app.new", "dword:7"]);
    });
});

function released(record: Record<string, unknown> | undefined): Record<string, unknown> {
    const { repairs: _, ...rest } = record ?? {};
    return rest;
}

function succeed(reply: { ok: boolean }): void {
    assert.equal(reply.ok, true, JSON.stringify(reply));
}

function refuse(reply: { ok: boolean; [member: string]: unknown }, code: string, host: PretendHost): void {
    assert.equal(reply.ok, false);
    assert.equal((reply["error"] as { code: string }).code, code);
    assert.equal(reply["host"], "as it was");
    assert.equal(host.registry.get(`${RECORDS}`, "Holder"), "absent");
}
