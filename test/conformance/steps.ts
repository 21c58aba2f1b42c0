import assert from "node:assert/strict";
import certificates from "../support/certificates.json";
import { asciiJson as compactJson } from "../../lab/host/json";
import { recordKey, standardDocument, standardRecord, type Case, type Place, type Step } from "./cases";
import { ConnectionLost, type Host } from "./host";
import { bytesOnly, exportTree, importValues } from "./raw";
import { addValue, deleteFromRegistry, readTree, type RegistryTree } from "./registry";
import { checkAnswers, checkService, compare, isCertificates, withoutStrangers } from "./readings";
import { asciiJson, type Json } from "./reply";
import { certificateScript, makeVolatile, putFiles, readQwords, recordAccess, serviceScript, type CertificateName } from "./scripts";

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What a case has seen so far. */
interface Seen {
    place: Place;
    /** Whether one of its steps speaks of the 32-bit view. */
    bothViews: boolean;
    /** Keys that all cases share and that its steps speak of. */
    virtual: string[];
    /** The case's records, until a step that may change them. */
    records?: Records;
    /** What was last sent for a document, by `<owner>/<id>`. */
    sent: Map<string, string>;
    /** Values of the last observe. */
    values: Json;
    kept: Record<string, string>;
}

const shared = ["MIM\\ExchangeOnline", "EXCHANGE\\TransportCertificates"];

/** Runs a case on a host that holds nothing of its place. Throws an error that tells the step. */
export async function runCase(host: Host, each: Case, service = ""): Promise<void> {
    const seen: Seen = { place: each.place, bothViews: usesKey32(each), virtual: shared.filter(key => JSON.stringify(each.steps).includes(JSON.stringify(key).slice(1, -1))), sent: new Map(), values: {}, kept: { service } };
    for (const [index, step] of each.steps.entries()) {
        try {
            await runStep(host, withKept(step, seen.kept), seen);
        } catch (error) {
            if (error instanceof ConnectionLost) throw error;
            throw new Error(`step ${index + 1}: ${(error as Error).message}`);
        }
    }
}

async function runStep(host: Host, step: Step, seen: Seen): Promise<void> {
    if (!step.records && !step.documents) {
        seen.records = undefined;
    }
    if (step.add) {
        await addValue(host.reg, ...step.add);
    } else if (step.delete) {
        const [key, name] = step.delete;
        await deleteFromRegistry(host.reg, key, name);
    } else if (step.observe) {
        await observe(host, step, step.observe, seen);
    } else if (step.keep) {
        for (const [name, [key, value]] of Object.entries(step.keep)) {
            seen.kept[name] = String((seen.values[key] as Json)[value]);
        }
    } else if (step.set || step.remove) {
        await enforce(host, step, seen);
    } else if (step.give) {
        await give(host, step, step.give[1]);
    } else if (step.send) {
        await send(host, step, step.send);
    } else if (step.refuse) {
        await refuse(host, step, step.refuse, seen);
    } else if (step.install) {
        await install(host, step, step.install);
    } else if (step.uninstall) {
        await refuseUninstall(host, step.uninstall);
    } else if (step.import) {
        await importValues(host, step.import);
    } else if (step.recorded) {
        await putRecords(host, step.recorded, seen);
    } else if (step.volatile !== undefined) {
        await host.ask(makeVolatile(step.volatile));
    } else if (step.logs) {
        await host.ask(putFiles(...step.logs));
    } else if (step.raw) {
        const [key, tree] = step.raw;
        assert.deepEqual(await exportTree(host, key), bytesOnly(tree));
    } else if (step.certificate) {
        await host.ask(certificateScript(...step.certificate));
    } else if (step.service) {
        await host.ask(serviceScript(seen.kept["service"]!, step.service));
    } else if (step.serviceIs) {
        assert.equal(await host.ask(serviceScript(seen.kept["service"]!)), step.serviceIs);
    } else if (step.access) {
        assert.deepEqual((await host.ask(recordAccess)).match(/\(.*?\)/g), step.access);
    } else if (step.registry) {
        await checkRegistry(host, step.registry, seen);
    } else if (step.records) {
        await checkRecords(host, step.records, seen);
    } else {
        await checkDocuments(host, step.documents ?? [], seen);
    }
}

async function observe(host: Host, step: Step, values: Record<string, string[]>, seen: Seen): Promise<void> {
    const request = { owner: `${seen.place.owners}a`, values, ...(step.services && { services: step.services }), ...step.asks };
    const reply = await host.observe(request, step.by);
    if (step.error !== undefined) {
        checkFailure(reply, step);
        return;
    }
    assert.equal(reply["ok"], true, JSON.stringify(reply));
    assert.equal(reply["operation"], "observe");
    seen.values = reply["values"] as Json;
    checkAnswers(step.asks ?? {}, reply);
    if (step.unknown) {
        const answers = Object.keys(step.asks ?? {}).flatMap(member => Object.values(reply[member] as Json));
        answers.forEach(answer => assert.match(String(answer), /^unknown:./));
    }
    if (step.values) {
        assert.deepEqual(reply["values"], step.values);
    }
    if (step.unasked) {
        assert.deepEqual(reply["recorded"], step.unasked);
    }
    const records = reply["records"] as Records;
    for (const [name, data] of Object.entries(step.shows ?? {})) {
        assert.equal({ ...records.values, ...records.documents }[name], data);
    }
    for (const [service, expected] of Object.entries(step.states ?? {})) {
        const found = (reply["services"] as Json)[service] as Json;
        checkService(found);
        compare(found, typeof expected === "string" ? { state: expected } : (expected as Json), service);
    }
    for (const [member, expected] of Object.entries(step.answers ?? {})) {
        const found = member === "certificates" ? withoutStrangers(reply[member] as Json) : (reply[member] as Json | undefined);
        assert.deepEqual(Object.keys(found ?? {}), Object.keys(expected), member);
        compare(found!, expected as Json, member);
    }
    for (const [name, expected] of Object.entries(step.facts ?? {})) {
        const found = (reply["facts"] as Json)[name];
        assert.ok(expected === "*" ? typeof found === "string" : found === expected, `${name}: ${JSON.stringify(found)}`);
    }
}

async function enforce(host: Host, step: Step, seen: Seen): Promise<void> {
    const document = standardDocument(seen.place, (step.set ?? step.remove)!);
    const text = padded(`${asciiJson(document)}\n`, step.length);
    const line = [...(step.secrets ? [step.secrets] : []), ...(step.pfx ? pfxLines(...step.pfx) : [])].map(one => `HYBRID-IDENTITY-SECRETS ${compactJson(one)}\n`).join("");
    const reply = await (step.held ? host.setWhileHeld(text) : host.call(step.set ? "Set" : "Remove", line + text));
    assert.equal(reply["operation"], step.set ? "set" : "remove");
    if (step.error !== undefined) {
        checkFailure(reply, step);
        return;
    }
    assert.equal(reply["ok"], true, JSON.stringify(reply));
    const { now, released, setup, certificates: left = {}, ...rest } = reply;
    const named = Object.entries(document["desired"] as Json).flatMap(([key, values]) => (step.set && /^EXCHANGE\\/i.test(key) ? Object.keys(values as Json) : []));
    assert.deepEqual(Object.keys(left as Json), named);
    assert.ok(Object.values(left as Json).every((one) => isCertificates(one as Json)), JSON.stringify(left));
    assert.deepEqual(setup && { ...(setup as Json), log: undefined }, step.setup && { ...step.setup, log: undefined });
    assert.match(String(now), time);
    // In the order in which a registry lists its records, which is another one on every system.
    assert.deepEqual([...(released as string[])].sort(), [...(step.released ?? [])].sort());
    assert.deepEqual(rest, {
        protocol: 1,
        operation: step.set ? "set" : "remove",
        ok: true,
        document: document["document"],
        owner: document["owner"],
        time: Object.keys(document).flatMap(name => /^(?:drift seen|changed|record missing|first seen) (.*)$/.exec(name)?.[1] ?? [])[0] ?? "",
        written: step.written ?? {},
        ...(step.restarted && { restarted: step.restarted }),
    });
    if (step.set) {
        seen.sent.set(`${document["owner"]}/${document["document"]}`, text);
    }
}

function pfxLines(name: CertificateName, password = certificates.password): Json[] {
    const parts = certificates[name].pfx.match(/.{1,3000}/g)!;
    return [...parts.map(pfx => ({ pfx })), { pfxPassword: password }];
}

async function give(host: Host, step: Step, text: string): Promise<void> {
    const reply = await host.call("Set", text);
    assert.deepEqual([reply["ok"], reply["written"]], [true, step.written], JSON.stringify(reply));
}

async function send(host: Host, step: Step, [to, text]: [string, string]): Promise<void> {
    const reply = to === "observe" ? await host.probe(text) : await host.call(to === "set" ? "Set" : "Remove", text);
    checkFailure(reply, step);
}

/** The text with line feeds after it, so that its record has that many characters: a time and a line feed stand before it there. */
function padded(text: string, length = 0): string {
    const before = "2026-11-22T08:30:00.123Z\n".length;
    return text + "\n".repeat(Math.max(0, length - before - text.length));
}

async function refuse(host: Host, step: Step, { set = [], remove = [], observe: get = [] }: NonNullable<Step["refuse"]>, { place }: Seen): Promise<void> {
    const text = (one: Json | string, members: Json) => (typeof one === "string" ? one : asciiJson(members));
    const replies = await host.callSeveral([
        ...set.map(one => ["Set", text(one, standardDocument(place, one as Json))] as ["Set", string]),
        ...remove.map(one => ["Remove", text(one, standardDocument(place, one as Json))] as ["Remove", string]),
        ...get.map(one => ["Get", text(one, { protocol: 1, operation: "observe", owner: `${place.owners}a`, values: {}, ...(one as Json) })] as ["Get", string]),
    ]);
    const all = [...set, ...remove, ...get];
    assert.equal(replies.length, all.length);
    for (const [index, reply] of replies.entries()) {
        try {
            checkFailure(reply, step);
        } catch (error) {
            throw new Error(`${JSON.stringify(all[index]).slice(0, 200)}: ${(error as Error).message}`);
        }
    }
}

async function install(host: Host, step: Step, members: Json): Promise<void> {
    const reply = await host.install(members);
    if (step.error !== undefined) {
        checkFailure(reply, step);
        return;
    }
    assert.equal(reply["ok"], true, JSON.stringify(reply));
    assert.equal(reply["changed"], step.changed ?? false);
}

async function refuseUninstall(host: Host, says: string[]): Promise<void> {
    const { stdout, stderr, exitCode } = await host.uninstall();
    assert.equal(exitCode, 1);
    // A console that is narrow breaks the message into lines.
    const message = (stdout + stderr).replace(/\s+(\| )?/g, " ");
    for (const part of says) {
        assert.ok(message.includes(part), `the message does not name ${part}: ${message}`);
    }
}

async function putRecords(host: Host, records: Record<string, Json | string>, { place }: Seen): Promise<void> {
    const data = (record: Json | string) => (typeof record === "string" ? record : JSON.stringify(standardRecord(place, record)));
    const values = Object.entries(records).map(([id, record]) => [id, [1, `text ${data(record)}`]] as [string, [number, string]]);
    await importValues(host, { [`${recordKey}\\Values`]: Object.fromEntries(values) });
}

function checkFailure(reply: Json, step: Step): void {
    const error = reply["error"] as Json | undefined;
    assert.equal(reply["ok"], false, `expected a failure, received ${JSON.stringify(reply)}`);
    assert.equal(error?.["code"], step.error, JSON.stringify(error));
    assert.equal(reply["host"], step.host ?? "as it was");
    for (const part of step.says ?? []) {
        assert.ok(String(error?.["message"]).includes(part), `the message does not name ${part}: ${error?.["message"]}`);
    }
}

async function checkRegistry(host: Host, expected: RegistryTree, { place, bothViews }: Seen): Promise<void> {
    const found = { ...(await readTree(host.reg, place.key)), ...(bothViews && (await readTree(host.reg, place.key32))) };
    await addQwords(host, found);
    assert.deepEqual(found, expected);
}

/** Some hosts' reg.exe shows `(null)` for the data of every REG_QWORD: a line of PowerShell that is not the module's reads it there. */
async function addQwords(host: Host, tree: RegistryTree): Promise<void> {
    const hidden = Object.entries(tree).flatMap(([key, values]) =>
        Object.entries(values).flatMap(([name, value]) => (value[0] === "REG_QWORD" && value[1] === "(null)" ? [{ key, name, value }] : [])),
    );
    if (hidden.length > 0) {
        const data = (await host.ask(readQwords(hidden.map(({ key, name }) => [key, name])))).split(/\r?\n/);
        hidden.forEach(({ value }, index) => (value[1] = data[index] ?? ""));
    }
}

async function checkRecords(host: Host, expected: Record<string, Json>, seen: Seen): Promise<void> {
    const { values } = (seen.records ??= await readRecords(host, seen));
    const found = Object.entries(values).map(([id, data]) => {
        assert.doesNotMatch(data, /[\r\n]/, `the record of ${id} has more than one line`);
        const record = parse(data);
        const repairs = Array.isArray(record["repairs"]) ? record["repairs"].map(repair => withoutTime(String(repair))) : record["repairs"];
        return [id, typeof record["original"] === "string" ? JSON.stringify({ ...record, repairs }) : data];
    });
    const wanted = Object.entries(expected).map(([id, members]) => [id, JSON.stringify(standardRecord(seen.place, members))]);
    assert.deepEqual(Object.fromEntries(found), Object.fromEntries(wanted));
}

async function checkDocuments(host: Host, expected: string[], seen: Seen): Promise<void> {
    const { documents } = (seen.records ??= await readRecords(host, seen));
    assert.deepEqual(Object.keys(documents).sort(), [...expected].sort());
    for (const name of expected) {
        const [, writtenAt, text] = /^([^\r\n]*)\r?\n([\s\S]*)$/.exec(documents[name]!) ?? [];
        assert.match(String(writtenAt), time);
        assert.equal(text?.trimEnd(), seen.sent.get(name)?.trimEnd());
    }
}

/** Raw records, read by reg.exe. */
interface Records {
    values: Record<string, string>;
    documents: Record<string, string>;
}

/** The records of a case. */
async function readRecords(host: Host, { place: { key, key32, owners }, kept, virtual }: Seen): Promise<Records> {
    const tree: RegistryTree = await readTree(host.reg, recordKey);
    const own = (part: string, beginnings: string[]) =>
        Object.fromEntries(
            Object.entries(tree[`${recordKey}\\${part}`] ?? {})
                .filter(([name]) => beginnings.some(beginning => name.toLowerCase().startsWith(beginning.toLowerCase())))
                .map(([name, [, data]]) => [name, data]),
        );
    const keys = [key, key32, key.replace("HKLM", "HKLM32"), `SERVICE\\${kept["service"]}`, ...virtual].map(each => `${each}\\`);
    return { values: own("Values", keys), documents: own("Documents", [owners]) };
}

/** Whether a step speaks of the 32-bit view. */
export function usesKey32({ steps, place: { key, key32 } }: Case): boolean {
    const text = JSON.stringify(steps).toLowerCase();
    return [key32, key.replace("HKLM", "HKLM32")].some(each => text.includes(JSON.stringify(each).slice(1, -1).toLowerCase()));
}

function parse(data: string): Json {
    try {
        return JSON.parse(data) as Json;
    } catch {
        return {};
    }
}

function withoutTime(repair: string): string {
    const [at = "", ...rest] = repair.split(" ");
    assert.match(at, time);
    return rest.join(" ");
}

function withKept(step: Step, kept: Record<string, string>): Step {
    const inside = (name: string) => JSON.stringify(kept[name]).slice(1, -1);
    return JSON.parse(JSON.stringify(step).replace(/<([a-z]+)>/g, (all, name: string) => (name in kept ? inside(name) : all))) as Step;
}
