import assert from "node:assert/strict";
import fc from "fast-check";
import { BadNotation, normalNotation } from "../../lab/host/notation";
import { BadName, nativePath, upper } from "../../lab/host/paths";
import { AccessDenied, Registry } from "../../lab/host/registry";

const KEY = "HKLM\\SOFTWARE\\Contoso";

describe("the pretend host's registry", () => {
    it("finds keys and names in any case and keeps the first spelling", () => {
        const registry = new Registry();
        registry.set("HKLM\\SOFTWARE\\Contoso\\Sub/Key", "Setting", "dword:1");
        registry.set("hklm\\software\\CONTOSO\\SUB/KEY", "SETTING", "dword:2");
        assert.deepEqual(registry.snapshot().keys, {
            "HKLM\\SOFTWARE": {},
            "HKLM\\SOFTWARE\\Contoso": {},
            "HKLM\\SOFTWARE\\Contoso\\Sub/Key": { Setting: "dword:2" },
        });
    });

    it("shows the 32-bit view where Windows keeps it", () => {
        const registry = new Registry({ "HKLM32\\SOFTWARE\\Contoso": { a: "dword:1" } });
        assert.equal(registry.get("HKLM\\SOFTWARE\\wow6432node\\contoso", "a"), "dword:1");
        assert.equal(registry.get("HKLM32\\SOFTWARE\\WOW6432Node\\Contoso", "a"), "dword:1");
        assert.equal(registry.get(KEY, "a"), "absent");
    });

    it("keeps a key when its value goes, and takes everything below a deleted key along", () => {
        const registry = new Registry({ [KEY]: { a: "dword:1" }, [`${KEY}\\Sub`]: { b: "dword:1" }, [`${KEY} Ltd`]: { c: "dword:1" } });
        registry.set(KEY, "A", "absent");
        assert.equal(registry.hasKey(KEY), true);
        assert.equal(registry.deleteKey(KEY), true);
        assert.deepEqual([registry.get(`${KEY}\\Sub`, "b"), registry.get(`${KEY} Ltd`, "c")], ["absent", "dword:1"]);
        assert.equal(registry.deleteKey(KEY), false);
    });

    it("has one default value under both of its names", () => {
        const registry = new Registry({ [KEY]: { "": "string:x" } });
        assert.equal(registry.get(KEY, "(Default)"), "string:x");
        registry.set(KEY, "(default)", "absent");
        assert.deepEqual(registry.values(KEY), []);
    });

    it("refuses programs what is denied, and below it, and nothing beside it", () => {
        const registry = new Registry({ [KEY]: { a: "dword:1" } });
        registry.deny(KEY.toLowerCase());
        assert.throws(() => registry.read(`${KEY}\\Sub`, "a"), AccessDenied);
        assert.throws(() => registry.write(KEY, "a", "dword:2"), AccessDenied);
        registry.write(`${KEY} Ltd`, "a", "dword:2");
        registry.allowAll();
        registry.deny(KEY, "write");
        assert.equal(registry.read(KEY, "a"), "dword:1");
        assert.throws(() => registry.write(KEY, "a", "dword:2"), AccessDenied);
    });

    it("refuses what is no key and no notation", () => {
        for (const key of ["HKLM", "HKCU\\X", "HKLM\\", "HKLM\\a\\\\b", "HKLM\\a\\", "HKLM32\\SYSTEM\\X", `HKLM\\${"x".repeat(256)}`]) {
            assert.throws(() => nativePath(key), BadName, key);
        }
        for (const notation of ["dword:-1", "dword:01", "dword:4294967296", "qword:18446744073709551616", "binary:0", "binary:AA", "multi:[1]", "1", ""]) {
            assert.throws(() => normalNotation(notation), BadNotation, notation);
        }
        assert.equal(normalNotation("qword:18446744073709551615"), "qword:18446744073709551615");
        assert.equal(normalNotation('multi:["\\u00E9\\n", "b"]'), 'multi:["\\u00e9\\u000a","b"]');
    });

    it("compares names one code unit at a time", () => {
        assert.equal(upper("straße ÿ ǆ ı 𐐨"), "STRAßE Ÿ Ǆ ı 𐐨");
    });

    it("comes back from any snapshot as it was", () => {
        const text = fc.string({ unit: "binary", minLength: 1, maxLength: 8 });
        const part = text.filter(name => !name.includes("\\"));
        const notation = fc.oneof(
            fc.nat().map(n => `dword:${n}`),
            text.map(data => `string:${data}`),
            fc.array(text).map(items => normalNotation(`multi:${JSON.stringify(items)}`)),
        );
        const writes = fc.array(fc.tuple(fc.array(part, { minLength: 1, maxLength: 3 }), text, notation));
        fc.assert(
            fc.property(writes, writes, (first, second) => {
                const registry = new Registry();
                const apply = (list: typeof first): void => list.forEach(([parts, name, value]) => registry.set(["HKLM", ...parts].join("\\"), name, value));
                apply(first);
                const snapshot = registry.snapshot();
                const json = JSON.stringify(snapshot);
                apply(second);
                registry.restore(JSON.parse(json));
                assert.deepEqual(registry.snapshot(), snapshot);
            }),
            { numRuns: 200 },
        );
    });
});
