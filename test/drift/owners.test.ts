import assert from "node:assert/strict";
import { declare, documentRecord, idOf, key, observe, observeTree, plan, timedMember, valueRecord } from "./support/host";

const tls = declare("tls", { A: "dword:1" });

describe("owners: rule 4", () => {
    const theirs = { values: { [idOf("A")]: valueRecord({ owner: "shop.test", document: "old" }) }, documents: {} };

    it("keeps a document whose value another stack manages, and says how to take over", () => {
        const result = plan(tls, observe({ A: "dword:0" }, theirs));
        assert.equal(result.action, "keep");
        assert.equal(result.state, "drifted");
        assert.deepEqual(result.drift, [{ path: key, name: "A", found: "dword:0", desired: "dword:1" }]);
        assert.deepEqual(result.problems, [
            'The stack "shop.test" (document old) manages HKLM\\SOFTWARE\\Contoso\\A, which "shop.prod" declares in the document "tls". ' +
                'Leave each value to one of them; to take over all that "shop.test" managed, for example after a stack was renamed, run ' +
                '"pulumi config set hybrid-identity:takeOverFrom shop.test".',
        ]);
        assert.equal(timedMember(result.stdin)[0], "not observed");
    });

    it("takes over from the stack that is named, and from no other", () => {
        const result = plan(tls, observe({ A: "dword:1" }, theirs), { takeOverFrom: "shop.test" });
        assert.equal(result.action, "new");
        assert.equal(JSON.parse(result.stdin).takeOverFrom, "shop.test");
        assert.deepEqual(result.notices, [
            'The document "tls" takes over 1 value from the stack "shop.test" (document old): HKLM\\SOFTWARE\\Contoso\\A. ' +
                "The setting has to go afterwards: pulumi config rm hybrid-identity:takeOverFrom",
        ]);
        assert.equal(plan(tls, observe({ A: "dword:1" }, theirs), { takeOverFrom: "shop.dev" }).action, "keep");
    });

    it("knows the owner from the document record where the value record is lost", () => {
        const documents = { "shop.test/old": documentRecord({ A: "dword:1" }, { owner: "shop.test", document: "old" }) };
        const result = plan(tls, observe({ A: "dword:1" }, { values: {}, documents }));
        assert.match(result.problems.join(), /"shop.test" \(document old\).*"shop.prod"/);
    });

    it("lets a released value be claimed", () => {
        const released = { values: { [idOf("A")]: valueRecord({ owner: "", document: "" }) }, documents: {} };
        assert.equal(plan(tls, observe({ A: "dword:1" }, released)).action, "new");
    });

    it("finds the owner under another spelling of the value", () => {
        const values = { "HKLM\\SOFTWARE\\WOW6432Node\\CONTOSO\\\\a": valueRecord({ owner: "shop.test" }) };
        const declaration = declare("tls", {}, { desired: { "HKLM32\\SOFTWARE\\Contoso": { A: "dword:1" } } });
        const seen = observeTree({ "HKLM32\\SOFTWARE\\Contoso": { A: "dword:1" } }, { values, documents: {} });
        assert.equal(plan(declaration, seen).action, "keep");
    });
});
