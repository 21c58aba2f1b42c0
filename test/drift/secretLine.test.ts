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

    it("has an end", () => {
        const room = lineLimit - secretLine({ clientSecret: "" }).length + 1;
        assert.deepEqual([fitsOnLine({ clientSecret: "a".repeat(room) }), fitsOnLine({ clientSecret: "a".repeat(room + 1) })], [true, false]);
    });
});
