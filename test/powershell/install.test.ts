import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copiedModule } from "../../drift/marker";
import { installBlock, installRequest, lookBlock, noModule, observeRequest } from "../../drift/request";
import { pretendHost } from "../../lab/host/host";
import { moduleText } from "../../powershell/moduleText";
import { skip } from "../support/skip";
import { serveRegistry } from "./fakeRegistry";
import { fakes, replyIn } from "./support/ownProcess";

const { psd1, version } = moduleText();
/** With what it asks of Windows replaced. */
const psm1 = `${moduleText().psm1}\n${fakes}`;
const sha256 = createHash("sha256").update(psm1 + psd1, "latin1").digest("hex");
const marker = `HybridIdentity ${version} sha256:${sha256} at 2026-11-22T08:30:00.123Z`;
const copied = copiedModule(marker);

describe("PowerShell module, installed from a file that was copied to the host", function () {
    this.timeout(600_000);
    let folder: string;
    before(function () {
        if (spawnSync("pwsh", ["-Version"]).error) {
            skip(this, "no pwsh on PATH");
        }
    });
    beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "install-"))));
    afterEach(() => rmSync(folder, { recursive: true }));

    /** Runs a block where the profile folder holds these files. */
    async function run(block: string, files: Record<string, string>) {
        const host = pretendHost();
        const { port, stop } = await serveRegistry(host);
        Object.entries(files).forEach(([name, text]) => writeFileSync(join(folder, name), text, "latin1"));
        const env = { ...process.env, FAKE_REGISTRY: String(port), FAKE_MODULES: join(folder, "modules"), FAKE_SERVICES: "", USERPROFILE: folder };
        const child = spawn("pwsh", ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", `& ([scriptblock]::Create([Console]::In.ReadToEnd())) # ${marker}`], { env, cwd: folder });
        const said = { stdout: "", stderr: "" };
        child.stdout.on("data", (data: Buffer) => (said.stdout += data.toString()));
        child.stderr.on("data", (data: Buffer) => (said.stderr += data.toString()));
        child.stdin.end(block);
        const code = await new Promise((resolve) => child.on("close", resolve));
        stop();
        return { ...said, code, marker: host.registry.get("HKLM\\SOFTWARE\\HybridIdentity", "Module") };
    }

    const install = (files: Record<string, string>) => run(installBlock({ version, psm1 }, copied, installRequest({ version, sha256, marker, readers: [] })), files);
    const look = () => run(lookBlock({ version, psm1 }, observeRequest({ owner: "a.b", values: {} })), {});

    /** Where this system has no Program Files the path is a relative one. */
    function putInPlace(text: string): void {
        const there = join(folder, "WindowsPowerShell", "Modules", "HybridIdentity", version);
        mkdirSync(there, { recursive: true });
        writeFileSync(join(there, "HybridIdentity.psm1"), text, "latin1");
    }
    const installed = () => join(folder, "modules", version, "HybridIdentity.psm1");

    it("takes what is whole, and leaves no copy behind", async () => {
        const before = { [copied]: psm1, "HybridIdentity-1.0.0-20260101T000000000Z.psm1": "cut", "HybridIdentity-notes.psm1": "mine", "notes.txt": "mine" };
        const { stdout, stderr, code, marker: written } = await install(before);
        assert.deepEqual([stderr, code, written], ["", 0, `string:${marker}`]);
        assert.deepEqual([replyIn(stdout).ok, replyIn(stdout).changed], [true, true]);
        assert.equal(readFileSync(installed(), "latin1"), psm1);
        assert.deepEqual(readdirSync(folder).sort(), ["HybridIdentity-notes.psm1", "modules", "notes.txt"]);
    });

    it("takes the installed one where no copy is, as after a change of connection or readers", async () => {
        putInPlace(psm1);
        const { stdout, code } = await install({});
        assert.deepEqual([code, replyIn(stdout).ok], [0, true]);
    });

    it("runs nothing of a file that is not the announced one", async () => {
        for (const wrong of [psm1.slice(0, psm1.length / 2), `${psm1}New-Item ran\n`]) {
            const { stdout, stderr, code, marker: written } = await install({ [copied]: wrong });
            assert.deepEqual([stdout, code, written, existsSync(installed())], ["", 1, "absent", false]);
            assert.match(stderr, /HybridIdentity-\S+ did not arrive whole/);
        }
    });

    it("is looked at by, where it is; where it is not, or is another, a look says that and no more", async () => {
        const none = { stdout: `${noModule}\n`, stderr: "", code: 3, marker: "absent" };
        assert.deepEqual(await look(), none);
        putInPlace(`${psm1}# changed\n`);
        assert.deepEqual(await look(), none);
        putInPlace(psm1);
        const { stdout, code } = await look();
        assert.deepEqual([code, replyIn(stdout).ok, replyIn(stdout).operation], [0, true, "observe"]);
    });
});
