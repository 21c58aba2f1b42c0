// Members of a group as a set of recipients, each with several identifiers.
import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { isCalled, match, matchAll, sameSet, type Identified } from "../../provider/resources/members";

const mim: Identified = {
    Guid: "11111111-0000-4000-8000-000000000001",
    ExternalDirectoryObjectId: "22222222-0000-4000-8000-000000000001",
    Name: "mim",
    DistinguishedName: "CN=mim,DC=PROD",
    PrimarySmtpAddress: "mim@contoso.example",
    EmailAddresses: ["SMTP:mim@contoso.example", "smtp:mim.old@contoso.example"],
};
const ceo: Identified = { Guid: "11111111-0000-4000-8000-000000000002", PrimarySmtpAddress: "ceo@contoso.example", EmailAddresses: null };

describe("members of a group", () => {
    it("a recipient is called by any of its identifiers, in any case", () => {
        const ids = [mim.Guid, "22222222-0000-4000-8000-000000000001", "cn=MIM,dc=prod"];
        const names = [...ids, "MIM@contoso.example", "Mim.Old@Contoso.example", "mim"];
        for (const name of names) {
            assert.ok(isCalled(mim, name), name);
            assert.ok(!isCalled(ceo, name), name);
        }
        for (const name of ["", "mi", "mim@contoso", "smtp:mim@contoso.example"]) assert.ok(!isCalled(mim, name), name);
    });

    it("asks who a name is only where it could be one that is there", async () => {
        const asked: string[] = [];
        const resolve = async (name: string) => (asked.push(name), name.startsWith("alias") ? ceo : undefined);
        const present = [mim.Guid];
        const absent = await matchAll([mim.Guid, "alias@contoso.example"], [mim], resolve);
        assert.deepEqual(absent, { present, missing: ["alias@contoso.example"], foreign: [] });
        assert.deepEqual(await matchAll([mim.Guid], [mim, ceo], resolve), { present, missing: [], foreign: [ceo] });
        assert.deepEqual(asked, []);
        const names = ["gone@contoso.example", "alias@contoso.example"];
        assert.deepEqual(await matchAll(names, [mim, ceo], resolve), { present: [names[1]], missing: [names[0]], foreign: [mim] });
        assert.deepEqual(asked, names);
    });

    it("each declared name is present or missing, and each member is meant or foreign", () => {
        const recipients = fc
            .uniqueArray(fc.uuid(), { maxLength: 8 })
            .map(ids => ids.map((Guid, index) => ({ Guid, PrimarySmtpAddress: `m${index}@contoso.example` })));
        const some = fc.tuple(recipients, fc.infiniteStream(fc.nat(3)));
        fc.assert(
            fc.property(some, ([all, choices]) => {
                const picked = all.map(one => ({ one, choice: choices.next().value as number }));
                // 0: neither, 1: there, 2: declared, 3: both.
                const there = picked.filter(({ choice }) => choice % 2 === 1).map(({ one }) => one);
                const named = picked.filter(({ choice }) => choice > 1).map(({ one }) => one);
                const names = named.map(({ Guid, PrimarySmtpAddress }, index) => (index % 2 ? Guid.toUpperCase() : PrimarySmtpAddress));
                const { present, missing, foreign } = match(names, there);
                assert.deepEqual([...present, ...missing].sort(), [...names].sort());
                assert.equal(present.length, picked.filter(({ choice }) => choice === 3).length);
                assert.deepEqual(foreign, picked.filter(({ choice }) => choice === 1).map(({ one }) => one));
            }),
        );
    });

    it("lists are the same as sets of texts in any case", () => {
        assert.ok(sameSet(["a@x", "B@x"], ["b@X", "A@x"]));
        assert.ok(sameSet(["a@x"], ["a@x", "A@x"]));
        assert.ok(!sameSet(["a@x"], ["a@x", "b@x"]));
        assert.ok(!sameSet(["a@x"], []));
        assert.ok(!sameSet(["a@x"], "a@x"));
    });
});
