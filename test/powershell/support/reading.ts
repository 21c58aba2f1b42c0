import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { asciiString } from "../../../drift/json";
import { moduleText } from "../../../powershell/moduleText";

/** One question to the module: a function of reading.ps1 and its texts. */
export type Call = [name: string, ...texts: string[]];

const hex = (text: string): string => Buffer.from(text, "utf16le").toString("hex");

/** What reading.ps1 prints for calls, in one process. Throws where there is none. */
export function runModule(calls: readonly Call[]): string {
    const folder = mkdtempSync(join(tmpdir(), "reading-"));
    try {
        const module = join(folder, "HybridIdentity.ps1");
        writeFileSync(module, moduleText().psm1);
        const args = ["-NoLogo", "-NoProfile", "-NonInteractive", "-File", join(__dirname, "reading.ps1"), module];
        const input = calls.map(([name, ...texts]) => [name, ...texts.map(hex)].join(" ")).join("\n");
        const { stdout, stderr, status, error } = spawnSync("pwsh", args, { input: `${input}\n`, encoding: "latin1", maxBuffer: 2 ** 30 });
        if (error ?? status !== 0) {
            throw error ?? new Error(`reading.ps1 ended with ${status}: ${stderr}`);
        }
        return stdout;
    } finally {
        rmSync(folder, { recursive: true });
    }
}

const odd = ["", '"', "\\", "\\\\", "\0", "\u0001", "\t", "\n", "\u007f", "\u00ad", "\u2028", "\ufeff", "\ufffe", "\ud800", "\udc00", "'@", "$x", "%TEMP%", "*", "[", "10", "__proto__"];
const folding = ["\u212a", "\u0131", "\u017f", "\u00df", "\u00b5", "\u0130", "\u01c5", "\u03c2", "\u10d0", "\u13a0", "\uab70", "\ud801\udc28", "\ud801\udc00", "\u1e9e", "\u0345"];
const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((all) => String.fromCharCode(...all));

/** All of UTF-16, and what is known to be read in different ways. */
export const anyText = fc
    .array(fc.oneof(fc.constantFrom(...odd, ...folding), fc.string({ unit: "binary" }), units, fc.constant("2026-11-22T08:30:00.123Z")), { maxLength: 4 })
    .map((parts) => parts.join(""));

/** A text without NUL and half surrogate pairs, not empty. */
export const goodText = anyText.map((text) => text.replace(/[\0\p{Surrogate}]/gu, "x") || "x");

/** A text of a length around a limit. */
export const longText = (limit: number): fc.Arbitrary<string> =>
    fc.tuple(fc.integer({ min: limit - 2, max: limit + 2 }), goodText).map(([length, text]) => text.slice(0, 9).replace(/\p{Surrogate}/gu, "x").padEnd(length, "y"));

const number = (bits: bigint): fc.Arbitrary<string> =>
    fc.oneof(fc.bigInt({ min: 0n, max: 2n ** bits + 1n }), fc.constantFrom(0n, 2n ** bits - 1n, 2n ** bits, 2n ** (bits - 1n))).map(String);
const bytes = fc.uint8Array({ maxLength: 20 }).map((all) => Buffer.from(all).toString("hex"));
const list = fc.array(fc.oneof(anyText, longText(4000)), { maxLength: 4 }).map((texts) => `multi:[${texts.map(asciiString).join(",")}]`);

/** A notation in its one spelling, or nearly. */
export const anyNotation = fc.oneof(
    number(32n).map((n) => `dword:${n}`),
    number(32n).map((n) => `dword:${n} or nonzero`),
    number(64n).map((n) => `qword:${n}`),
    fc.oneof(anyText, longText(4000), longText(16383)).map((text) => `string:${text}`),
    anyText.map((text) => `expand:${text}`),
    list,
    bytes.map((data) => `binary:${data}`),
    bytes.map((data) => `none:${data}`),
    fc.constantFrom("absent", "unknown:denied", "unknown", "", "dword:", "dword:01", "dword:-1", "DWORD:1", "dword: 1", "binary:0", "binary:0A", "multi:[]", 'multi:[""]', 'multi:["a", "b"]'),
    fc.tuple(fc.constantFrom("hex(4)", "hex(b)", "multi", "binary", "Absent", "word"), anyText).map(([kind, rest]) => `${kind}:${rest}`),
);

/** A text with one small damage. */
export const damaged = (text: string, at: number, kind: number, insert: string): string => {
    const place = at % (text.length + 1);
    return kind === 0 ? text.slice(0, place) : text.slice(0, place) + (kind === 1 ? "" : insert) + text.slice(place + (kind === 2 ? 0 : 1));
};
export const damage = fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.oneof(fc.constantFrom(...'"\\,:{}[]0-1. \t\n\u00a0\ufeff\u000b', "null", "\\u0000"), anyText));

const component = fc.oneof({ weight: 8, arbitrary: goodText }, { weight: 1, arbitrary: longText(255) }).map((text) => text.replaceAll("\\", "/"));
/** A key, canonical or nearly. */
export const anyKey = fc
    .tuple(
        fc.constantFrom("HKLM\\SOFTWARE", "HKLM32\\SOFTWARE", "hklm32\\Software", "HKLM32\\SOFTWARE\\Wow6432Node", "HKLM32\\SOFTWAREX", "HKLM32\\X", "HKU\\S-1-5-18", "hklm\\software\\Wow6432node", "HKEY_LOCAL_MACHINE\\X", "HKLM\\", "HKCU", "HKLM", "H\u212aLM\\SOFTWARE", "HKLM:\\SOFTWARE"),
        fc.array(component, { maxLength: 3 }),
    )
    .map(([hive, parts]) => [hive, ...parts].join("\\"));
/** A key, a name and a notation of what is no key of the registry, or nearly. */
export const anyProperty = fc.tuple(
    fc.tuple(fc.constantFrom("SERVICE\\", "service\\", "SERVICE", "\u017fervice\\", "SERV\u0131CE\\"), fc.oneof(goodText, longText(255))).map((parts) => parts.join("")).chain((service) => fc.constantFrom(service, "MIM\\ExchangeOnline", "mim\\EXCHANGEonline", "MIM\\Exchange")),
    fc.constantFrom("ClientSecretKeyId", "clientsecretKEYID", "ClientSecret\u212aeyId", "State", "StartType", "STATE", "starttype", "Owner", "\u017ftate", "State "),
    fc.constantFrom("string:aaaaaaaa-0000-4000-8000-000000000001", "string:AAAAAAAA-0000-4000-8000-000000000001", "string:Running", "string:Stopped", "string:Automatic", "string:AutomaticDelayed", "string:Manual", "string:Disabled", "string:running", "string:Running\n", "string:Paused", "absent", "dword:1"),
);
export const anyName = fc.oneof({ weight: 6, arbitrary: goodText }, { weight: 1, arbitrary: longText(3900) }, { weight: 1, arbitrary: fc.constantFrom("(default)", "(DEFAULT)", "10", "2", "__proto__") });
