import { isObject } from "./json";
import { show } from "./show";
import type { CertificateReading, FoundEvents, FoundSmtpLogs, Observation, ObserveRequest, Product, ServiceState } from "./types";

// What a reply says of a host beside values. A member that is missing was not asked, or an older module answered; an answer that is missing
// or is none is unknown, never absent.

type Json = Record<string, unknown>;
type Readings = Pick<Observation, "products" | "accounts" | "names" | "certificates" | "events" | "smtpLogs">;

const notAnswered = "unknown:the host did not answer it";

/** The optional members of an `observe` reply that were asked. */
export function parseReadings(reply: Json, request: ObserveRequest): Readings {
    const readings: Readings = {};
    if (request.products && reply["products"] !== undefined) {
        readings.products = byName(reply["products"], request.products, (answer) => listOr(answer, isProduct));
    }
    if (request.accounts && reply["accounts"] !== undefined) {
        readings.accounts = byName(reply["accounts"], request.accounts, sid);
    }
    if (request.names && reply["names"] !== undefined) {
        readings.names = byName(reply["names"], request.names, (answer) => (answer === "absent" ? answer : listOr(answer, isText)));
    }
    if (request.certificates && reply["certificates"] !== undefined) {
        readings.certificates = byName(reply["certificates"], request.certificates, (answer) => (isCertificateReading(answer) ? answer : unknown(answer)));
    }
    if (request.events && reply["events"] !== undefined) {
        readings.events = inOrder(reply["events"], request.events, isFoundEvents);
    }
    if (request.smtpLogs && reply["smtpLogs"] !== undefined) {
        readings.smtpLogs = inOrder(reply["smtpLogs"], request.smtpLogs, isFoundSmtpLogs);
    }
    return readings;
}

/** What a reply says of how a service is set up; nothing where an older module answered. */
export function parseSetup(service: Json): Omit<ServiceState, "state" | "startTime"> {
    const { account, sid: of, startType, dependents } = service;
    return {
        ...(account === undefined ? {} : { account: isText(account) ? account : unknown(account) }),
        ...(of === undefined ? {} : { sid: of === "" ? of : sid(of) }),
        ...(startType === undefined ? {} : { startType: isText(startType) ? startType : unknown(startType) }),
        ...(dependents === undefined ? {} : { dependents: listOr(dependents, isText) }),
    };
}

function byName<T>(answers: unknown, names: readonly string[], parse: (answer: unknown) => T): Record<string, T> {
    const own = (name: string): unknown => (isObject(answers) && Object.hasOwn(answers, name) ? answers[name] : undefined);
    return Object.fromEntries(names.map((name) => [name, parse(own(name))]));
}

function inOrder<T>(answers: unknown, questions: readonly unknown[], isAnswer: (answer: unknown) => answer is T): (T | string)[] {
    const all: unknown[] = Array.isArray(answers) ? answers : [];
    return questions.map((_, at) => {
        const answer = all[at];
        return isAnswer(answer) ? answer : unknown(answer);
    });
}

function sid(answer: unknown): string {
    return isText(answer) && /^(S-1(-\d+)+|absent)$/.test(answer) ? answer : unknown(answer);
}

function listOr<T>(answer: unknown, isItem: (item: unknown) => item is T): T[] | string {
    return Array.isArray(answer) && answer.every(isItem) ? answer : unknown(answer);
}

/** What the host says of why it does not know, or what is wrong with its answer. */
function unknown(answer: unknown): string {
    if (answer === undefined) {
        return notAnswered;
    }
    const said = isText(answer) && answer.startsWith("unknown:");
    return said ? answer : `unknown:the host answered ${show(answer)}, which is no answer to that`;
}

function isProduct(item: unknown): item is Product {
    const texts = isObject(item) && ["code", "version", "uninstallString"].every((name) => isText(item[name]));
    return texts && (item["view"] === "64" || item["view"] === "32");
}

function isCertificateReading(answer: unknown): answer is CertificateReading {
    const texts = ["thumbprint", "serial", "notBefore", "notAfter", "key", "access"];
    const isCertificate = (item: unknown): boolean => isObject(item) && texts.every((name) => isText(item[name])) && typeof item["chosen"] === "boolean";
    const { saved, others = {} } = isObject(answer) ? answer : {};
    const named = isObject(others) && Object.values(others).every(isText);
    return isObject(answer) && named && Array.isArray(answer["certificates"]) && answer["certificates"].every(isCertificate) && (isText(saved) || (Array.isArray(saved) && saved.every(isText)));
}

function isFoundEvents(answer: unknown): answer is FoundEvents {
    if (!isObject(answer) || !Number.isInteger(answer["count"]) || !isText(answer["since"]) || typeof answer["more"] !== "boolean") {
        return false;
    }
    return Array.isArray(answer["newest"]) && answer["newest"].every(isEvent);
}

function isEvent(item: unknown): boolean {
    return isObject(item) && Number.isInteger(item["id"]) && isText(item["time"]) && isText(item["provider"]) && isText(item["message"]);
}

function isFoundSmtpLogs(answer: unknown): answer is FoundSmtpLogs {
    if (!isObject(answer) || !Number.isInteger(answer["read"]) || typeof answer["more"] !== "boolean" || !isObject(answer["seen"])) {
        return false;
    }
    const { folders, failures, seen, works = {}, met = [] } = answer;
    const told = isObject(works) && Object.values(works).every(isText) && Array.isArray(met) && met.every(isText);
    const haveTexts = (items: unknown, ...names: string[]) => Array.isArray(items) && items.every((item) => isObject(item) && names.every((name) => isText(item[name])));
    const counted = haveTexts(failures, "connector", "reason", "thumbprint", "last") && (failures as Json[]).every((one) => Number.isInteger(one["count"]));
    return told && counted && haveTexts(folders, "role", "path", "logging", "last") && Object.values(seen).every(isText);
}

function isText(value: unknown): value is string {
    return typeof value === "string";
}
