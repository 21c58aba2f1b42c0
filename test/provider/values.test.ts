import * as assert from "node:assert/strict";
import { resourceIn, secret, withIds, type Value } from "../../provider/values";

describe("provider: resources among values", () => {
    const mark = { "4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e" };
    const host = "urn:pulumi:prod::p::hybrid-identity:windows:Host::mim01";
    const group = { ...mark, urn: "urn:pulumi:prod::p::a:b:C::group", id: "g-1", packageVersion: "" };

    it("are their ids for a resource, as for a provider that takes none; a component has none and is its URN", () => {
        const given: Value = { group, list: [{ host: { ...mark, urn: host } }, 1], nothing: null };
        assert.deepEqual(withIds(given), { group: "g-1", list: [{ host }, 1], nothing: null });
        assert.deepEqual(withIds(secret(group)), secret("g-1"));
    });

    it("are told by their URN, secret or not", () => {
        assert.equal(resourceIn({ ...mark, urn: host }), host);
        assert.equal(resourceIn(secret({ ...mark, urn: host })), host);
        assert.deepEqual([host, null, { urn: host }, [group]].map(resourceIn), [undefined, undefined, undefined, undefined]);
    });
});
