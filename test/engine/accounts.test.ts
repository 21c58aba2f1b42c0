import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { dword, windows } from "../../index";
import { newKeyPair } from "../support/keys";
import { skip } from "../support/skip";
import { driftOf } from "./support/run";
import { declareHost, useScene } from "./support/scene";

const KEY = "HKLM\\SOFTWARE\\Contoso";
const WRONG = "wrong-password-MARKER-5f1c";
const OLD = "old-password-MARKER-77d0";
const PASSPHRASE = "passphrase-MARKER-c3a9";

describe("engine: accounts and secrets", function () {
    this.timeout(240_000);
    const scene = useScene();
    const registry = () => scene.host().state.registry;
    const declare = (more: Partial<windows.HostArgs>) => () => {
        const host = declareHost(scene.host(), more);
        const { state } = new windows.RegistryValues("x", { host, values: { [KEY]: { A: dword(1) } } });
        return { state };
    };
    const withPassword = (password: string) => declare({ privateKey: undefined, password: pulumi.secret(password) });

    it("a wrong password is one failed logon, whatever is in state, and shows up nowhere", async () => {
        scene.stack.program = withPassword(WRONG);
        const first = await scene.stack.up({ fails: true });
        assert.equal(scene.host().counters.failedLogons, 1, "nothing in state yet");
        assert.match(first.errors.join("\n"), /^mim01: 127\.0\.0\.1:\d+ as administrator: .*refused/m);

        scene.stack.program = withPassword(scene.host().password);
        await scene.stack.up();
        registry().set(KEY, "A", "dword:7");
        scene.host().resetCounters();
        scene.stack.program = withPassword(OLD);
        const second = await scene.stack.up({ fails: true });
        assert.deepEqual([second.changes, second.outputs["state"], registry().get(KEY, "A")], [{}, "unknown", "dword:7"]);
        const { failedLogons, logons } = scene.host().counters;
        assert.deepEqual({ failedLogons, logons }, { failedLogons: 1, logons: 0 });
        for (const text of [first, second].map((run) => JSON.stringify(run)).concat(scene.stack.stateText)) {
            assert.deepEqual(
                [WRONG, OLD, scene.host().password].filter((secret) => text.includes(secret)),
                [],
            );
        }
    });

    it("a changed password updates every command of the host and writes nothing", async () => {
        scene.stack.program = declare({});
        await scene.stack.up();
        scene.host().resetCounters();
        scene.stack.program = withPassword(scene.host().password);
        const run = await scene.stack.up();
        assert.deepEqual(run.changes, { "mim01-module": "update", "x-mim01-x": "update" });
        const { failedLogons, writtenValues } = scene.host().counters;
        assert.deepEqual({ failedLogons, writtenValues, warnings: run.warnings }, { failedLogons: 0, writtenValues: 0, warnings: [] });
        assert.deepEqual((await scene.stack.preview()).changes, {});
    });

    it("a preview looks with the observer's account, an update with the administrator's", async () => {
        const { observerUser, observerKey } = scene.host();
        scene.stack.program = declare({
            observe: { user: observerUser, privateKey: pulumi.secret(observerKey) },
            recordReaders: ["CONTOSO\\Pulumi readers"],
        });
        await scene.stack.up();
        registry().set(KEY, "A", "dword:7");
        scene.host().resetCounters();
        // An administrator who may not log on is not missed by a preview.
        scene.stack.program = declare({
            privateKey: newKeyPair("ed25519").private,
            observe: { user: observerUser, privateKey: pulumi.secret(observerKey) },
            recordReaders: ["CONTOSO\\Pulumi readers"],
        });
        const run = await scene.stack.preview();
        assert.deepEqual(driftOf(run, "x-mim01-x"), { [KEY]: { A: "dword:7 -> dword:1" } });
        const { logons, failedLogons, execs } = scene.host().counters;
        assert.deepEqual({ logons, failedLogons, execs }, { logons: 1, failedLogons: 0, execs: 1 });
    });

    it("an observer whose account may not read the records is told which argument is missing", async () => {
        const { observerUser, observerKey } = scene.host();
        const observe = { user: observerUser, privateKey: pulumi.secret(observerKey) };
        scene.stack.program = declare({ observe });
        await scene.stack.up();
        const run = await scene.stack.preview({ fails: true });
        assert.match(
            run.errors[0] ?? "",
            /The records of the document "x" could not be read: denied: MIM01\\observer is no administrator.*Name a group of this account in the host's "recordReaders" and run "pulumi up" once/s,
        );
        scene.stack.program = declare({ observe, recordReaders: ["CONTOSO\\Pulumi readers"] });
        await scene.stack.up();
        assert.deepEqual((await scene.stack.preview()).changes, {});
    });

    for (const fault of ["allowGroups", "ignoredKeys"] as const) {
        it(`a right key that is refused all the same (${fault}): AllowGroups and the rights of the file are named`, async () => {
            await scene.host().fault(fault);
            // This process remembers a refused logon, so other tests must not log on by the same name to the letter.
            const observer = { user: "Observer", privateKey: pulumi.secret(scene.host().observerKey) };
            scene.stack.program = declare(fault === "allowGroups" ? observer : { user: "Administrator" });
            const run = await scene.stack.preview({ fails: true });
            assert.match(
                run.errors[0] ?? "",
                /^mim01: .* refused the private key\. .*administrators_authorized_keys, which sshd ignores where others than Administrators and SYSTEM have rights on it\..*AllowGroups.*Windows Server 2025.*OpenSSH Users/,
            );
            assert.equal(scene.host().counters.failedLogons, 1);
        });
    }

    it("an agent that is gone ends preview and up alike, with one error and before any command", async function () {
        if (process.platform === "win32") {
            skip(this, "Node has no such sockets there");
        }
        scene.stack.program = declare({});
        await scene.stack.up();
        registry().set(KEY, "A", "dword:7");
        scene.host().resetCounters();
        process.env["SSH_AUTH_SOCK"] = "/nowhere/agent.sock";
        try {
            for (const what of ["preview", "up"] as const) {
                const run = await scene.stack[what]({ fails: true });
                assert.deepEqual([run.errors.length, run.changes, run.outputs["state"]], [1, {}, "unknown"], run.text);
                assert.match(run.errors[0] ?? "", /^mim01: SSH_AUTH_SOCK names "\/nowhere\/agent\.sock", where no SSH agent answers/);
            }
            assert.equal(scene.host().counters.connections, 0);
        } finally {
            delete process.env["SSH_AUTH_SOCK"];
        }
    });

    it("private key and passphrase stand nowhere in clear: not in state, previews, updates, diffs or errors", async () => {
        const wrong = newKeyPair("ed25519", { passphrase: PASSPHRASE, cipher: "aes256-cbc", rounds: 1 }).private;
        const good = scene.host().privateKey;
        const secrets = [PASSPHRASE, bodyOf(wrong), bodyOf(good)];
        const seen: string[] = [];
        scene.stack.program = declare({});
        seen.push(JSON.stringify(await scene.stack.up()));
        registry().set(KEY, "A", "dword:7");
        seen.push(JSON.stringify(await scene.stack.preview({ diff: true })));
        scene.stack.program = declare({ privateKey: pulumi.secret(wrong), privateKeyPassphrase: pulumi.secret(PASSPHRASE) });
        const refused = await scene.stack.preview({ fails: true });
        assert.match(refused.errors[0] ?? "", /^mim01: .* as administrator: /);
        seen.push(JSON.stringify(refused), scene.stack.stateText);
        for (const text of seen) {
            assert.deepEqual(
                secrets.filter((secret) => text.includes(secret)),
                [],
            );
        }
        assert.ok(/"ciphertext": ?"v1:/.test(scene.stack.stateText));
        assert.equal(scene.host().counters.failedLogons, 1);
    });
});

/** A line from the middle of a key: how its lines are broken does not matter then. */
function bodyOf(key: string): string {
    const lines = key.trim().split("\n");
    return lines[Math.floor(lines.length / 2)]!;
}
