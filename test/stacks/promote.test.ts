import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describePromotion, promote } from "../../stacks/promote";

describe("npm run promote", () => {
    let folder: string;
    const file = (stack: string) => join(folder, `Pulumi.${stack}.yaml`);
    const of = (baseline: string, order = "\n    minimumSoak: 4\n    from: test") => `# Kept.\nconfig:\n  hybrid-identity:baseline: ${baseline} # since autumn\n  hybrid-identity:promotion:${order}\n  hybrid-identity:mode: enforce\nencryptionsalt: v1:x\n`;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "promote-"));
        writeFileSync(file("test"), of("2026-12"));
        writeFileSync(file("prod"), of('"2026-11"'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("shows what changes, setting by setting, and changes one line of the settings", () => {
        const said = promote(["--from", "test", "--to", "prod"], folder);
        assert.match(said, /^prod: 2026-11 -> 2026-12, which test has as its settings file says; the gate asks the stack itself:\n {2}HKLM\\SOFTWARE\\Contoso\\Hybrid\\\\KeepAlive: dword:1 -> dword:2\n {2}SSL 2\.0: disabled -> not managed\n\nWritten: /);
        assert.equal(readFileSync(file("prod"), "utf8"), of('"2026-12"'));
        assert.match(promote(["--from", "test", "--to", "prod"], folder), /^prod has the baseline 2026-12 of test already\. Nothing was changed\.$/);
    });

    const wrong: [string, string[], RegExp][] = [
        ["no stacks", [], /--from and --to are needed, two stacks\.\n\nUsage:/],
        ["one stack twice", ["--from", "prod", "--to", "prod"], /two stacks/],
        ["a stack without settings", ["--from", "stage", "--to", "prod"], /There is no settings file .*Pulumi\.stage\.yaml\./],
        ["an unknown option", ["--form", "test"], /--form/],
    ];
    for (const [what, args, expected] of wrong) {
        it(`refuses ${what}`, () => assert.throws(() => promote(args, folder), expected));
    }

    it("refuses what goes around the order, with nothing written", () => {
        writeFileSync(file("dev"), "config:\n  hybrid-identity:baseline: 2026-12\n  hybrid-identity:mail:\n    from: prod\n");
        assert.throws(() => promote(["--from", "dev", "--to", "prod"], folder), /^Error: prod takes its baselines from test, and not from dev, as .*Pulumi\.prod\.yaml has it .* Promote from test, or change the order/);
        assert.equal(readFileSync(file("prod"), "utf8"), of('"2026-11"'));
        assert.throws(() => promote(["--from", "prod", "--to", "dev"], folder), /^Error: dev takes its baselines from no stack: .*Pulumi\.dev\.yaml has no "hybrid-identity:promotion"\. .*; else add\n {2}hybrid-identity:promotion:\n {4}from: prod$/);
        for (const order of [" { minimumSoak: 4, from: 'contoso/mail/test' }", "\n\n    # a comment\n    from: \"test\""]) {
            writeFileSync(file("prod"), of("2026-11", order));
            assert.match(promote(["--from", "test", "--to", "prod"], folder), /^prod: 2026-11 -> 2026-12/);
        }
    });

    it("tells what changes on servers of a role where that is not what changes on all", () => {
        const [edge, exchange] = [{ protocols: { "TLS 1.1": "enabled" } }, { protocols: { "TLS 1.0": "enabled" } }] as const;
        const baselines = {
            one: { name: "one", protocols: { "TLS 1.0": "disabled", "TLS 1.1": "enabled" }, roles: { edge } },
            other: { name: "other", protocols: { "TLS 1.0": "disabled", "TLS 1.1": "disabled" }, roles: { edge, exchange } },
        } as const;
        assert.deepEqual(describePromotion("one", "other", baselines), ["  TLS 1.1: enabled -> disabled", "  edge: TLS 1.1: stays enabled", "  exchange: TLS 1.0: disabled -> enabled"]);
    });

    it("refuses a baseline that is not there, and settings without one, with nothing written", () => {
        writeFileSync(file("test"), of("2027-01"));
        assert.throws(() => promote(["--from", "test", "--to", "prod"], folder), /^Error: There is no baseline 2027-01 in stacks\/baselines\. There are 2026-11, 2026-12\./);
        writeFileSync(file("test"), "config: {}\n");
        assert.throws(() => promote(["--from", "test", "--to", "prod"], folder), /there is no line "hybrid-identity:baseline: NAME" in it/);
        assert.equal(readFileSync(file("prod"), "utf8"), of('"2026-11"'));
    });
});
