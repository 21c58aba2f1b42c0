// docs/reference.md is what the docstrings say now, and how they become Markdown.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { cell, prose, splitDefault } from "../../tools/reference/markdown.mjs";
import { referenceText } from "../../tools/reference.mjs";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

describe("reference page", () => {
    it("is up to date", () => {
        const page = readFileSync(join(repository, "docs/reference.md"), "utf8");
        assert.ok(page === referenceText(repository), "docs/reference.md is not what the docstrings say: npm run reference");
    });

    it("has each heading once, so that each link leads to what it names", () => {
        const headings = readFileSync(join(repository, "docs/reference.md"), "utf8").match(/^#+ .*$/gm).map((one) => one.replace(/^#+ /, "").toLowerCase());
        assert.deepEqual(headings.filter((one, at) => headings.indexOf(one) !== at), []);
    });

    it("takes the default out of the text where the sentence says nothing else", () => {
        assert.deepEqual(splitDefault("Seconds. Default 60."), { text: "Seconds.", byDefault: "60" });
        assert.deepEqual(splitDefault("Build. Default `4.6.4`, the first with it. More."), { text: "Build. More.", byDefault: "`4.6.4`, the first with it" });
        assert.deepEqual(splitDefault("Demand 1. Default false: any number will do."), { text: "Demand 1. Default false: any number will do.", byDefault: "false" });
        assert.deepEqual(splitDefault("Free text."), { text: "Free text.", byDefault: "none" });
    });

    it("joins lines, keeps paragraphs, and breaks no table", () => {
        assert.equal(prose("One\ntwo.\n\nThree."), "One two.\n\nThree.");
        assert.equal(cell("`a | b`\n\nmore"), "`a \\| b` more");
    });
});
