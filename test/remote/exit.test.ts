import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Connection } from "../../remote/types";
import { harness } from "./support/harness";
import { keyPair, reply } from "./support/server";

describe("a program that uses the pool", () => {
    const { serve } = harness();
    const late = { run: (channel: Parameters<typeof reply>[0]) => void setTimeout(() => reply(channel, "ok"), 300) };

    /** Output, and the milliseconds between the output and the end of the process. */
    async function run(...connections: Connection[]): Promise<{ output: string; lingered: number; code: number | null }> {
        const script = join(__dirname, "support", "child.ts");
        const child = spawn(process.execPath, ["--import", "tsx", script, ...connections.map((connection) => JSON.stringify(connection))], {
            stdio: ["ignore", "pipe", "inherit"],
        });
        let output = "";
        let printed = 0;
        child.stdout.on("data", (data: Buffer) => {
            output += data.toString();
            printed = Date.now();
        });
        const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
        return { output, code, lingered: Date.now() - printed };
    }

    it("waits for the reply, then ends by itself although the connection is still open", async () => {
        const server = await serve(late);
        const { output, code, lingered } = await run(server.connection());
        assert.deepEqual([output, code], ["ok", 0]);
        assert.ok(lingered < 500, `${lingered} ms after the last output`);
    }).timeout(120_000);

    it("does so with hosts that wait for a place, too", async () => {
        const servers = [await serve(late), await serve(late), await serve(late)];
        const { output, code, lingered } = await run(...servers.map((server) => server.connection()));
        assert.deepEqual([output, code], ["ok,ok,ok", 0]);
        assert.ok(lingered < 500, `${lingered} ms after the last output`);
    }).timeout(120_000);

    it("does so through a jump host, too", async () => {
        const jump = await serve({ hostKeys: [keyPair("jump").private] });
        const server = await serve(late);
        const { output, code, lingered } = await run(server.connection({ proxy: jump.connection({ hostKey: keyPair("jump").public }) }));
        assert.deepEqual([output, code], ["ok", 0]);
        assert.ok(lingered < 500, `${lingered} ms after the last output`);
    }).timeout(120_000);
});
