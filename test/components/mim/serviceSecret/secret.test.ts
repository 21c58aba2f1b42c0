import assert from "node:assert/strict";
import { checkKeyId, checkSecrets, desiredKeyId } from "../../../../components/mim/serviceSecret/secret";

const said = (clientSecret: string, accountPassword?: string) => checkSecrets({ clientSecret, accountPassword }).map(({ property, message }) => `${property} ${message}`);

describe("a client secret as it is declared", () => {
    it("a key id is a GUID, in any letters, and is declared in small ones", () => {
        assert.deepEqual(checkKeyId({ keyId: "AAAAAAAA-0000-4000-8000-000000000001" }), []);
        assert.deepEqual(desiredKeyId("AAAAAAAA-0000-4000-8000-000000000001"), { "MIM\\ExchangeOnline": { ClientSecretKeyId: "string:aaaaaaaa-0000-4000-8000-000000000001" } });
        assert.match(checkKeyId({ keyId: "mine" })[0]!.message, /must be a GUID.*received a text of 4 characters$/);
    });

    it("what cannot be one is refused, and never shown", () => {
        assert.deepEqual([said("x"), said("x", "p"), said("\u00e4\u20ac")], [[], [], []]);
        for (const [wrong, why] of [["", /received an empty text/], ["secr\net", /control character/], ["secr\u0000et", /control character/], ["secret\ud800", /half a surrogate pair/], ["s".repeat(1001), /received 1001 characters/]] as const) {
            assert.match(said(wrong).join(), why);
            assert.match(said("x", wrong).join(), /^accountPassword /);
            assert.doesNotMatch(said(wrong).join(), /secr.?et|sss/);
        }
        assert.match(said("\u00e4".repeat(400), "\u00e4".repeat(400)).join(), /does not fit on one line/);
    });
});
