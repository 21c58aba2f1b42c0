import assert from "node:assert/strict";
import fixtures from "../support/certificates.json";
import type { Json } from "./reply";

const suite = [fixtures.a, fixtures.b, fixtures.other, fixtures.old].map(({ thumbprint }) => thumbprint);
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const sid = /^(S-1(-\d+)+|absent|unknown:.+)$/;

/** What the protocol allows in each member, whatever the host has. */
const forms: Record<string, (answer: unknown) => boolean> = {
    products: answer => isUnknown(answer) || (Array.isArray(answer) && answer.every(isProduct)),
    accounts: answer => typeof answer === "string" && sid.test(answer),
    names: answer => answer === "absent" || isUnknown(answer) || isTexts(answer),
    certificates: answer => isUnknown(answer) || isCertificates(answer as Json),
    events: answer => isUnknown(answer) || isEvents(answer as Json),
    smtpLogs: answer => isSmtpLogs(answer as Json),
};

/** Each member that was asked, and no other, with an answer to each question. */
export function checkAnswers(asked: Json, reply: Json): void {
    for (const [member, isForm] of Object.entries(forms)) {
        const questions = asked[member] as string[] | undefined;
        assert.equal(member in reply, questions !== undefined, member);
        const answers = reply[member] as Json | unknown[];
        const keys = member === "events" || member === "smtpLogs" ? questions?.map((_, at) => String(at)) : questions;
        assert.deepEqual(Object.keys(answers ?? {}).sort(), [...(keys ?? [])].sort(), member);
        Object.entries(answers ?? {}).forEach(([name, answer]) => assert.ok(isForm(answer), `${member}, ${name}: ${JSON.stringify(answer)}`));
    }
}

/** What a reply says of one service. */
export function checkService(found: Json): void {
    const said = JSON.stringify(found);
    assert.deepEqual(Object.keys(found).sort(), ["account", "dependents", "sid", "startTime", "startType", "state"]);
    assert.ok(/^(unknown:.+)?$/.test(String(found["startTime"])) || time.test(String(found["startTime"])), said);
    assert.match(String(found["startType"]), /^(Automatic|AutomaticDelayed|Manual|Disabled|unknown:.+)?$/, said);
    assert.ok(found["sid"] === "" ? /^(unknown:.+)?$/.test(String(found["account"])) : sid.test(String(found["sid"])), said);
    assert.ok(isUnknown(found["dependents"]) || isTexts(found["dependents"]), said);
}

/** Each member that is expected; `*` for anything. */
export function compare(found: Json, expected: Json, where: string): void {
    for (const [name, wanted] of Object.entries(expected)) {
        if (wanted !== "*") {
            assert.deepEqual(found[name], wanted, `${where}, ${name}`);
        }
    }
}

function isUnknown(answer: unknown): boolean {
    return typeof answer === "string" && /^unknown:./.test(answer);
}

function isTexts(answer: unknown): boolean {
    return Array.isArray(answer) && answer.every(text => typeof text === "string");
}

function isProduct(answer: Json): boolean {
    return Object.keys(answer).join() === "code,version,view,uninstallString" && isTexts(Object.values(answer));
}

/** A computer has certificates of its own, too; of those that others are called this leaves what the suite put there. */
export function withoutStrangers(answers: Json): Json {
    const own = (others: Json): Json => Object.fromEntries(Object.entries(others).filter(([thumbprint]) => suite.includes(thumbprint)));
    return Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, isUnknown(answer) ? answer : { ...(answer as Json), others: own((answer as Json)["others"] as Json) }]));
}

export function isCertificates({ certificates, saved, others, ...rest }: Json): boolean {
    const members = "thumbprint,serial,chosen,notBefore,notAfter,key,access";
    const listed = Array.isArray(certificates) && certificates.every(one => Object.keys(one as Json).join() === members);
    return listed && (isUnknown(saved) || isTexts(saved)) && isTexts(Object.values(others as Json)) && Object.keys(rest).length === 0;
}

function isEvents(answer: Json): boolean {
    const { count, newest, since, more, ...others } = answer;
    const known = Object.keys(others).length === 0 && Number.isInteger(count) && time.test(String(since)) && typeof more === "boolean";
    return known && Array.isArray(newest) && newest.length === Math.min(5, Number(count)) && newest.every(isEvent);
}

function isSmtpLogs({ folders, failures, works, seen, met, read, more, ...others }: Json): boolean {
    const known = Object.keys(others).length === 0 && isTexts(met) && Object.values(works as Json).every(one => time.test(String(one))) && Number.isInteger(read) && typeof more === "boolean" && isTexts(Object.values(seen as Json));
    const ofRole = (folders as Json[]).every(({ last, ...texts }) => isTexts(Object.values(texts)) && (last === "" || time.test(String(last))));
    return known && ofRole && (failures as Json[]).every(({ count, last, ...texts }) => Number.isInteger(count) && time.test(String(last)) && isTexts(Object.values(texts)));
}

function isEvent(event: Json): boolean {
    const named = time.test(String(event["time"])) && Number.isInteger(event["id"]);
    return named && isLine(event["provider"], 260) && isLine(event["message"], 1000);
}

function isLine(text: unknown, most: number): boolean {
    return typeof text === "string" && text.length <= most && !/[\x00-\x1f\x7f-\x9f]/.test(text);
}
