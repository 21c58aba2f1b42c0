import assert from "node:assert/strict";
import { code, fenced } from "../../report/code";

describe("code of Markdown", () => {
    it("is a span that holds any text", () => {
        const spans: [string, string][] = [["a", "`a`"], ["`", "`` ` ``"], ["a``b", "```a``b```"], [" a ", "`  a  `"], ["", '`""`'], ["  ", "`  `"], ["``", "``` `` ```"]];
        spans.forEach(([text, span]) => assert.equal(code(text), span));
    });

    it("is a block that none of its lines ends", () => {
        assert.equal(fenced("a\r\n````\nb\u202e"), "`````text\na\n````\nb\\u202e\n`````");
    });

    it("is cut where a message has no end, and not in the middle of a character", () => {
        const block = fenced("\u{1f600}".repeat(100_000));
        assert.ok(block.length < 3_100 && !/\p{Surrogate}/u.test(block));
    });
});
