import assert from "node:assert/strict";
import { markdownOf, markerOf } from "../../report/markdown";
import { component, drifted, hostile, large, mixed, reportOf, type DriftedValue } from "./support/reports";

/** What stands outside of code, as CommonMark reads it. */
function outsideCode(markdown: string): string {
    const unfenced = markdown.replace(/^(`{3,})text\n[^]*?\n\1$/gm, "");
    return unfenced.replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, "");
}

function assertFoldsClosed(markdown: string): void {
    const folds = outsideCode(markdown).match(/<\/?details>/g) ?? [];
    const depths = folds.reduce((all, fold) => [...all, all.at(-1)! + (fold === "<details>" ? 1 : -1)], [0]);
    assert.deepEqual([depths.at(-1), depths.some((depth) => depth < 0)], [0, false]);
}

describe("report as Markdown", () => {
    it("begins with the counts and the line by which its comment is found again", () => {
        const lines = markdownOf("prod", mixed()).split("\n");
        assert.deepEqual(lines.slice(0, 2), ["### Stack `prod`: 4 hosts, 22 drifted values, 1 failing, 1 unknown, 1 error", "<!-- hybrid-identity report: prod -->"]);
        assert.equal(markerOf("a-->b"), "<!-- hybrid-identity report: a--_b -->");
    });

    it("has first what needs a look first", () => {
        const titles = markdownOf("prod", mixed()).match(/^#### .*$/gm);
        assert.deepEqual(titles, ["#### Errors: 1 error", "#### Not known, failing or pending: 2 components", "#### Drift (found -> declared): 22 drifted values", "#### Written, not in force before a reboot: 1 component", "#### Warnings: 1 warning"]);
    });

    it("says that all is well", () => {
        assert.match(markdownOf("prod", reportOf([component("a", { host: "mim01" })])), /^### .*0 drifted values.*\n<!--.*-->\n\nEverything is as declared\.\n$/);
    });

    it("has a value, what it means, and where", () => {
        const text = markdownOf("prod", mixed());
        assert.match(text, /^- `HKLM\\SYSTEM\\[^`]*\\TLS 1\.0\\Server\\Enabled`: `dword:1 -> dword:0` \(`TLS 1\.0, server: enabled -> disabled`\): `mim01`, `mim02`$/m);
        assert.match(text, /^- `entra\.MailApplication mail: displayName`: `"@everyone" -> "MIM mail"`: `\(no server\)`$/m);
    });

    it("shows what hosts and programs say as code alone", () => {
        const text = markdownOf("prod", mixed());
        const own = /<\/?(details|summary)>|<!-- hybrid-identity report: prod -->|found -> declared|^#{3,4} /gm;
        assert.doesNotMatch(outsideCode(text).replace(own, ""), /[<>&@|`*_$[\]!\\#~]|https?:|www|evil|[^\P{C}\n]/u);
        assertFoldsClosed(text);
        // Each is there, in its own words.
        const visible = hostile.filter((one) => !/\p{C}/u.test(one));
        assert.equal(visible.length, hostile.length - 2);
        assert.deepEqual(visible.filter((one) => !text.includes(`Contoso\\${one}`)), []);
        assert.ok(text.includes("Contoso\\left\\u202eright\\u2066\\u0007\\u001b[31m"));
        assert.ok(text.includes("Contoso\\one\\u000d\\u000a\\u000d\\u000a# two"));
    });

    it("makes one line of the same drift of 50 hosts", () => {
        const text = markdownOf("prod", large(true));
        assert.match(text, /^### Stack `prod`: 50 hosts, 1,000 drifted values, 0 unknown, 0 errors$/m);
        assert.equal(text.match(/^- /gm)?.length, 20);
        assert.equal(text.match(/: 50 hosts$/gm)?.length, 20);
        assert.equal(text.match(/`mim37`/g)?.length, 20);
        assert.doesNotMatch(text, /Not shown/);
        assert.ok(Buffer.byteLength(text) < 65_536);
    });

    for (const limit of [2_000, 10_000, 65_536]) {
        it(`is cut below ${limit} bytes at the end of a line, outside of a fold, and says how much is left`, () => {
            const text = markdownOf("prod", large(false), { limit });
            const [, left = ""] = /\n\nNot shown for want of room: ([\d,]+) drifted values?\. All of it is in `report\.html` and `report\.json` of the artifact\.\n$/.exec(text) ?? [];
            assert.equal(text.match(/^- /gm)!.length + Number(left.replace(",", "")), 1_000, text.slice(-400));
            assert.ok(Buffer.byteLength(text) < limit && Buffer.byteLength(text) > limit - 1_200, `${Buffer.byteLength(text)}`);
            assertFoldsClosed(text);
            assert.match(text, /^### Stack `prod`: 50 hosts, 1,000 drifted values/);
        });
    }

    it("counts bytes, of which a character may have several", () => {
        const values = Array.from({ length: 2_000 }, (_, at): DriftedValue => ["HKLM\\SOFTWARE\\名前😀", `値 ${at}`, "string:名前", "absent"]);
        const text = markdownOf("prod", reportOf([drifted("a", "mim01", values)]));
        assert.ok(Buffer.byteLength(text) < 65_536 && text.length < 65_536);
        assert.match(text, /Not shown for want of room/);
    });

    it("leaves room for the drift below any number of errors", () => {
        const errors = Array.from({ length: 500 }, (_, at) => `mim${at}: ${"does not answer ".repeat(200)}`);
        const text = markdownOf("prod", { ...large(true), errors });
        assert.equal(text.match(/: 50 hosts$/gm)?.length, 20);
        assert.match(text, /Not shown for want of room: 4\d\d errors\. All/);
    });

    it("has no heading with nothing below it: where no line has room, the last line counts them", () => {
        const warnings = Array.from({ length: 300 }, (_, at) => `mim${at}: ${"an old module ".repeat(20)}`);
        const cut = [2_000, 2_200, 2_400, 2_600].map((limit) => markdownOf("prod", { ...large(false), warnings }, { limit }));
        cut.forEach((text) => assert.match(text, /Not shown for want of room: [\d,]+ drifted values, 300 warnings\. All/));
        cut.forEach((text) => assert.doesNotMatch(text, /#### Warnings/));
        const pending = markdownOf("prod", reportOf([component("a", { host: "mim01", rebootPending: true })]));
        assert.match(pending, /#### Written, not in force before a reboot: 1 component\n\n- `windows\.RegistryValues`: `mim01 a`\n$/);
    });

    it("names 100 hosts of 5,000, and counts the rest", () => {
        const many = Array.from({ length: 5_000 }, (_, at) => component(`c${at}`, { host: `h${at}`, state: "unknown" }));
        const text = markdownOf("prod", reportOf(many));
        assert.match(text, /^- unknown: `windows\.RegistryValues`: 5,000 components$/m);
        assert.match(text, /`h99 c99`, and 4,900 more$/m);
    });
});
