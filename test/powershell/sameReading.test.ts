// Both sides read and write the same texts; where they did not, a value would be shown as drift for ever, or a record be lost.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { checkDesired } from "../../drift/desired";
import { checkDeclaration, listValues } from "../../drift/document";
import { asciiString, toAsciiJson } from "../../drift/json";
import { isAsDesired, normaliseNotation, parseNotation } from "../../drift/notation";
import { parseObservation } from "../../drift/observation";
import { checkName, identity, isRecordedKey, isRecordedValue, normaliseKey, splitValueId, upper, valueId } from "../../drift/path";
import { parseDocumentRecord, parseValueRecord } from "../../drift/records";
import { renderStdin } from "../../drift/render";
import { parseReply } from "../../drift/reply";
import { show } from "../../drift/show";
import type { Declaration, ValueTree } from "../../drift/types";
import { isDesirable, virtualKey } from "../../drift/virtual";
import { long, testSeed } from "../support/random";
import { skip } from "../support/skip";
import { anyKey, anyName, anyNotation, anyProperty, anyText, damage, damaged, goodText, longText, runModule, type Call } from "./support/reading";

/** A refusal of the module. */
/** Whether damage made two members of one name of two, which JSON.parse takes. */
function twice(text: string): boolean {
    const members = (value: unknown): number =>
        typeof value !== "object" || value === null ? 0 : Object.values(value).reduce((sum: number, one) => sum + members(one), Array.isArray(value) ? 0 : Object.keys(value).length);
    const named = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
    return unlessThrown(() => members(JSON.parse(text)) !== named, false);
}

const refused = Symbol("refused");
/** What the module must answer, or a question whether the answer is right. */
interface Question {
    call: Call;
    expected: unknown;
}

const time = "2026-11-22T08:30:00.123Z";
const unlessThrown = <T, U>(read: () => T, otherwise: U): T | U => {
    try {
        return read();
    } catch {
        return otherwise;
    }
};
const isCanonical = (text: string): boolean => unlessThrown(() => normaliseNotation(text) === text && parseNotation(text).kind !== "unknown", false);
const desirable = (text: string): boolean => isCanonical(text) && checkDesired(text) === undefined;
const canonicalKey = (text: string): string | undefined => unlessThrown(() => normaliseKey(text), undefined);

/** What JSON.parse gives, as the module reads it: integers of up to 15 digits are the only numbers. */
function plain(value: unknown): unknown {
    if (typeof value === "number") {
        return Number.isInteger(value) && Math.abs(value) < 1e15 ? value + 0 : null;
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    return Array.isArray(value) ? value.map(plain) : Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

/** Letters that got a twin in Unicode 16 or 17, which one side may know and the other not. */
const newLetters = "\u019b\ua7dc\u0264\ua7cb\u1c89\u1c8a\ua7cc\ua7cd\ua7ce\ua7cf\ua7d2\ua7d3\ua7d4\ua7d5\ua7da\ua7db";
/** Whether both sides fold a text as the registry does: PowerShell 7 also folds letters beyond U+FFFF. */
const foldsAlike = (text: string): boolean =>
    [...text].every((one) => (one.length === 1 ? !newLetters.includes(one) : one.toUpperCase() === one && one.toLowerCase() === one));

const json = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.oneof(anyText, longText(4000)), fc.integer(), fc.boolean(), fc.constant(null), tie("list"), tie("object")),
    list: fc.array(tie("value"), { maxLength: 4 }),
    object: fc.dictionary(fc.oneof(anyText, goodText), tie("value"), { maxKeys: 4 }),
})).object as fc.Arbitrary<Record<string, never>>;

const tree: fc.Arbitrary<ValueTree> = fc
    .array(fc.oneof({ weight: 6, arbitrary: fc.tuple(anyKey, anyName, anyNotation) }, { weight: 1, arbitrary: anyProperty }), { minLength: 1, maxLength: 6 })
    .map((all) => {
        const values = new Map<string, [string, string, string]>();
        for (const [written, name, text] of all) {
            const key = canonicalKey(written);
            const notation = unlessThrown(() => normaliseNotation(text), "");
            if (key !== undefined && checkName(name) === undefined && desirable(notation) && (virtualKey(key) === undefined || isDesirable(key, name, notation))) {
                values.set(identity(key, name), [key, name, notation]);
            }
        }
        const found: ValueTree = {};
        for (const [key, name, notation] of values.values()) {
            const spelling = Object.keys(found).find((other) => upper(other) === upper(key)) ?? key;
            Object.defineProperty((found[spelling] ??= {}), name, { value: notation, enumerable: true, configurable: true, writable: true });
        }
        return found;
    })
    .filter((values) => Object.keys(values).length > 0);

const declaration = fc.record({
    id: fc.constantFrom("tls", "a-1", "x".repeat(64)),
    kind: fc.constant("registry" as const),
    resource: goodText.map((text) => `urn:${text.replace(/[\x00-\x1f]/g, "x")}`),
    desired: tree,
    onDestroy: fc.constantFrom("retain" as const, "restore" as const),
});
const ownerName = goodText.map((text) => `shop.${text.replace(/[\x00-\x1f]/g, "x")}`.slice(0, 60).replace(/\p{Surrogate}/gu, ""));
const timed = fc.constantFrom("changed" as const, "record missing" as const, "first seen" as const);

function valuesOf(values: ValueTree): string[][] {
    return listValues(values).map(({ key, name, notation }) => [key, name, notation]);
}

const record = fc
    .record({ original: anyNotation, written: anyNotation, writing: anyNotation, owner: fc.constantFrom("", "shop.prod"), repairs: fc.array(anyText, { maxLength: 5 }) })
    .map(({ original, written, writing, owner, repairs }) => {
        const fit = (text: string, otherwise: string): string => (isCanonical(text) ? text : otherwise);
        const members = { original: fit(original, "unknown"), written: fit(written, ""), writing: fit(writing, ""), owner, document: owner && "tls", repairs };
        const part = (value: string | string[]): string => (typeof value === "string" ? asciiString(value) : `[${value.map(asciiString).join(",")}]`);
        return `{${Object.entries(members).map(([name, value]) => `"${name}":${part(value)}`).join(",")}}`;
    });

/** Questions of each kind; their numbers add up to over 5,000. */
const kinds: Record<string, { count: number; questions: fc.Arbitrary<Question[]> }> = {
    "strings in JSON": {
        count: 600,
        questions: fc.oneof(anyText, longText(4000)).map((text) => [
            { call: ["string", text], expected: asciiString(text) },
            { call: ["json", `{"t":${asciiString(text)}}`], expected: { t: text } },
        ]),
    },
    "JSON that we write": {
        count: 400,
        questions: json.map((value) => [toAsciiJson(value), JSON.stringify(value)].map((text) => ({ call: ["json", text], expected: plain(JSON.parse(text)) }))),
    },
    "damaged JSON": {
        count: 800,
        questions: fc.tuple(json, damage).map(([value, how]) => {
            const text = damaged(JSON.stringify(value), ...how);
            return [{ call: ["json", text], expected: twice(text) ? refused : unlessThrown(() => plain(JSON.parse(text)), refused) }];
        }),
    },
    notations: {
        count: 1200,
        questions: anyNotation.map((text) => [{ call: ["notation", text], expected: { recorded: isCanonical(text), desired: isCanonical(text) && !/^(none|hex\(.\)):/.test(text) } }]),
    },
    comparisons: {
        count: 600,
        questions: fc.tuple(anyNotation, anyNotation, fc.boolean()).map(([found, wanted, same]) => {
            const present = same ? wanted.replace(" or nonzero", "") : found;
            const ask = desirable(wanted) && unlessThrown(() => normaliseNotation(present) === present, false);
            return ask ? [{ call: ["asDesired", present, wanted], expected: isAsDesired(present, wanted) }] : [];
        }),
    },
    "names that may be one value": {
        count: 800,
        questions: fc.tuple(anyKey, anyName, fc.nat({ max: 4 })).map(([written, name, how]) => {
            const key = canonicalKey(written);
            const other = [name.toUpperCase(), name.toLowerCase(), name, `${name}x`, upper(name)][how]!;
            const twin = key?.replace(/^HKLM32\\SOFTWARE\\/i, "hklm\\Software\\WOW6432node\\") ?? "";
            return key === undefined || !foldsAlike(key + name)
                ? []
                : [{ call: ["same", valueId(key, name), valueId(twin, other)], expected: identity(key, name) === identity(twin, other) }];
        }),
    },
    keys: {
        count: 500,
        questions: anyKey.map((written) => {
            const key = canonicalKey(written);
            if (key === undefined) {
                return isRecordedKey(written) ? [] : [{ call: ["key", written], expected: refused }];
            }
            const [hive = "", ...rest] = key.split("\\");
            const place = [hive === "HKU" ? "Users" : "LocalMachine", hive === "HKLM32" ? "Registry32" : "Registry64", rest.join("\\")];
            return [{ call: ["key", key], expected: place }];
        }),
    },
    "value ids": {
        count: 300,
        questions: fc.tuple(anyText, fc.constantFrom("\\", "\\\\", ""), anyText).map((parts) => {
            const { key, name } = splitValueId(parts.join("")) ?? {};
            return [{ call: ["id", parts.join("")], expected: key === undefined ? null : [key, name] }];
        }),
    },
    "properties of services": {
        count: 300,
        questions: anyProperty.map(([key, name, notation]) => [
            { call: ["place", valueId(key, name), key, name, notation], expected: [isRecordedValue(key, name), isDesirable(key, name, notation)] },
        ]),
    },
    "registry data": {
        count: 800,
        questions: fc.oneof(
            fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((n) => ["DWord", `${n}`, "", `dword:${n}`]),
            fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => ["QWord", `${n}`, "", `qword:${n}`]),
            fc.oneof(anyText, longText(16383)).map((text) => ["String", text, "", `string:${text}`]),
            anyText.map((text) => ["ExpandString", text, "", `expand:${text}`]),
            fc.tuple(anyText, anyText).map(([one, two]) => ["MultiString", one, two, `multi:[${asciiString(one)},${asciiString(two)}]`]),
            fc.tuple(fc.constantFrom("Binary", "None"), fc.uint8Array()).map(([kind, bytes]) =>
                [kind, String.fromCharCode(...bytes), "", `${kind.toLowerCase()}:${Buffer.from(bytes).toString("hex")}`]),
        ).map(([kind, one, two, notation]) => [{ call: ["data", kind!, one!, two!], expected: [notation, notation] }]),
    },
    "value records": {
        count: 500,
        questions: fc.tuple(record, damage).map(([whole, how]) =>
            [whole, damaged(whole, ...how)].map((text) => {
                const read = parseValueRecord({ key: "HKLM\\X", name: "v" }, text);
                const { original, written, writing, owner, document, repairs } = read ?? {};
                const again = `{${Object.entries({ original, written, writing, owner, document }).map(([name, value]) => `"${name}":${asciiString(value ?? "")}`)},"repairs":[${repairs?.map(asciiString)}]}`;
                return { call: ["record", "HKLM\\X\\\\v", text], expected: read ? { original, written, writing, owner, document, repairs, text: again } : null };
            }),
        ),
    },
    documents: {
        count: 400,
        questions: fc.tuple(declaration, ownerName, ownerName, timed, tree, damage).map(([one, owner, takeOverFrom, member, handed, how]) => {
            assert.deepEqual(checkDeclaration(one as Declaration), []);
            const text = renderStdin(one, { owner, takeOverFrom, now: new Date(time) }, { member, time, why: "x" }, listValues(handed));
            const values = valuesOf(one.desired);
            const ids = valuesOf(handed).map(([key, name]) => valueId(key!.replace(/^HKLM32\\SOFTWARE(?=\\|$)/i, "HKLM\\SOFTWARE\\WOW6432Node"), name!));
            const recorded = damaged(`${time}\n${text}`, ...how);
            const name = `${owner}/${one.id}`;
            const read = parseDocumentRecord(name, recorded);
            const desired = [...(read?.desired.values() ?? [])].map((value) => [value.key, value.name, value.notation]);
            return [
                { call: ["document", text], expected: [owner, one.id, one.resource, one.onDestroy, takeOverFrom, time, values, ids] },
                { call: ["documentRecord", name, `${time}\n${text}`], expected: [owner, one.id, one.resource, time, values] },
                { call: ["documentRecord", name, recorded], expected: read ? [read.owner, read.document, read.resource, read.writtenAt, desired] : null },
            ];
        }),
    },
};

describe("PowerShell module and TypeScript read the same", function () {
    this.timeout(1_800_000);
    before(function () {
        if (spawnSync("pwsh", ["-Version"]).error) {
            skip(this, "no pwsh on PATH");
        }
    });

    it("upper case of every code unit", () => {
        const found = JSON.parse(runModule([["upper"]])) as string;
        const units = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
        const others = units.filter((unit, code) => found[code] !== upper(unit) && !newLetters.includes(unit));
        assert.deepEqual(others, []);
    });

    it("texts, values, names, records and documents at random", () => {
        const seed = testSeed();
        const all = Object.entries(kinds).flatMap(([kind, { count, questions }], at) =>
            fc.sample(questions, { seed: seed + at, numRuns: long ? count * 20 : count }).flat().map((question) => ({ kind, ...question })),
        );
        const answers = runModule(all.map(({ call }) => call)).split(/\r?\n/);
        assert.equal(answers.length, all.length + 1);
        console.log(`      ${all.length} questions`);
        const wrong = all.flatMap(({ kind, call, expected }, at) => {
            const answer = answers[at]!;
            const found = answer.startsWith("! ") ? refused : plain(JSON.parse(answer));
            return isDeepStrictEqual(found, expected) ? [] : [{ kind, call: call.map((text) => show(text, 300)), answer: answer.slice(0, 300), expected }];
        });
        assert.deepEqual(wrong.slice(0, 5), []);
    });

    it("replies, which come out of the module as they went in", () => {
        const facts = { computerName: "A", user: "B", elevated: true, osBuild: 1, osName: "", bootTime: "", now: "", powershell: "", languageMode: "" };
        const trees = fc.sample(tree, { seed: testSeed(), numRuns: long ? 2000 : 100 });
        const bodies = trees.map((values) => {
            const records = { values: { a: asciiString(JSON.stringify(values)) }, documents: {} };
            return { protocol: 1, operation: "observe", ok: true, facts, module: null, marker: "", values, services: {}, records };
        });
        const frames = runModule(bodies.map((body) => ["frame", JSON.stringify(body)])).split(/(?<=\nHYBRID-IDENTITY-END\n)/);
        assert.equal(frames.length, bodies.length);
        for (const [at, body] of bodies.entries()) {
            const asked = Object.fromEntries(Object.entries(body.values).map(([key, names]) => [key, Object.keys(names)]));
            const { values, records } = parseObservation(parseReply(frames[at]!, 0), { owner: "a", values: asked });
            assert.deepEqual([values, records], [body.values, body.records]);
        }
    });
});
