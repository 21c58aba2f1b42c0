import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { releaseKilled } from "../../lab/locks";

describe("locks of the lab's stacks", () => {
    it("go where the process that took them was killed on this machine", () => {
        const folder = mkdtempSync(join(tmpdir(), "locks-"));
        const stack = join(folder, ".pulumi/locks/organization/hybrid-identity/dev");
        const ended = spawnSync(process.execPath, ["-e", ""]).pid;
        mkdirSync(stack, { recursive: true });
        const lock = (name: string, pid: number, host = hostname()) => writeFileSync(join(stack, name), JSON.stringify({ pid, username: "root", hostname: host }));
        try {
            lock("ended.json", ended);
            lock("running.json", process.pid);
            lock("elsewhere.json", ended, "another-machine");
            assert.deepEqual(releaseKilled(`${pathToFileURL(folder)}?no_tmp_dir=true`), [ended]);
            assert.deepEqual(readdirSync(stack).sort(), ["elsewhere.json", "running.json"]);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("are none of a folder without stacks, or of a backend that is no folder", () => {
        assert.deepEqual(["", "file:///nowhere/at/all", "https://api.pulumi.com", "file://~"].map(releaseKilled), [[], [], [], []]);
    });
});
