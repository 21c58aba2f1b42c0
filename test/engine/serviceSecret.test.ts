import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { mim, windows } from "../../index";
import { unprotect } from "../../lab/host/dpapi";
import { Killed } from "../../lab/host/reply";
import type { Run } from "./support/run";
import { declareHost, useScene } from "./support/scene";

const home = "HKLM\\SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const name = "EncryptedExchangeOnlineClientSecret";
const id = "MIM\\ExchangeOnline\\\\ClientSecretKeyId";
const command = "secret-mim01-secret";
const [first, second] = ["aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"];
const [secretOne, secretTwo] = ['one~8Q."secret\\of mim', "two~8Q.another secret"];
const accountPassword = "Kept-by-svc-mim-7";
const secrets = [secretOne, secretTwo, accountPassword];
/** As it is, inside JSON once and twice, and in Base64. */
const formsOf = (secret: string): string[] => {
    const inJson = JSON.stringify(secret).slice(1, -1);
    return [secret, inJson, JSON.stringify(inJson).slice(1, -1), Buffer.from(secret, "utf16le").toString("base64"), Buffer.from(secret).toString("base64")];
};
const foreign = "AQAAANCMnd8BFdERjHoAwE/Cl+sBAAAA";

describe("engine: the client secret of a MIM Service", function () {
    this.timeout(300_000);
    const scene = useScene();
    const host = () => scene.host().state;
    const text = () => host().registry.get(home, name).replace(/^(string|expand):/, "");
    /** What the service makes of what is there. */
    const read = () => unprotect(host(), host().accounts["CONTOSO\\svc-mim"]!, text());
    /** All that runs have said and written since the test began. */
    let seen: string[] = [];

    beforeEach(() => {
        host().scheduler = { defined: [], tasks: [], failedLogons: 0 };
        seen = [];
    });
    afterEach(() => {
        const sinks = { state: scene.stack.stateText, registry: JSON.stringify(host().registry.snapshot()), tasks: JSON.stringify(host().scheduler.defined), runs: seen.join("\n") };
        const found = Object.entries(sinks).flatMap(([sink, held]) => secrets.flatMap((one) => (formsOf(one).some((form) => held.includes(form)) ? [`${sink}: ${held.slice(held.indexOf(one) - 200, held.indexOf(one) + 100)}`] : [])));
        assert.deepEqual(found, []);
    });

    function declare(args: Partial<mim.ServiceSecretArgs> = {}, restart = false) {
        scene.stack.program = () => {
            const declared = declareHost(scene.host());
            const made = new mim.ServiceSecret("secret", { host: declared, keyId: first, clientSecret: pulumi.secret(secretOne), accountPassword, ...args });
            const service = restart ? new windows.WindowsService("fim", { host: declared, service: "FIMService", restart: "whenNeeded" }) : undefined;
            return { state: made.state, drift: made.drift, repaired: made.repaired, pending: made.restartPending, keyId: made.keyId, ...(service && { service: service.state }) };
        };
    }

    async function run(what: "preview" | "up", fails = false): Promise<Run> {
        const done = await scene.stack[what]({ diff: true, ...(fails && { fails: true as const }) });
        // The SDK's debug messages hold every input in clear.
        const { debug: _, ...shown } = done;
        seen.push(JSON.stringify(shown));
        return done;
    }

    it("is put in place, encrypted as the service's account, and nothing is to be done after that", async () => {
        declare();
        const preview = await run("preview");
        assert.deepEqual(preview.outputs["drift"], { [id]: { found: "absent", desired: `string:${first}` } });
        assert.match(preview.warnings.join("\n"), new RegExp(`client secret of the MIM Service: none -> ${first}`));
        assert.equal(text(), "absent");
        const { outputs } = await run("up");
        assert.deepEqual([outputs["state"], outputs["drift"], outputs["pending"], outputs["keyId"]], ["enforced", {}, ["FIMService"], first]);
        assert.deepEqual(outputs["repaired"], { [id]: { found: "absent", desired: `string:${first}` } });
        assert.equal(read(), secretOne);
        assert.deepEqual([host().scheduler.tasks, host().scheduler.defined.length], [[], 1]);
        for (const what of ["preview", "up"] as const) {
            const { changes, outputs: same } = await run(what);
            assert.deepEqual([changes, same["state"]], [{}, "compliant"]);
        }
    });

    it("a secret that somebody else put there is drift, and the declared one comes back", async () => {
        declare();
        await run("up");
        host().registry.set(home, name, `string:${foreign}`);
        const preview = await run("preview");
        assert.match(preview.warnings.join("\n"), new RegExp(`client secret of the MIM Service: a secret that this program did not put there -> ${first}`));
        assert.deepEqual(preview.changes, { [command]: "update" });
        await run("up");
        assert.equal(read(), secretOne);
    });

    it("a rotation is one visible update with both key ids, then a restart", async () => {
        declare({}, true);
        await run("up");
        declare({ keyId: second, clientSecret: secretTwo }, true);
        const preview = await run("preview");
        assert.match(preview.warnings.join("\n"), new RegExp(`client secret of the MIM Service: ${first} -> ${second}`));
        const started = host().services["FIMService"]!.startTime;
        const up = await run("up");
        assert.deepEqual(up.changes, { [command]: "update", "fim-mim01-fim": "update" });
        assert.deepEqual([read(), up.outputs["pending"]], [secretTwo, []]);
        assert.notEqual(host().services["FIMService"]!.startTime, started);
        assert.deepEqual((await run("up")).changes, {});
    });

    it("an audit reports it and writes nothing", async () => {
        declare({ mode: "audit" });
        const { outputs, changes } = await run("up");
        assert.deepEqual([outputs["state"], changes, text(), scene.host().counters.writtenValues], ["drifted", {}, "absent", 0]);
        declare();
        await run("up");
        declare({ mode: "audit", keyId: second, clientSecret: secretTwo });
        const audited = await run("up");
        assert.deepEqual([audited.outputs["state"], audited.changes, read()], ["drifted", {}, secretOne]);
    });

    it("a host that is left out keeps what it has, and state too", async () => {
        declare();
        await run("up");
        declare({ keyId: second, clientSecret: secretTwo });
        scene.stack.settings = { offline: true };
        const { outputs, changes } = await run("up");
        assert.deepEqual([outputs["state"], changes, read()], ["unknown", {}, secretOne]);
    });

    it("with restore the secret that was there before comes back", async () => {
        host().registry.set(home, name, `expand:${foreign}`);
        declare({ onDestroy: "restore" });
        await run("up");
        assert.equal(read(), secretOne);
        scene.stack.program = () => {
            declareHost(scene.host());
            return {};
        };
        const removal = await run("up");
        assert.match(removal.warnings.join("\n"), new RegExp(`put back: MIM.*ClientSecretKeyId: string:'${first}' -> string:'sha256:[0-9a-f]{64}'`));
        assert.equal(host().registry.get(home, name), `expand:${foreign}`);
    });

    it("a wrong password is one failed logon and changes nothing, and says what to do", async () => {
        declare({ accountPassword: "no longer it" });
        const failed = await run("up", true);
        assert.match(failed.errors.join("\n"), /8007052E.*accountPassword/);
        assert.deepEqual([text(), host().scheduler.failedLogons, host().registry.hasKey("HKLM\\SOFTWARE\\HybridIdentity\\Values")], ["absent", 1, false]);
        declare();
        await run("up");
        assert.equal(read(), secretOne);
    });

    it("killed between secret and record, or while the task is there: the next run puts it right", async () => {
        for (const at of [name, "HybridIdentity\\Encrypt the client secret of the MIM Service"]) {
            host().registry.set(home, name, "absent");
            declare();
            host().registry.afterWrite = (write) => {
                if (write.name === at) {
                    throw new Killed();
                }
            };
            await run("up", true);
            assert.deepEqual(host().scheduler.tasks.length, at === name ? 0 : 1);
            host().registry.afterWrite = undefined;
            await run("up");
            assert.deepEqual([read(), host().scheduler.tasks], [secretOne, []]);
        }
    });

    it("what is no secret, or no key id, is refused without being shown", async () => {
        declare({ clientSecret: pulumi.secret(`${secretOne}\n`), keyId: pulumi.output("none") });
        const { errors } = await run("preview", true);
        assert.match(errors.join("\n"), /keyId: must be a GUID.*received a text of 4 characters/);
        assert.match(errors.join("\n"), /clientSecret: must be a text of 1 to 1000 characters.*control character/);
    });
});
