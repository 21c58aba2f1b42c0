import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { parseNotation } from "../../drift/notation";
import { parseObservation } from "../../drift/observation";
import { parseReply, ReplyError, type Reply } from "../../drift/reply";
import { generator, long, testSeed, type Random } from "../support/random";

const count = long ? 10_000_000 : 1_000_000;
const key = "HKLM\\SOFTWARE\\Contoso";
const asked = { owner: "shop.prod", values: { [key]: ["Setting", "(default)"] } };

const facts = { computerName: "MIM01", user: "MIM01\\svc", elevated: true, osBuild: 20348, osName: "Windows" };
const times = { bootTime: "", now: "2026-11-22T08:30:00.000Z", powershell: "5.1.20348.2227", languageMode: "FullLanguage" };
const answers = {
    values: { [key]: { Setting: "dword:1", "(default)": "absent" } },
    services: {},
    records: { values: { [`${key}\\\\Setting`]: "{}" }, documents: {} },
};
const bodies = [
    { protocol: 1, operation: "observe", ok: true, facts: { ...facts, ...times }, module: null, marker: "", ...answers },
    { protocol: 1, operation: "set", ok: true, document: "tls", owner: "shop.prod", time: "2026-11-22T08:30:00.123Z", written: {}, released: [] },
    { protocol: 1, operation: "set", ok: false, error: { code: "owner", message: "belongs to shop.test" }, host: "as it was" },
].map((body) => JSON.stringify(body));
const frames = bodies.map((body) => frame(body));
/** Replies and failures that were sent; nothing else may ever be read. */
const sent = new Set([...bodies, JSON.stringify(["owner", "as it was"])]);

function frame(json: string): string {
    const header = `HYBRID-IDENTITY-REPLY 1 ${json.length} ${createHash("sha256").update(json).digest("hex")}`;
    return `\n${header}\n${json.match(/.{1,90}/g)!.join("\n")}\nHYBRID-IDENTITY-END\n`;
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)]!;
const noise = ["\r\n", "\0", "\u00e9", "WARNING: profile\r\n", "HYBRID-IDENTITY-END\n", "HYBRID-IDENTITY-REPLY 1 2 x\n", '{"ok":true}', "\ufeff"];

/** One kind of damage; some of them leave the frame as it was. */
const damages: ((text: string, random: Random) => string)[] = [
    (text, random) => text.slice(0, random(text.length + 1)),
    (text, random) => text.slice(random(text.length + 1)),
    (text, random) => cut(text, random, () => ""),
    (text, random) => cut(text, random, (part) => part + part),
    (text, random) => cut(text, random, (part) => [...part].reverse().join("")),
    (text, random) => insert(text, random, String.fromCharCode(random(random(8) === 0 ? 65536 : 128)), 1),
    (text, random) => insert(text, random, pick(random, noise), 0),
    (text, random) => insert(text, random, pick(random, frames), 0),
    (text, random) => pick(random, noise) + text + pick(random, noise),
    (text, random) => text.replaceAll("\n", pick(random, ["\r\n", "\n\n", "\r", " \n"])),
    (text, random) => {
        const lines = text.split("\n");
        const [from, to] = [random(lines.length), random(lines.length)];
        [lines[from], lines[to]] = [lines[to]!, lines[from]!];
        return lines.join("\n");
    },
];

function cut(text: string, random: Random, becomes: (part: string) => string): string {
    const from = random(text.length);
    const to = from + random(Math.min(40, text.length - from)) + 1;
    return text.slice(0, from) + becomes(text.slice(from, to)) + text.slice(to);
}

function insert(text: string, random: Random, what: string, inPlaceOf: number): string {
    const at = random(text.length + 1);
    return text.slice(0, at) + what + text.slice(at + inPlaceOf);
}

/** What is read of an answer, as a text: a reply, a failure that the host tells, or undefined where it is refused. */
function read(text: string, exitCode: number): string | undefined {
    try {
        return JSON.stringify(parseReply(text, exitCode));
    } catch (error) {
        assert.ok(error instanceof ReplyError, String(error));
        return error.reason === "failed" ? JSON.stringify([error.code, error.host]) : undefined;
    }
}

describe(`reply: ${count.toLocaleString("en-US")} damaged ones`, function () {
    this.timeout(1_800_000);
    // An error without its stack costs half as much, and nobody reads these.
    const depth = Error.stackTraceLimit;
    before(() => (Error.stackTraceLimit = 0));
    after(() => (Error.stackTraceLimit = depth));

    it("are refused, or read as what was sent", () => {
        const random = generator(testSeed());
        let taken = 0;
        for (let left = count; left > 0; left--) {
            const kind = random(frames.length);
            let text = frames[kind]!;
            for (let more = random(3); more >= 0; more--) {
                text = pick(random, damages)(text, random);
            }
            const found = read(text, kind === 2 ? 1 : 0);
            if (found !== undefined) {
                taken++;
                assert.ok(sent.has(found), `read ${found} in ${JSON.stringify(text)}`);
            }
        }
        console.log(`      ${taken} of them were whole in the end`);
        assert.ok(taken > count / 100 && taken < count / 2, "some damage leaves a frame whole, most does not");
    });

    it("and observations with wrong members are refused, or every value is what the host said or unknown", () => {
        const random = generator(testSeed());
        for (let left = count / 20; left > 0; left--) {
            const body = pick(random, damages.slice(2, 6))(bodies[0]!, random).replace(/[^\x20-\x7f]/g, "?");
            let reply: Reply;
            try {
                reply = parseReply(frame(body), 0);
                const { values } = parseObservation(reply, asked);
                assert.deepEqual(Object.keys(values[key]!), ["Setting", "(default)"]);
                for (const [name, found] of Object.entries(values[key]!)) {
                    const said = (reply["values"] as Record<string, Record<string, unknown>>)[key]?.[name];
                    assert.ok(parseNotation(found).kind === "unknown" || found === said, `${name}: ${found} in ${body}`);
                }
            } catch (error) {
                assert.ok(error instanceof ReplyError, `${error} for ${body}`);
            }
        }
    });
});
