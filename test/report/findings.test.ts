import assert from "node:assert/strict";
import { findingsOf, pendingOf } from "../../report/findings";
import { component, drifted, reportOf, TLS } from "./support/reports";

describe("findings of a report", () => {
    it("are of documents, with what a value means", () => {
        const [one] = findingsOf(reportOf([drifted("a", "mim01", [[TLS, "Enabled", "dword:1", "dword:0"]])]));
        const { component: of, ...rest } = one!;
        assert.deepEqual([of.name, rest], ["a", { host: "mim01", key: TLS, name: "Enabled", found: "dword:1", desired: "dword:0", meaning: "TLS 1.0, server: enabled -> disabled" }]);
    });

    it("are of applications, by property", () => {
        const drift = [{ property: "displayName", found: '"x"', declared: "absent" }];
        const [one] = findingsOf(reportOf([component("mail", { type: "entra.MailApplication", drift })]));
        assert.deepEqual([one!.host, one!.key, one!.name, one!.found, one!.desired], ["(no server)", "mail", "displayName", '"x"', "absent"]);
    });

    for (const drift of ["[secret]", { a: 1 }, [{ property: "x" }], { "HKLM\\\\A": { found: 1, desired: "absent" } }]) {
        it(`are shown as they are where their form is another one: ${JSON.stringify(drift)}`, () => {
            const [one] = findingsOf(reportOf([component("x", { drift })]));
            assert.deepEqual([one!.key, one!.name, one!.found], ["x", "drift", typeof drift === "string" ? drift : JSON.stringify(drift)]);
        });
    }

    it("are not all: something may wait for a reboot, or nobody can tell", () => {
        const pending = pendingOf(reportOf([component("a", { host: "mim01", rebootPending: true }), component("b", { host: "mim02" }), component("c", { host: "mim03", rebootPending: "unknown: denied" })]));
        assert.deepEqual(pending.map(({ text }) => text), ["mim01 a", "mim03 c (unknown: denied)"]);
    });

    it("write out what is invisible, and cut what has no end", () => {
        const [one] = findingsOf(reportOf([drifted("a", "h\u202e", [["HKLM\\SOFTWARE\\A", "n\n", `string:${"x".repeat(1_000_000)}`, "absent"]])]));
        assert.deepEqual([one!.host, one!.name, one!.found.length < 2_100], ["h\\u202e", "n\\u000a", true]);
    });
});
