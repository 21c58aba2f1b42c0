import assert from "node:assert/strict";
import { dword } from "../../drift/desired";
import { Baseline, baselineOf, checkBaseline, differencesOf, hashOf, settingsOf, strongCrypto } from "../../promotion/baseline";
import { BaselineException, checkExceptions, ending, overdue, withExceptions } from "../../promotion/exceptions";

const KEY = "HKLM\\SOFTWARE\\Contoso";
const baseline: Baseline = { name: "2026-11", protocols: { "TLS 1.0": "disabled", "TLS 1.2": "enabled" }, strongCrypto: true, values: { [KEY]: { KeepAlive: dword(1), "(default)": "absent" } } };
const said = (problems: { property: string; message: string }[]) => problems.map(({ property, message }) => `${property}: ${message}`);

describe("baseline", () => {
    it("is a list of settings, and such a list is a baseline", () => {
        const settings = settingsOf(baseline);
        assert.deepEqual(settings, { [strongCrypto]: "on", [`${KEY}\\\\(default)`]: "absent", [`${KEY}\\\\KeepAlive`]: "dword:1", "TLS 1.0": "disabled", "TLS 1.2": "enabled" });
        assert.deepEqual(settingsOf(baselineOf("2026-11", settings)), settings);
    });

    it("has a hash of what it sets, whatever the order and the name", () => {
        const other: Baseline = { name: "x", values: { [KEY]: { "(default)": "absent", KeepAlive: "dword:0x1" } }, strongCrypto: true, protocols: { "TLS 1.2": "enabled", "TLS 1.0": "disabled" } };
        assert.equal(hashOf({ ...other, values: baseline.values! }), hashOf(baseline));
        assert.notEqual(hashOf({ ...baseline, strongCrypto: false }), hashOf(baseline));
        assert.notEqual(hashOf({ ...baseline, values: { [KEY]: { KeepAlive: dword(2), "(default)": "absent" } } }), hashOf(baseline));
    });

    it("is compared setting by setting", () => {
        const { "TLS 1.0": _, ...rest } = settingsOf(baseline);
        assert.deepEqual(differencesOf(settingsOf(baseline), { ...rest, [`${KEY}\\\\KeepAlive`]: "dword:2" }), [
            { setting: `${KEY}\\\\KeepAlive`, before: "dword:1", after: "dword:2" },
            { setting: "TLS 1.0", before: "disabled", after: "not managed" },
        ]);
    });

    it("has more for servers of a role, or something else, and that counts in its hash", () => {
        const roles = { edge: { protocols: { "TLS 1.3": "enabled" as const, "TLS 1.0": "enabled" as const } } };
        const withRoles: Baseline = { ...baseline, roles };
        assert.deepEqual(checkBaseline(withRoles), []);
        assert.notEqual(hashOf(withRoles), hashOf(baseline));
        assert.deepEqual(differencesOf(settingsOf(baseline), settingsOf(withRoles)).map(({ setting, after }) => [setting, after]), [["edge: TLS 1.0", "enabled"], ["edge: TLS 1.3", "enabled"]]);
        const exception: BaselineException = { setting: "TLS 1.3", value: "unmanaged", reason: "an old load balancer", until: "2026-12-31" };
        assert.deepEqual(checkExceptions(withRoles, [exception], ["edge01"]), []);
        const of = (exceptions: BaselineException[], ...own: string[]) => withExceptions(withRoles, exceptions, "edge01", own).protocols;
        assert.deepEqual(of([]), { "TLS 1.0": "disabled", "TLS 1.2": "enabled" });
        assert.deepEqual(of([], "edge"), { "TLS 1.0": "enabled", "TLS 1.2": "enabled", "TLS 1.3": "enabled" });
        assert.deepEqual(of([exception], "edge"), { "TLS 1.0": "enabled", "TLS 1.2": "enabled" });
    });

    const wrong: [string, unknown, RegExp][] = [
        ["a role with what is not known", { ...baseline, roles: { edge: { tls: 1 } } }, /^roles\.edge\.tls: is not known here/],
        ["no name", { ...baseline, name: "" }, /^name: must be 1 to 64 letters/],
        ["an unknown protocol", { ...baseline, protocols: { "TLS 1.9": "disabled" } }, /^protocols\["TLS 1\.9"\]: is no protocol/],
        ["a protocol that is half on", { ...baseline, protocols: { "TLS 1.2": true } }, /^protocols\["TLS 1\.2"\]: must be enabled or disabled; received true/],
        ["a word for true", { ...baseline, strongCrypto: "yes" }, /^strongCrypto: must be true or false/],
        ["a key of no hive", { ...baseline, values: { "Contoso": { A: dword(1) } } }, /^values/],
        ["nothing at all", { name: "a" }, /^values: the baseline sets nothing/],
        ["no object", undefined, /^name: /],
    ];
    for (const [what, given, expected] of wrong) {
        it(`refuses ${what}`, () => assert.match(said(checkBaseline(given as Baseline)).join("\n"), expected));
    }
});

describe("exceptions from a baseline", () => {
    const exception: BaselineException = { setting: "TLS 1.0", value: "enabled", reason: "an old scanner", until: "2026-12-31" };
    const check = (...given: unknown[]) => said(checkExceptions(baseline, given as BaselineException[], ["mim01", "exch01"]));

    it("replace a setting or take it out, on all servers or some", () => {
        const exceptions = [exception, { ...exception, setting: `${KEY}\\\\KeepAlive`, value: "unmanaged", hosts: ["exch01"] }];
        assert.deepEqual(check(...exceptions), []);
        const [mim01, exch01] = ["mim01", "exch01"].map((host) => settingsOf(withExceptions(baseline, exceptions, host)));
        assert.deepEqual(differencesOf(settingsOf(baseline), mim01!), [{ setting: "TLS 1.0", before: "disabled", after: "enabled" }]);
        assert.deepEqual(differencesOf(mim01!, exch01!), [{ setting: `${KEY}\\\\KeepAlive`, before: "dword:1", after: "not managed" }]);
    });

    it("are over after their last day", () => {
        const on = (time: string) => overdue([exception], new Date(time)).length;
        assert.deepEqual([on("2026-12-31T23:59:00Z"), on("2027-01-01T00:00:00Z")], [0, 1]);
        assert.match(said(overdue([exception], new Date("2027-02-01")))[0]!, /^exceptions\[0\]: "TLS 1\.0" \("an old scanner"\) ended with 2026-12-31\. Take it out/);
    });

    it("say two weeks before that they end, and not that they are over", () => {
        const on = (time: string) => said(ending([exception], new Date(time))).join();
        assert.equal(on("2026-12-16T23:59:00Z"), "");
        assert.match(on("2026-12-17T00:00:00Z"), /^exceptions\[0\]: "TLS 1\.0" \("an old scanner"\) ends with 2026-12-31, in 14 days: let the baseline hold there by then/);
        assert.match(on("2026-12-30T12:00:00Z"), /in 1 day:/);
        assert.match(on("2026-12-31T23:59:00Z"), /ends with 2026-12-31, today:/);
        assert.equal(on("2027-01-01T00:00:00Z"), "");
    });

    const wrong: [string, unknown, RegExp][] = [
        ["a setting that the baseline has not", { ...exception, setting: "TLS 1.O" }, /^exceptions\[0\]\.setting: must be a setting of the baseline 2026-11; received "TLS 1\.O"; "TLS 1\.0" is meant, perhaps/],
        ["no value", { ...exception, value: undefined }, /^exceptions\[0\]\.value: must be "enabled", "disabled" or "unmanaged"; received undefined/],
        ["a value that is none", { ...exception, setting: `${KEY}\\\\KeepAlive`, value: "1" }, /^exceptions\[0\]\.value: must be a value such as "dword:1"/],
        ["no reason", { ...exception, reason: " " }, /^exceptions\[0\]\.reason: must say why/],
        ["no end", { ...exception, until: undefined }, /^exceptions\[0\]\.until: must be the last day/],
        ["a day that is none", { ...exception, until: "2026-02-30" }, /^exceptions\[0\]\.until: must be the last day/],
        ["a server that is not there", { ...exception, hosts: ["mim02"] }, /^exceptions\[0\]\.hosts: must be servers of this stack, which are mim01, exch01; received "mim02"/],
    ];
    for (const [what, given, expected] of wrong) {
        it(`refuse ${what}`, () => assert.match(check(given).join("\n"), expected));
    }

    it("refuse one of TLS or .NET where another component sets these", () => {
        const on = (...hosts: string[]) => said(checkExceptions(baseline, [{ ...exception, hosts }, { ...exception, setting: `${KEY}\\\\KeepAlive`, value: "dword:5" }], ["mim01", "exch01"], ["mim01"]));
        assert.deepEqual(on("exch01"), []);
        assert.deepEqual(on("mim01"), ['exceptions[0].hosts: must be without mim01, whose TLS and .NET another component sets: an exception of "TLS 1.0" does nothing there; received "mim01"']);
        assert.match(said(checkExceptions(baseline, [exception], ["mim01"], ["mim01"])).join(), /^exceptions\[0\]\.hosts: must be without mim01.*received no list, which means all$/);
    });

    it("refuse two of one setting on one server", () => {
        assert.deepEqual(check(exception, { ...exception, hosts: ["exch01"] }), ['exceptions[1].setting: another exception of "TLS 1.0" on exch01 is there already; keep one']);
    });
});
