// What "adopt" prints, run as the program that it is.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cli, type Ended } from "../cli/support";
import { temporaryFolder } from "./support/engine";
import { runPrinted } from "./support/printed";
import { useScene } from "./support/scene";

const SCHANNEL = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";
const MIM = "HKLM\\SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const ID = "0f0f0f0f-1111-4222-8333-444455556666";

describe("engine: the program that adopt prints", function () {
    this.timeout(240_000);
    const scene = useScene();
    const registry = () => scene.host().state.registry;
    const folder = temporaryFolder();
    after(() => folder.remove());

    /** A server with something of everything: on, off, half set, of another type, by role, and the ids of MIM. */
    function furnish(): void {
        const values: [string, string, string][] = [
            [`${SCHANNEL}\\TLS 1.0\\Client`, "Enabled", "dword:0"],
            [`${SCHANNEL}\\TLS 1.0\\Client`, "DisabledByDefault", "dword:1"],
            [`${SCHANNEL}\\TLS 1.1\\Server`, "Enabled", "dword:0"],
            [`${SCHANNEL}\\DTLS 1.0\\Server`, "Enabled", "string:0"],
            [MIM, "ExchangeOnlineApplicationID", `expand:${ID.toUpperCase()}`],
            [MIM, "ExchangeOnlineTenantID", `string:${ID}`],
        ];
        values.forEach((one) => registry().set(...one));
    }

    function run(command: string): Promise<Ended> {
        const { address, port, user, hostKey, privateKey } = scene.host();
        const file = join(folder.path, "key");
        writeFileSync(file, privateKey);
        return cli([command, "--host", address, "--port", `${port}`, "--user", user, "--key", file, "--host-key", hostKey]);
    }

    async function adopted(): Promise<string> {
        const { code, out, err } = await run("adopt");
        // DTLS 1.0 has a switch that is no number.
        assert.deepEqual([code, /DTLS 1\.0\\Server\\Enabled is string:0, which is no number/.test(err)], [1, true], out + err);
        return out;
    }

    const names = ["mim01-fimservice", "mim01-fimsynchronizationservice", "mim01-mim", "mim01-tls", "mim01-tls-client", "mim01-values"];
    const all = (state: string) => Object.fromEntries(names.map((name) => [name, state]));

    it("finds no drift in its first preview, whether it audits or enforces, and finds what somebody changes then", async () => {
        furnish();
        const before = registry().snapshot();
        const program = await adopted();
        assert.deepEqual(registry().snapshot(), before, "adopt wrote to the host");
        scene.stack.program = runPrinted(program, scene.host().privateKey);
        const audited = await scene.stack.preview();
        assert.deepEqual([audited.outputs, audited.changes, audited.warnings], [all("compliant"), {}, []], program);
        assert.deepEqual(registry().snapshot(), before, "a preview wrote to the host");

        scene.stack.program = runPrinted(program.replace('const mode = "audit"', 'const mode = "enforce"'), scene.host().privateKey);
        const enforced = await scene.stack.up();
        assert.deepEqual([enforced.outputs, scene.host().counters.writtenValues], [all("compliant"), 0], enforced.text);
        const found = (data: typeof before) => Object.entries(data.keys).filter(([key]) => !key.startsWith("HKLM\\SOFTWARE\\HybridIdentity"));
        assert.deepEqual(found(registry().snapshot()), found(before));

        registry().set(`${SCHANNEL}\\TLS 1.1\\Server`, "DisabledByDefault", "dword:0");
        scene.host().state.services["FIMService"]!.state = "Stopped";
        const drifted = await scene.stack.preview();
        assert.match((await run("look")).out, /^managed by {6}lab\.prod$/m);
        assert.match(await adopted(), /^\/\/ Managed by: lab\.prod\. Values of another stack are a conflict when they are enforced here/m);
        assert.deepEqual(drifted.outputs, { ...all("compliant"), "mim01-values": "drifted", "mim01-fimservice": "drifted" });
    });
});
