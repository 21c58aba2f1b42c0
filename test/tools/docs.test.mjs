// Links and form of README and docs: what a reader follows has to be there, and Markdown has to be read as it was meant.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const docs = readdirSync(join(repository, "docs"), { recursive: true }).filter((one) => one.endsWith(".md"));
const pages = [join(repository, "README.md"), ...docs.map((one) => join(repository, "docs", one))];

/** The page without what stands in fences, line by line. */
function prose(page) {
    let fenced = false;
    return readFileSync(page, "utf8").split("\n").map((line) => {
        const fence = line.startsWith("```");
        fenced = fence ? !fenced : fenced;
        return fence || fenced ? "```" : line;
    });
}

/** As GitHub makes them of headings. */
function anchors(page) {
    const headings = prose(page).filter((line) => /^#+ /.test(line));
    return headings.map((line) => line.replace(/^#+ /, "").replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase().replace(/[^\p{L}\p{N}_\- ]/gu, "").trim().replaceAll(" ", "-"));
}

/** What is wrong with a link, or undefined. */
function broken(page, link) {
    const [path, anchor] = link.split("#");
    const target = path === "" ? page : resolve(dirname(page), path);
    if (!existsSync(target)) {
        return "names nothing";
    }
    return anchor === undefined || anchors(target).includes(anchor) ? undefined : "names no heading";
}

function formProblems(page) {
    const lines = prose(page);
    return lines.flatMap((line, at) => {
        const [before, after] = [lines[at - 1] ?? "", lines[at + 1] ?? ""];
        const alone = !/^#+ /.test(line) || (before.trim() === "" && after.trim() === "");
        const table = !line.startsWith("|") || before === "" || before.startsWith("|");
        const inTable = before.startsWith("|") && line !== "" && !line.startsWith("|");
        const twice = line === "" && before === "" && at > 0 && at < lines.length - 1;
        const problems = [!alone && "heading without blank lines", !table && "table without a blank line before it", inTable && "text in a table", twice && "two blank lines", /\s$/.test(line) && "blank at the end"];
        return problems.filter((one) => one !== false).map((one) => `${at + 1}: ${one}`);
    });
}

describe("README and docs", () => {
    it("are found", () => assert.ok(pages.length > 15));

    for (const page of pages) {
        const name = relative(repository, page);
        it(`${name}: links and form`, () => {
            const links = prose(page).flatMap((line) => [...line.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link));
            const own = links.filter((link) => !/^[a-z]+:/.test(link));
            const wrong = own.flatMap((link) => broken(page, link) ? [`${link} ${broken(page, link)}`] : []);
            assert.deepEqual([...wrong, ...formProblems(page)], []);
        });
    }

    it("commands name the version of package.json", () => {
        const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
        const named = pages.flatMap((page) => [...readFileSync(page, "utf8").matchAll(/hybrid-identity[- ]v?(\d+\.\d+\.\d+)/g)].map(([text, found]) => ({ page: relative(repository, page), text, found })));
        assert.ok(named.length > 3);
        assert.deepEqual(named.filter(({ found }) => found !== version), []);
    });

    it("a link to nothing, and a heading that is not there, are found", () => {
        assert.equal(broken(pages[0], "docs/none.md"), "names nothing");
        assert.equal(broken(pages[0], "docs/drift.md#none"), "names no heading");
    });
});
