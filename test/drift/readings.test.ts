import assert from "node:assert/strict";
import { parseReadings, parseSetup } from "../../drift/readings";
import type { ObserveRequest } from "../../drift/types";

const key = "HKU\\<FIMService>\\SOFTWARE\\Contoso";
const product = { code: "{A}", version: "4.6.673.0", view: "64", uninstallString: "MsiExec.exe /X{A}" };
const event = { time: "2026-11-22T08:30:00.000Z", id: 12, provider: "P", message: "no token" };
const found = { count: 1, newest: [event], since: "2026-11-22T08:00:00.000Z", more: false };
const certificate = { thumbprint: "AA", serial: "01", chosen: true, notBefore: "2026-01-01T00:00:00.000Z", notAfter: "2027-01-01T00:00:00.000Z", key: "opens", access: "yes" };
const folder = { role: "Hub", path: "C:\\Logs", logging: "found", last: "2026-11-22T08:30:00.000Z" };
const failure = { connector: "To cloud", reason: "NoCredentials", thumbprint: "", count: 1, last: "2026-11-22T08:30:00.000Z" };
const logs = { folders: [folder], failures: [failure], seen: { "To cloud": "" }, read: 100, more: false };
const asked: ObserveRequest = {
    owner: "shop.prod",
    values: {},
    products: ["MIM", "None"],
    accounts: ["CONTOSO\\svc-mim", "gone"],
    names: [key, "HKLM\\SOFTWARE\\None"],
    certificates: ["<I>A<S>B", "<I>A<S>C"],
    events: [
        { log: "Application", provider: "*", ids: [12], since: "2026-11-22T08:00:00.000Z" },
        { log: "Security", provider: "*", ids: [12], sinceStartOf: "FIMService" },
    ],
    smtpLogs: [{ since: "2026-11-22T08:00:00.000Z" }, { since: "2026-11-22T09:00:00.000Z" }],
};
const reply = {
    products: { MIM: [product], None: [] },
    accounts: { "CONTOSO\\svc-mim": "S-1-5-21-1-2-3-1104", gone: "absent" },
    names: { [key]: ["(default)", "Token"], "HKLM\\SOFTWARE\\None": "absent" },
    certificates: { "<I>A<S>B": { certificates: [certificate], saved: ["AA"] }, "<I>A<S>C": { certificates: [], saved: "unknown:denied" } },
    events: [found, "unknown:denied"],
    smtpLogs: [logs, "unknown:denied"],
};
const nothing = "unknown:the host did not answer it";

describe("readings", () => {
    it("are as the host gave them, and only those that were asked", () => {
        assert.deepEqual(parseReadings(reply, asked), reply);
        assert.deepEqual(parseReadings(reply, { owner: "shop.prod", values: {} }), {});
        assert.deepEqual(parseReadings({ ...reply, accounts: { ...reply.accounts, more: "S-1-1-0" } }, asked), reply);
    });

    it("are undefined where an older module answered, member by member", () => {
        assert.deepEqual(parseReadings({}, asked), {});
        assert.deepEqual(parseReadings({ products: reply.products }, asked), { products: reply.products });
    });

    it("are unknown where an answer is missing, never absent", () => {
        assert.deepEqual(parseReadings({ products: {}, accounts: [], names: null, certificates: {}, events: [found], smtpLogs: 1 }, asked), {
            products: { MIM: nothing, None: nothing },
            accounts: { "CONTOSO\\svc-mim": nothing, gone: nothing },
            names: { [key]: nothing, "HKLM\\SOFTWARE\\None": nothing },
            certificates: { "<I>A<S>B": nothing, "<I>A<S>C": nothing },
            events: [found, nothing],
            smtpLogs: [nothing, nothing],
        });
        const odd = { owner: "shop.prod", values: {}, accounts: ["constructor", "__proto__"] };
        assert.deepEqual(Object.values(parseReadings({ accounts: {} }, odd).accounts!), [nothing, nothing]);
    });

    const wrong = (answer: unknown, said: string): [unknown, string] => [answer, `unknown:the host answered ${said}, which is no answer to that`];
    const table: [member: "products" | "accounts" | "names" | "certificates", answer: unknown, becomes: string][] = [
        ["products", ...wrong("absent", '"absent"')],
        ["products", ...wrong([{ ...product, version: 4 }], "an array")],
        ["products", ...wrong([{ ...product, view: "16" }], "an array")],
        ["certificates", ...wrong([], "an array")],
        ["certificates", ...wrong({ certificates: [{ ...certificate, chosen: "yes" }], saved: [] }, "an object")],
        ["certificates", ...wrong({ certificates: [certificate] }, "an object")],
        ["certificates", ...wrong({ certificates: [certificate], saved: [], others: { AA: 1 } }, "an object")],
        ["products", "unknown:denied", "unknown:denied"],
        ["accounts", ...wrong("", '""')],
        ["accounts", ...wrong("S-1-5-21-x", '"S-1-5-21-x"')],
        ["accounts", ...wrong(["S-1-5-18"], "an array")],
        ["accounts", "unknown:nobody tells", "unknown:nobody tells"],
        ["names", ...wrong("Token", '"Token"')],
        ["names", ...wrong([1], "an array")],
        ["names", "unknown:not loaded", "unknown:not loaded"],
    ];
    for (const [member, answer, becomes] of table) {
        it(`${member}: ${JSON.stringify(answer)} is ${becomes}`, () => {
            const request: ObserveRequest = { owner: "shop.prod", values: {}, [member]: ["one"] };
            assert.deepEqual(parseReadings({ [member]: { one: answer } }, request), { [member]: { one: becomes } });
        });
    }

    it("of events are unknown where the answer is none", () => {
        const request: ObserveRequest = { ...asked, events: asked.events!.slice(0, 1) };
        const damaged = [{ ...found, count: "1" }, { ...found, more: undefined }, { ...found, newest: [{ ...event, id: "12" }] }, { ...found, newest: {} }, 1, "absent"];
        for (const answer of damaged) {
            assert.match(String(parseReadings({ events: [answer] }, request).events![0]), /^unknown:the host answered /);
        }
    });

    it("of protocol logs are unknown where the answer is none", () => {
        const request: ObserveRequest = { ...asked, smtpLogs: asked.smtpLogs!.slice(0, 1) };
        const [{ seen: _, ...unseen }, { last: __, ...timeless }] = [logs, folder];
        const damaged = [
            ...[{ ...logs, read: "1" }, { ...logs, more: 1 }, unseen, { ...logs, seen: { a: 1 } }, { ...logs, folders: {} }, { ...logs, folders: [timeless] }, { ...logs, folders: [1] }, { ...logs, works: { a: 1 } }, { ...logs, met: "a" }],
            ...[{ ...logs, failures: null }, { ...logs, failures: [{ ...failure, count: 1.5 }] }, { ...logs, failures: [{ ...failure, thumbprint: 1 }] }, "absent", []],
        ];
        for (const answer of damaged) {
            assert.match(String(parseReadings({ smtpLogs: [answer] }, request).smtpLogs![0]), /^unknown:the host answered /);
        }
    });

    it("of a service tell how it is set up, nothing where an older module answered", () => {
        const setup = { account: "CONTOSO\\svc-mim", sid: "S-1-5-21-1-2-3-1104", startType: "AutomaticDelayed", dependents: ["FIMSync"] };
        assert.deepEqual(parseSetup({ state: "Running", startTime: "", ...setup }), setup);
        assert.deepEqual(parseSetup({ state: "Running", startTime: "" }), {});
        const none = { account: "", sid: "", startType: "", dependents: [] };
        assert.deepEqual(parseSetup(none), none);
        const odd = parseSetup({ account: 1, sid: "x", startType: null, dependents: "all" });
        assert.deepEqual(
            Object.values(odd).map((text) => /^unknown:the host answered .*, which is no answer to that$/.test(String(text))),
            [true, true, true, true],
        );
    });
});
