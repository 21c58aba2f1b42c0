import assert from "node:assert/strict";
import { install, observe, remove, set, uninstall } from "../../lab/host/module";
import { AccessDenied } from "../../lab/host/registry";
import { hostWith, KEY, record, RECORDS, setRecord, text } from "./documents";

const NOW = "2026-11-22T09:00:00.000Z";
// SHA-256 over "one\n" followed by "manifest\n", taken with sha256sum.
const HASH = "225506b6b3063ca0fc6a8db725869093466685ed0ff7990b8d7fb2567dba0955";

describe("the pretend host's module", () => {
    it("enforces a document and says what it changed", () => {
        const host = hostWith({ a: "dword:7", b: "string:as it should be" });
        const stdin = text("x", { a: "dword:1", b: "string:as it should be", c: `multi:["A","B"]` });
        assert.deepEqual(set(host, stdin), {
            protocol: 1,
            operation: "set",
            ok: true,
            document: "x",
            owner: "app.dev",
            time: "2026-11-22T08:30:00.123Z",
            written: { [KEY]: { a: "dword:7 -> dword:1", c: `absent -> multi:["A","B"]` } },
            released: [],
            now: NOW,
        });
        assert.deepEqual(record(host, "a"), {
            original: "dword:7",
            written: "dword:1",
            writing: "",
            owner: "app.dev",
            document: "x",
            repairs: [`${NOW} dword:7 -> dword:1`],
        });
        assert.deepEqual(record(host, "b")?.["repairs"], []);
        assert.equal(host.registry.get(`${RECORDS}\\Documents`, "app.dev/x"), `string:${NOW}\n${stdin}`);
        assert.equal(host.registry.get(RECORDS, "Holder"), "absent");
    });

    it("keeps the last five repairs", () => {
        const host = hostWith({ a: "dword:7" });
        for (let n = 1; n <= 7; n++) {
            host.registry.set(KEY, "a", `dword:${n + 10}`);
            set(host, text("x", { a: "dword:1" }));
        }
        assert.deepEqual(record(host, "a")?.["repairs"], [13, 14, 15, 16, 17].map(n => `${NOW} dword:${n} -> dword:1`));
    });

    it("takes any other REG_DWORD than 0 where the document allows it", () => {
        const host = hostWith({ a: "dword:4294967295", b: "dword:0", c: "string:1" });
        const reply = set(host, text("x", { a: "dword:1 or nonzero", b: "dword:1 or nonzero", c: "dword:1 or nonzero" }));
        assert.deepEqual(reply["written"], { [KEY]: { b: "dword:0 -> dword:1", c: "string:1 -> dword:1" } });
        assert.equal(record(host, "a")?.["written"], "dword:1 or nonzero");
        host.registry.set(KEY, "b", "dword:2");
        const gone = set(host, text("x", { a: "dword:1 or nonzero" }, { onDestroy: "restore" }));
        assert.deepEqual(gone["written"], { [KEY]: { b: "dword:2 -> dword:0", c: "dword:1 -> string:1" } });
    });

    it("drops the oldest repairs where the record would be too long", () => {
        const host = hostWith({});
        const long = (n: number): string => `string:${String(n).repeat(40_000)}`;
        for (let n = 1; n <= 3; n++) {
            assert.equal(set(host, text("x", { a: long(n) })).ok, true);
        }
        assert.deepEqual((record(host, "a")?.["repairs"] as string[]).length, 1);
    });

    it("finds a value under its other spellings", () => {
        const host = hostWith({});
        set(host, text("x", {}, { desired: { "HKLM32\\SOFTWARE\\Contoso": { Setting: "dword:1" } } }));
        assert.equal(host.registry.get("hklm\\software\\wow6432node\\CONTOSO", "setting"), "dword:1");
        const reply = set(host, text("z", {}, { owner: "app.prod", desired: { "HKLM\\SOFTWARE\\WOW6432Node\\contoso": { SETTING: "dword:2" } } }));
        assert.equal((reply["error"] as { code: string }).code, "owner");
    });

    it("puts back what it wrote when a write fails, records first", () => {
        const host = hostWith({ a: "dword:7", b: "dword:7" });
        host.registry.beforeWrite = ({ key, name, notation }) => {
            if (key === KEY && name === "b" && notation === "dword:1") {
                throw new AccessDenied(key);
            }
        };
        const reply = set(host, text("x", { a: "dword:1", b: "dword:1" }));
        assert.deepEqual(reply, {
            protocol: 1,
            operation: "set",
            ok: false,
            error: { code: "denied", message: `access to ${KEY} is denied` },
            host: "as it was",
        });
        assert.deepEqual([host.registry.get(KEY, "a"), host.registry.get(KEY, "b")], ["dword:7", "dword:7"]);
        assert.deepEqual(record(host, "a"), {
            original: "dword:7",
            written: "",
            writing: "dword:1",
            owner: "app.dev",
            document: "x",
            repairs: [],
        });
    });

    it("names what it could not put back", () => {
        const host = hostWith({ a: "dword:7", b: "dword:7" });
        host.registry.beforeWrite = ({ key, name, notation }) => {
            if (key === KEY && (name === "b" || notation === "dword:7")) {
                throw new AccessDenied(key);
            }
        };
        assert.equal(set(host, text("x", { a: "dword:1", b: "dword:1" }))["host"], `partly changed: ${KEY}\\\\a`);
    });

    it("reads back what it wrote", () => {
        const host = hostWith({ a: "dword:7" });
        host.registry.afterWrite = ({ key, notation }) => {
            if (key === KEY && notation === "dword:1") {
                host.registry.set(KEY, "a", "dword:2");
            }
        };
        const reply = set(host, text("x", { a: "dword:1" }));
        assert.equal((reply["error"] as { code: string }).code, "mismatch");
        assert.equal(host.registry.get(KEY, "a"), "dword:7");
        assert.equal(record(host, "a")?.["writing"], "dword:1");
    });

    it("refuses before anything is written", () => {
        const cases: Array<[string, (host: ReturnType<typeof hostWith>) => string, string?]> = [
            ["malformed", () => "{"],
            ["malformed", () => text("x", { a: "dword:-1" })],
            ["malformed", () => text("x", { a: "none:00" })],
            ["malformed", () => text("x", { a: "dword:0 or nonzero" })],
            ["malformed", () => text("x", { a: "dword:1", A: "dword:1" })],
            ["malformed", () => text("x", {}, { desired: { "HKCU\\X": { a: "dword:1" } } })],
            ["malformed", () => text("x", {}, { "changed 2026-11-22T08:30:00.123Z": "a second one" })],
            ["protocol", () => text("x", {}, { protocol: 2 })],
            ["elevation", host => ((host.elevated = false), text("x", { a: "dword:1" }))],
            ["language", host => ((host.facts.languageMode = "ConstrainedLanguage"), text("x", { a: "dword:1" }))],
            ["bitness", host => ((host.wow64 = true), text("x", { a: "dword:1" }))],
            ["mutex", host => ((host.mutexHeldBy = "app.prod/y, process 1, since then"), text("x", { a: "dword:1" })), "app.prod/y, process 1"],
            ["denied", host => (host.registry.deny(KEY), text("x", { a: "dword:1" }))],
            ["denied", host => (host.registry.deny(RECORDS), text("x", { a: "dword:1" }))],
            ["denied", host => (host.registry.set(KEY, "a", "unknown:REG_LINK"), text("x", { a: "dword:1" }))],
            ["size", () => text("x", { a: `string:${"x".repeat(131_072)}` })],
        ];
        for (const [code, prepare, said = ""] of cases) {
            const host = hostWith({ a: "dword:7" });
            const stdin = prepare(host);
            const before = host.registry.snapshot().keys;
            const reply = set(host, stdin);
            const error = reply["error"] as { code: string; message: string };
            assert.deepEqual([error?.code, reply["host"]], [code, "as it was"]);
            assert.ok(error.message.includes(said), error.message);
            const { [RECORDS]: _, ...after } = host.registry.snapshot().keys;
            assert.deepEqual(after, before, code);
        }
    });

    it("never repeats a value in an error", () => {
        assert.doesNotMatch(JSON.stringify(set(hostWith({}), text("x", { a: "binary:hunter2" }))), /hunter2/);
    });

    it("joins strings that were cut into arrays", () => {
        const host = hostWith({});
        set(host, text("x", {}, { desired: { [KEY]: { a: ["string:long ", "text"] } } }));
        assert.equal(host.registry.get(KEY, "a"), "string:long text");
    });

    it("answers an observation in the asker's spelling", () => {
        const host = hostWith({ Setting: "dword:1", "": "string:default" });
        host.services["FIMService"] = { state: "Running", startTime: "2026-11-01T04:01:00.000Z" };
        host.registry.set(`${KEY}\\Denied`, "a", "dword:1");
        host.registry.deny(`${KEY}\\Denied`);
        setRecord(host, "a", { kept: true });
        host.registry.set(`${RECORDS}\\Documents`, "app.dev/x", "dword:1");
        const reply = observe(host, {
            protocol: 1,
            operation: "observe",
            owner: "app.dev",
            values: { "HKLM\\software\\CONTOSO": ["SETTING", "(default)", "missing"], [`${KEY}\\Denied`]: ["a"], "HKU\\S-1-5-18\\None": ["b"] },
            services: ["fimservice", "Ghost"],
        });
        assert.deepEqual(reply, {
            protocol: 1,
            operation: "observe",
            ok: true,
            facts: {
                computerName: "PRETEND",
                user: "PRETEND\\administrator",
                elevated: true,
                osBuild: 20348,
                osName: "Windows Server 2022 Datacenter",
                bootTime: "2026-11-01T04:00:00.000Z",
                now: NOW,
                powershell: "5.1.20348.2227",
                languageMode: "FullLanguage",
                moduleFound: true,
                executionPolicy: "RemoteSigned",
            },
            module: null,
            marker: ``,
            values: {
                "HKLM\\software\\CONTOSO": { SETTING: "dword:1", "(default)": "string:default", missing: "absent" },
                [`${KEY}\\Denied`]: { a: "unknown:denied" },
                "HKU\\S-1-5-18\\None": { b: "absent" },
            },
            services: {
                fimservice: {
                    state: "Running",
                    startTime: "2026-11-01T04:01:00.000Z",
                    account: "",
                    sid: "",
                    startType: "unknown:its Start is absent",
                    dependents: [],
                },
                Ghost: { state: "absent", startTime: "", account: "", sid: "", startType: "", dependents: [] },
            },
            recorded: {},
            records: { values: { [`${KEY}\\\\a`]: `{"kept":true}` }, documents: { "app.dev/x": "unknown:type" } },
        });
    });

    it("installs, reports, upgrades and removes the module", () => {
        const host = hostWith({});

        const request = {
            protocol: 1,
            operation: "install",
            version: "1.0.0",
            sha256: HASH,
            marker: `HybridIdentity 1.0.0 sha256:${HASH} at 2026-11-22T08:00:00.000Z`,
            readers: ["CONTOSO\\Pulumi readers"],
            psm1: ["on", "e\n", "$Manifest = 'a ''manifest''\n'\n"],
        };
        assert.deepEqual(install(host, request), { protocol: 1, operation: "install", ok: true, version: "1.0.0", changed: true, removed: [] });
        assert.equal(install(host, request)["changed"], false);
        const seen = observe(host, { protocol: 1, operation: "observe", owner: "o", values: {} });
        assert.deepEqual(seen["module"], { version: "1.0.0", sha256: HASH, unsignedSha256: HASH });
        assert.equal(seen["marker"], request.marker);
        assert.equal((install(host, { ...request, psm1: ["two\n"] })["error"] as { code: string }).code, "install");
        assert.deepEqual(install(host, { ...request, version: "1.1.0" })["removed"], ["1.0.0"]);
        set(host, text("x", { a: "dword:1" }));
        assert.equal((uninstall(host)["error"] as { code: string }).code, "owner");
        assert.deepEqual(uninstall(host, true)["removed"], ["1.1.0"]);
        assert.equal(host.registry.hasKey(RECORDS), false);
    });

    it("shows the records to administrators and to the readers that the install was told", () => {
        const host = hostWith({ a: "dword:7" });
        set(host, text("x", { a: "dword:1" }));
        const records = (): unknown => observe(host, { protocol: 1, operation: "observe", owner: "o", values: {} })["records"];
        host.elevated = false;
        assert.equal(records(), "unknown:denied");
        host.groups = ["contoso\\PULUMI READERS"];
        host.registry.protect(RECORDS, ["CONTOSO\\Pulumi readers"]);
        assert.deepEqual(Object.keys((records() as { values: object }).values), [`${KEY}\\\\a`]);
    });

    it("does nothing in a Remove of a document that it does not know", () => {
        const host = hostWith({ a: "dword:7" });
        assert.deepEqual(remove(host, text("x", { a: "dword:1" }))["released"], []);
        assert.equal(host.registry.get(KEY, "a"), "dword:7");
    });
});
