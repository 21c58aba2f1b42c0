import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { hostKeyOf } from "../../lab/host/hostKey";
import { driftOf } from "./support/run";
import { useScene } from "./support/scene";
import { HYBRID, PROTOCOLS, threeDocuments } from "./support/threeDocuments";

const RECORDS = "HKLM\\SOFTWARE\\HybridIdentity";

describe("engine: what hosts, replies and connections do wrong", function () {
    this.timeout(240_000);
    const scene = useScene({ program: ({ host }) => () => threeDocuments(host()) });
    const registry = () => scene.host().state.registry;
    const keepAlive = () => registry().get(HYBRID, "KeepAlive");
    const recordOf = (id: string) =>
        JSON.parse(
            registry()
                .get(`${RECORDS}\\Values`, id)
                .replace(/^string:/, ""),
        ) as Record<string, unknown>;

    beforeEach(() => registry().set(HYBRID, "KeepAlive", "dword:7"));

    async function repairsNow(): Promise<void> {
        await scene.host().fault("none");
        const run = await scene.stack.up();
        assert.deepEqual(run.changes, { "extra-mim01-extra": "update" });
        assert.equal(keepAlive(), "dword:1");
    }

    async function isClean(): Promise<void> {
        const { changes, warnings, outputs } = await scene.stack.preview();
        assert.deepEqual([changes, warnings, outputs["states"]], [{}, [], ["compliant", "compliant", "compliant"]]);
    }

    it("a wrong host key: both fingerprints are named, nothing is sent, nothing changes", async () => {
        await scene.host().fault("wrongHostKey");
        const run = await scene.stack.up({ fails: true });
        const fingerprint = (line: string) =>
            `SHA256:${createHash("sha256")
                .update(Buffer.from(line.split(" ")[1]!, "base64"))
                .digest("base64")
                .replace(/=+$/, "")}`;
        assert.equal(run.errors.length, 1, run.text);
        for (const one of [fingerprint(scene.host().hostKey), fingerprint(hostKeyOf("mim01, another machine").public)]) {
            assert.ok(run.errors[0]?.includes(one), `${one} is missing in: ${run.errors[0]}`);
        }
        assert.deepEqual(run.changes, {});
        const { connections, logons, failedLogons, execs } = scene.host().counters;
        assert.deepEqual({ connections, logons, failedLogons, execs }, { connections: 1, logons: 0, failedLogons: 0, execs: 0 });
    });

    it("a reply cut while looking: the run fails, no value counts as read", async () => {
        await scene.host().fault("cutReply@probe");
        const run = await scene.stack.up({ fails: true });
        assert.match(run.errors[0] ?? "", /mim01: The host's reply was cut or damaged/);
        assert.deepEqual([run.changes, run.outputs["states"]], [{}, ["unknown", "unknown", "unknown"]]);
        assert.equal(keepAlive(), "dword:7");
    });

    it("a reply cut while enforcing: the run fails, the next one finds all in order", async () => {
        await scene.host().fault("cutReply@set");
        const run = await scene.stack.up({ fails: true });
        assert.match(run.errors[0] ?? "", /RegistryValues "extra" on host "mim01": .*no proof.*cut or damaged/s);
        assert.equal((run.outputs["states"] as string[])[2], "drifted");
        await scene.host().fault("none");
        await isClean();
    });

    it("a lost reply: the work is done, the next run settles without a write", async () => {
        await scene.host().fault("lostReply@set");
        const run = await scene.stack.up({ fails: true });
        assert.deepEqual([run.failed, keepAlive()], [["extra-mim01-extra"], "dword:1"]);
        await scene.host().fault("none");
        scene.host().resetCounters();
        const next = await scene.stack.up();
        assert.deepEqual([next.changes, next.warnings], [{ "extra-mim01-extra": "update" }, []]);
        assert.deepEqual(next.outputs["states"], ["compliant", "compliant", "compliant"]);
        assert.equal(scene.host().counters.writtenValues, 0);
        await isClean();
    });

    it("a command that does nothing, says nothing and ends well: the run fails, the next one repairs", async () => {
        await scene.host().fault("noReply@set");
        const run = await scene.stack.up({ fails: true });
        assert.match(run.errors[0] ?? "", /RegistryValues "extra" on host "mim01": .*answered nothing/);
        assert.equal((run.outputs["states"] as string[])[2], "drifted");
        assert.equal(keepAlive(), "dword:7");
        await repairsNow();
        await isClean();
    });

    it("a connection that drops when the command comes: the run fails, the next one repairs", async () => {
        await scene.host().fault("dropped@set");
        const run = await scene.stack.up({ fails: true });
        assert.deepEqual([run.failed, keepAlive()], [["extra-mim01-extra"], "dword:7"]);
        await repairsNow();
    });

    it("a kill in the middle of Set: the next run repairs, and what was there before is not forgotten", async () => {
        const id = `${HYBRID}\\\\KeepAlive`;
        const original = recordOf(id)["original"];
        // Writes are: holder, a record for each of the four values, the document's record, the first of the values.
        await scene.host().fault("killAfter:7");
        assert.deepEqual((await scene.stack.up({ fails: true })).failed, ["extra-mim01-extra"]);
        assert.equal(recordOf(id)["writing"], "dword:1", "killed in the middle");
        await scene.host().fault("none");
        assert.deepEqual((await scene.stack.up()).changes, { "extra-mim01-extra": "update" });
        assert.equal(keepAlive(), "dword:1");
        const { original: kept, written, writing } = recordOf(id);
        assert.deepEqual({ kept, written, writing }, { kept: original, written: "dword:1", writing: "" });
        await isClean();
    });

    it("somebody who writes against it at the same moment: the run fails and says so, the next one repairs", async () => {
        registry().afterWrite = ({ key, name, notation }) => {
            if (key === HYBRID && name === "KeepAlive" && notation === "dword:1") {
                registry().set(key, name, "dword:8");
            }
        };
        const run = await scene.stack.up({ fails: true });
        assert.match(run.text, /mismatch: .*KeepAlive was written and reads back otherwise/);
        registry().afterWrite = undefined;
        assert.equal(keepAlive(), "dword:7", "what was found is put back");
        await repairsNow();
    });

    it("somebody else holds the host: the run fails and names the holder", async () => {
        await scene.host().fault("mutexHeld");
        const run = await scene.stack.up({ fails: true });
        assert.match(run.text, /other\.stack\/document, process 4711/);
        await repairsNow();
    });

    it("a denied value is unknown and never compliant; other documents of the host are still shown and repaired", async () => {
        registry().set(`${PROTOCOLS}\\TLS 1.0\\Client`, "Enabled", "dword:1");
        await scene.host().fault(`deniedKey:${HYBRID}`);
        const before = scene.stack.commands["extra-mim01-extra"]?.["stdin"];
        const run = await scene.stack.up({ fails: true });
        assert.match(
            run.errors[0] ?? "",
            /document "extra" is refused, and nothing of it changes:[^]*HKLM\\SOFTWARE\\Contoso\\Hybrid\\KeepAlive could not be read: denied/,
        );
        assert.deepEqual(run.outputs["states"], ["enforced", "compliant", "unknown"]);
        assert.deepEqual(run.changes, { "tls-mim01-tls": "update" });
        assert.deepEqual(driftOf(run, "tls-mim01-tls"), { [`${PROTOCOLS}\\TLS 1.0\\Client`]: { Enabled: "dword:1 -> dword:0 (TLS 1.0, client: enabled -> disabled)" } });
        assert.equal(registry().get(`${PROTOCOLS}\\TLS 1.0\\Client`, "Enabled"), "dword:0");
        assert.deepEqual(scene.stack.commands["extra-mim01-extra"]?.["stdin"], before);
        await repairsNow();
    });

    it("denied records: nothing is enforced, nothing is called compliant, drift is still shown", async () => {
        await scene.host().fault("deniedRecords");
        const run = await scene.stack.up({ fails: true });
        assert.deepEqual([run.changes, run.outputs["states"]], [{}, ["unknown", "unknown", "unknown"]]);
        assert.match(run.errors.join("\n"), /The records of the document "tls" could not be read: denied/);
        assert.match(run.warnings.join("\n"), /KeepAlive: dword:7 -> dword:1/);
        assert.equal(keepAlive(), "dword:7");
        await repairsNow();
    });
});
