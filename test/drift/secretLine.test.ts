import assert from "node:assert/strict";
import { fitsOnLine, secretLine, withoutSecrets } from "../../drift/secretLine";
import { lineLimit } from "../../drift/json";

describe("the line of secrets before a document", () => {
    it("is one line of ASCII, and is taken off again", () => {
        const line = secretLine({ clientSecret: 'a"\\\u00e4', accountPassword: "p" });
        assert.equal(line, 'HYBRID-IDENTITY-SECRETS {"clientSecret":"a\\"\\\\\\u00e4","accountPassword":"p"}\n');
        assert.equal(secretLine({ clientSecret: "a" }), 'HYBRID-IDENTITY-SECRETS {"clientSecret":"a"}\n');
        assert.equal(withoutSecrets(`${line}{\n}\n`), "{\n}\n");
    });

    it("a document without one stays as it is", () => {
        assert.equal(withoutSecrets('{"a": "HYBRID-IDENTITY-SECRETS "}'), '{"a": "HYBRID-IDENTITY-SECRETS "}');
    });

    it("a certificate with its key is longer than a line, comes in several, as hex, and all are taken off again", () => {
        const bytes = Buffer.from(Array.from({ length: 3500 }, (_, at) => at % 256));
        const lines = secretLine({ pfx: bytes.toString("base64"), pfxPassword: 'p"' });
        const parts = lines.trimEnd().split("\n").map((line) => line.replace(/^HYBRID-IDENTITY-SECRETS /, "")).map((json) => JSON.parse(json) as Record<string, string>);
        assert.deepEqual(parts.map((one) => Object.keys(one).join()), ["pfx", "pfx", "pfx", "pfxPassword"]);
        assert.equal(parts.map(({ pfx = "" }) => pfx).join(""), bytes.toString("hex"));
        assert.deepEqual([parts.at(-1), secretLine({ pfx: "AAAA" }).endsWith('{"pfxPassword":""}\n')], [{ pfxPassword: 'p"' }, true]);
        assert.ok(lines.split("\n").every((line) => line.length <= lineLimit));
        assert.equal(withoutSecrets(`${lines}{\n}\n`), "{\n}\n");
    });

    it("has an end", () => {
        const room = lineLimit - secretLine({ clientSecret: "" }).length + 1;
        assert.deepEqual([fitsOnLine({ clientSecret: "a".repeat(room) }), fitsOnLine({ clientSecret: "a".repeat(room + 1) })], [true, false]);
    });
});
