import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { dword, multi, windows } from "../../index";
import { declareHost, useScene } from "./support/scene";

const KEY = "HKLM\\SOFTWARE\\Contoso";

describe("engine: what a program gets wrong", function () {
    this.timeout(240_000);
    const scene = useScene();
    const host = () => declareHost(scene.host());

    /** What the run says of it: one error, no stack, and no word of how outputs are written. */
    async function said(program: () => unknown): Promise<string> {
        scene.stack.program = () => ({ made: program() });
        const run = await scene.stack.preview({ fails: true });
        const errors = run.errors.filter((one) => !/^(preview failed|.*\bRunning program.* failed)/.test(one));
        assert.equal(errors.length, 1, run.text);
        assert.doesNotMatch(run.text, /\n\s+at |serializ|rpc|TypeError|RangeError/);
        assert.equal(scene.host().counters.writtenValues, 0);
        return errors[0]!;
    }

    it("while the program is built: one error on the component, with property, key and name", async () => {
        const message = await said(() => new windows.RegistryValues("x", { host: host(), values: { [KEY]: { A: dword(-1), B: multi([""]) } } }).state);
        assert.match(message, /windows\.RegistryValues "x" cannot be used as it is written:\n {2}values\["HKLM\\\\SOFTWARE\\\\Contoso"\]\["A"\]: dword must be 0 to 4294967295; received -1\./);
    });

    it("no arguments at all", async () => {
        assert.match(await said(() => new windows.SchannelProtocols("x", undefined as never).state), /windows\.SchannelProtocols "x" cannot be used as it is written:\n {2}host: must be the windows\.Host/);
    });

    it("what is known only later: the same words, from the same component", async () => {
        const enable = pulumi.output("TLS 1.2") as never;
        assert.match(
            await said(() => new windows.SchannelProtocols("x", { host: host(), enable }).state),
            /^mim01: windows\.SchannelProtocols "x" cannot be used as it is written:\n {2}enable: must be a list; received "TLS 1\.2"\. Write \["TLS 1\.2"\]$/,
        );
    });
});
