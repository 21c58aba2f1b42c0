import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { htmlOf, pageOf } from "../../report/html";
import { component, createdAt, hostile, large, mixed, reportOf } from "./support/reports";

const root = path.resolve(__dirname, "../..");
const page = htmlOf("prod", mixed(), { createdAt });
const inElement = (tag: string): string[] => [...page.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, "g"))].map(([, text]) => text!);

describe("report as a page", () => {
    it("may load nothing, and run nothing but its own script", () => {
        const hashes = ["style", "script"].map((tag) => {
            const [text = "", ...more] = inElement(tag);
            assert.deepEqual([text.length > 1_000, more], [true, []], tag);
            return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
        });
        const policy = `default-src 'none'; style-src ${hashes[0]}; script-src ${hashes[1]}; base-uri 'none'; form-action 'none'`;
        assert.ok(page.includes(`<meta http-equiv="Content-Security-Policy" content="${policy}">`));
        assert.doesNotMatch(page, /\s(src|href|style|on\w+)="/);
        assert.doesNotMatch(readFileSync(path.join(root, "report/page.js"), "utf8"), /innerHTML|outerHTML|insertAdjacent|document\.write|eval|\.style\b|https?:/);
    });

    it("has its data in one element that nothing of them ends", () => {
        const [, data = ""] = /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(page)!;
        assert.doesNotMatch(data, /</);
        assert.deepEqual(JSON.parse(data), JSON.parse(JSON.stringify(pageOf("prod", mixed(), createdAt))));
        assert.equal(page.match(/<\/script>/g)?.length, 2);
    });

    it("has a row for each setting, below its key, and the worst state of the components above", () => {
        const { hosts, groups, createdAt: at } = pageOf("prod", mixed(), createdAt);
        assert.deepEqual([hosts, at], [["(no server)", "mim01", "mim02", "mim03", "mim04"], "2026-11-29 20:00 UTC"]);
        const states = groups[0].rows.map(({ name, cells }) => [name, cells.map(({ host, state }) => `${hosts[host]} ${state}`)]);
        assert.deepEqual(states, [
            ["entra.MailApplication", ["(no server) drifted"]],
            ["mim.MailHealth", ["mim01 failing"]],
            ["windows.RegistryValues", ["mim01 drifted", "mim02 drifted", "mim03 unknown", "mim04 compliant"]],
        ]);
        assert.deepEqual(groups.slice(1).map(({ title, rows }) => [title.replace(/.*\\/, ""), rows.length]), [["Contoso", hostile.length], ["Server", 1], ["mail", 1]]);
        assert.deepEqual(groups[2]!.rows[0]!.cells[0]!.facts, [
            ["Found", "dword:1"],
            ["Declared", "dword:0"],
            ["Meaning", "TLS 1.0, server: enabled -> disabled"],
            ["Component", "a (windows.RegistryValues)"],
            ["Stack", "prod of the project lab"],
        ]);
    });

    it("takes the worst of several components of a type, and counts in order", () => {
        const of = (name: string, host: string, state: string) => component(name, { host, state });
        const { hosts, groups } = pageOf("prod", reportOf([of("a", "mim10", "compliant"), of("b", "mim10", "unknown"), of("c", "mim2", "drifted")]), createdAt);
        assert.deepEqual(hosts, ["mim2", "mim10"]);
        assert.deepEqual(groups[0].rows[0]!.cells.map(({ state, facts }) => [state, facts]), [["unknown", [["b", "unknown"], ["a", "compliant"]]], ["drifted", [["c", "drifted"]]]]);
    });

    it("tells of what waits for a reboot, and warns of what stands in no table, as the comment does", () => {
        const { pending, warnings } = pageOf("prod", mixed(), createdAt);
        assert.deepEqual([pending, warnings], [["mim04 d"], ["mim04: an old module"]]);
    });

    it("has all of 1,000 values", () => {
        const cells = pageOf("prod", large(false), createdAt).groups.slice(1).flatMap(({ rows }) => rows.flatMap((row) => row.cells));
        assert.equal(cells.length, 1_000);
    });

    it("has a script without a mistake in its types", function () {
        this.timeout(60_000);
        const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile).config, ts.sys, root);
        const program = ts.createProgram([path.join(root, "report/page.js")], { ...options, allowJs: true, checkJs: true, noUnusedLocals: true });
        assert.deepEqual(ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")), []);
    });
});
