// What command:remote:CopyToRemote does, against the home folder of a pretend host. Runs against the plugin itself too (see command.test.ts).
import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PropertyDiff, type DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import { archive, fileAsset, isStandIn, secret, textAsset, unknownText, unwrap, type Properties } from "./support/plugin";
import { password, useRemote } from "./support/remote";
import { skip } from "../support/skip";

const COPY = "remote:CopyToRemote";
const { ADD_REPLACE, UPDATE } = PropertyDiff.Kind;
const HOME = "C:/Users/admin";

describe("command plugin: remote.CopyToRemote", function () {
    this.timeout(120_000);
    const remote = useRemote();
    let folder: string;
    before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "copy-"))));
    after(() => fs.rmSync(folder, { recursive: true }));

    const local = (name: string, content: string | Buffer): string => {
        const file = path.join(folder, name);
        fs.writeFileSync(file, content);
        return file;
    };
    const module = (): Properties => fileAsset(local("module.psm1", "# a module\n"));
    const inputs = (more: Properties = {}): Properties => ({
        connection: secret(remote.connection()),
        source: module(),
        remotePath: "Module-1.0.psm1",
        ...more,
    });
    const create = (more: Properties = {}) => remote.plugin.create(COPY, inputs(more));
    /** As the plugin keeps it. */
    const kept = (asset: Properties): Properties => ({ path: "", text: "", uri: "", ...asset });

    describe("check", () => {
        it("fills in the connection's defaults and what an asset has not set", async () => {
            const given = { connection: { host: "mim01", password }, source: textAsset("a"), remotePath: "a.txt", triggers: [1] };
            const { inputs: checked, failures } = await remote.plugin.check(COPY, given);
            assert.deepEqual(failures, []);
            const { connection, ...rest } = checked;
            assert.deepEqual(rest, { source: kept(textAsset("a")), remotePath: "a.txt", triggers: [1] });
            const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
            assert.deepEqual(unwrap(connection), { host: "mim01", password: secret(password), ...defaults });
        });

        it("takes a path that is not known yet, and a secret asset", async () => {
            const given = inputs({ remotePath: unknownText, source: secret(textAsset("a")) });
            const { inputs: checked, failures } = await remote.plugin.check(COPY, given);
            assert.deepEqual([failures, checked["remotePath"], unwrap(checked["source"])], [[], unknownText, kept(textAsset("a"))]);
        });

        for (const [what, more, property] of [
            ["a text in place of an asset", { source: "a" }, "asset"],
            ["an asset that is not known yet, in a preview too", { source: unknownText }, "asset"],
            ["an asset of another machine", { source: { ...textAsset(""), text: "", uri: "https://example.com/a" } }, "asset"],
            ["an unknown property", { colour: "red" }, "colour"],
            ["no asset", { source: null }, "source"],
            ["no path", { remotePath: null }, "remotePath"],
        ] as [string, Properties, string][]) {
            it(`refuses ${what}`, async () => {
                const given = Object.fromEntries(Object.entries(inputs(more)).filter(([, value]) => value !== null));
                const { failures } = await remote.plugin.check(COPY, given);
                assert.ok(failures.some(failure => failure.property === property), JSON.stringify(failures));
            });
        }

        it("says of an archive that the stand-in takes none", async function () {
            if (!isStandIn) return skip(this, "the plugin itself takes archives");
            const { failures } = await remote.plugin.check(COPY, inputs({ source: archive(folder) }));
            const said = failures.map(({ property: name, reason }) => `${name} ${reason}`).join();
            assert.match(said, /^source source: the stand-in .* takes no archives; use the plugin itself/);
        });
    });

    describe("create", () => {
        it("sends a file into the home folder, byte for byte; state has its path and hash, not its content", async () => {
            const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) % 253));
            const source = fileAsset(local("big.bin", bytes));
            const { id, state } = await create({ source });
            assert.match(id, /^[0-9a-f]{8}$/);
            assert.deepEqual(Object.keys(remote.server.files), [`${HOME}/Module-1.0.psm1`]);
            assert.ok(Buffer.from(remote.server.files[`${HOME}/Module-1.0.psm1`]!, "latin1").equals(bytes));
            const { connection, ...rest } = state;
            assert.deepEqual(rest, { source: kept(source), remotePath: "Module-1.0.psm1" });
            assert.deepEqual(unwrap(connection), { ...remote.connection(), password: secret(password), perDialTimeout: 15 });
        });

        it("sends a text as UTF-8, and an empty file", async () => {
            await create({ source: textAsset("é\n"), remotePath: "a.txt" });
            await create({ source: fileAsset(local("empty", "")), remotePath: "b.txt" });
            assert.deepEqual(remote.server.files, { [`${HOME}/a.txt`]: Buffer.from("é\n").toString("latin1"), [`${HOME}/b.txt`]: "" });
        });

        it("overwrites a longer file", async () => {
            await create({ source: textAsset("something longer") });
            await create({ source: textAsset("short") });
            assert.deepEqual(remote.server.files, { [`${HOME}/Module-1.0.psm1`]: "short" });
        });

        it("makes the folders above, takes a whole path, and sends into a folder that is there", async () => {
            await create({ remotePath: "a/b/c.txt" });
            await create({ source: textAsset("text"), remotePath: `/${HOME}/d/e.txt` });
            await create({ remotePath: "A" });
            const paths = Object.keys(remote.server.files).map(name => name.slice(HOME.length + 1));
            assert.deepEqual(paths, ["a", "a/b", "a/b/c.txt", "d", "d/e.txt", "A/module.psm1"]);
        });

        it("logs on once and closes the connection behind it", async () => {
            await create();
            assert.deepEqual([remote.server.connections, remote.server.logons], [1, ["password admin"]]);
            for (let left = 100; remote.server.open > 0 && left > 0; left--) await new Promise(resolve => setTimeout(resolve, 20));
            assert.equal(remote.server.open, 0);
        });

        it("dials nothing in a preview, has no id there, and cannot tell its asset", async () => {
            const { id, state } = await remote.plugin.create(COPY, inputs(), { preview: true });
            assert.deepEqual([id, state["source"], state["remotePath"]], ["", unknownText, "Module-1.0.psm1"]);
            assert.equal(remote.server.connections, 0);
        });

        it("keeps a secret asset secret in the state", async () => {
            const { state } = await create({ source: secret(textAsset("s3cret")) });
            assert.deepEqual(unwrap(state["source"]), kept(textAsset("s3cret")));
            assert.deepEqual(Object.values(remote.server.files), ["s3cret"]);
        });
    });

    describe("failure", () => {
        const at = (remotePath: string) => () => ({ remotePath });
        const text = () => ({ source: textAsset("a"), remotePath: "." });
        const missing = (): Properties => ({ ...module(), path: path.join(folder, "none") });
        for (const [what, more, message] of [
            ["a text for a folder", text, /^remote path \. is a directory; when using a text asset, remotePath must be a file path$/],
            ["a file in place of a folder", at("there.txt/a"), /^failed to create parent directories for there.txt\/a: mkdir there.txt: not a directory$/],
            ["a path that is denied", at("/C:/Windows/a.txt"), /^failed to stat remote path \/C:\/Windows\/a.txt: permission denied$/],
            ["a name that Windows does not take", at("a?"), /^failed to create remote file a\?: sftp: ".*" \(SSH_FX_FAILURE\)$/],
            ["a path that ends with a slash", at("new/"), /^failed to create remote file new\/: sftp: ".*" \(SSH_FX_FAILURE\)$/],
            ["a file that is not on this machine", () => ({ source: missing() }), /^open .*none: no such file or directory$/],
        ] as [string, () => Properties, RegExp][]) {
            it(`tells ${what}`, async () => {
                await create({ source: textAsset("there"), remotePath: "there.txt" });
                await assert.rejects(create(more()), { message });
            });
        }

        it("tells that SFTP is refused, or that the connection is gone", async () => {
            remote.server.options.sftpFault = "noSftp";
            await assert.rejects(create(), { message: "ssh: subsystem request failed" });
            remote.server.options.sftpFault = "dropped@send";
            await assert.rejects(create(), { message: "EOF" });
        });

        it("tells where the connection was lost", async () => {
            const { path: sent } = module();
            for (const [at, source, message] of [
                ["STAT", module(), "failed to stat remote path a.txt: connection lost"],
                ["OPEN", module(), "failed to create remote file a.txt: connection lost"],
                ["WRITE", module(), `failed to copy file ${String(sent)} to remote path a.txt: connection lost`],
                ["WRITE", textAsset("a"), "failed to write text content to remote path a.txt: connection lost"],
            ] as const) {
                remote.server.options.sftpLostAt = at;
                await assert.rejects(create({ source, remotePath: "a.txt" }), { message });
            }
        });

        it("does not see that half of a file arrived, nor that its end was not confirmed", async () => {
            remote.server.options.sftpFault = "cutFile";
            await create({ source: textAsset("abcdef") });
            assert.deepEqual(Object.values(remote.server.files), ["abc"]);
            remote.server.options.sftpFault = "lostReply@send";
            await create();
        });

        it("dials again as a command does, but sends once", async () => {
            const wrong = secret(remote.connection({ password: "wrong", dialErrorLimit: 1 }));
            await assert.rejects(create({ connection: wrong }), /after 1 failed attempts: ssh: handshake failed/);
            assert.equal(remote.server.connections, 2);
            remote.server.options.sftpFault = "noSftp";
            await assert.rejects(create({ connection: secret(remote.connection({ dialErrorLimit: 3 })) }));
            assert.equal(remote.server.connections, 3);
        });
    });

    describe("diff", () => {
        const changes = async (before: Properties, after: Properties) => kinds(await remote.plugin.diff(COPY, (await create(before)).state, inputs(after)));

        it("finds nothing where nothing changed, or where the same content lies elsewhere", async () => {
            assert.deepEqual(await changes({ triggers: ["a"] }, { triggers: ["a"] }), {});
            assert.deepEqual(await changes({}, { source: fileAsset(local("other.psm1", "# a module\n")) }), {});
        });

        it("finds nothing in state as the engine keeps it, without what is not set", async () => {
            const { state } = await create();
            assert.deepEqual(kinds(await remote.plugin.diff(COPY, { ...state, source: module() }, inputs())), {});
        });

        for (const [what, more, expected] of [
            ["other content", () => ({ source: fileAsset(local("other.psm1", "# another\n")) }), { source: UPDATE }],
            ["a text in place of a file", () => ({ source: textAsset("text") }), { source: UPDATE }],
            ["an asset that only becomes a secret", () => ({ source: secret(module()) }), { source: UPDATE }],
            ["another path", () => ({ remotePath: "b.txt" }), { remotePath: UPDATE }],
            ["a changed connection", () => ({ connection: secret(remote.connection({ perDialTimeout: 3 })) }), { connection: UPDATE }],
            ["new triggers", () => ({ triggers: ["a"] }), { triggers: ADD_REPLACE }],
        ] as [string, () => Properties, object][]) {
            it(`tells ${what}`, async () => assert.deepEqual(await changes({}, more()), expected));
        }
    });

    describe("update", () => {
        it("sends again for other content or another path, and leaves the old file", async () => {
            const { state } = await create();
            await remote.plugin.update(COPY, state, inputs({ remotePath: "b.txt" }));
            const after = await remote.plugin.update(COPY, state, inputs({ source: textAsset("new"), remotePath: "c.txt" }));
            assert.deepEqual(Object.keys(remote.server.files), ["Module-1.0.psm1", "b.txt", "c.txt"].map(name => `${HOME}/${name}`));
            assert.deepEqual(Object.values(remote.server.files), ["# a module\n", "# a module\n", "new"]);
            assert.deepEqual(after["source"], kept(textAsset("new")));
        });

        it("dials nothing for another connection, other triggers, or the same content elsewhere", async () => {
            const { state } = await create();
            const others: Properties[] = [
                { connection: secret(remote.connection({ perDialTimeout: 3 })) },
                { triggers: ["a"] },
                { source: fileAsset(local("other.psm1", "# a module\n")) },
            ];
            for (const more of others) {
                await remote.plugin.update(COPY, state, inputs(more));
            }
            assert.equal(remote.server.connections, 1);
        });

        it("dials nothing in a preview, which cannot tell the asset where something changes", async () => {
            const { state } = await create();
            const preview = async (more: Properties) => (await remote.plugin.update(COPY, state, inputs(more), { preview: true }))["source"];
            assert.deepEqual([await preview({ remotePath: "b.txt" }), await preview({})], [unknownText, kept(module())]);
            assert.equal(remote.server.connections, 1);
        });
    });

    it("delete and read dial nothing: the file stays, and nobody looks after it", async () => {
        const { state } = await create();
        await remote.plugin.delete(COPY, state);
        const { state: read } = await remote.plugin.read(COPY, state, inputs());
        assert.deepEqual(kept(read["source"] as Properties), state["source"]);
        assert.deepEqual([remote.server.connections, Object.keys(remote.server.files).length], [1, 1]);
    });
});

function kinds(response: DiffResponse): Record<string, number> {
    return Object.fromEntries([...response.getDetaileddiffMap().entries()].map(([name, detail]) => [name, detail.getKind()]));
}
