import { sidOf } from "./accounts";
import { certificateReading } from "./certificates";
import { malformed } from "./document";
import { findEvents, type EventQuestion } from "./events";
import type { PretendHost } from "./host";
import { isObject, type JsonObject } from "./json";
import { hiveService, valueNames } from "./names";
import { BadName, nativePath, TLS_NAME } from "./paths";
import { findProduct } from "./products";
import { serviceFact } from "./services";
import { findSmtpLogs, ROLES, type SmtpLogQuestion } from "./smtpLogs";

/** What a request asks beside values, checked. */
export interface Questions {
    services: string[];
    products: string[];
    accounts: string[];
    names: string[];
    /** TLS names of connectors. */
    certificates: string[];
    events: EventQuestion[];
    smtpLogs: SmtpLogQuestion[];
}

const SERVICE = /^[^\\/\x00-\x1f]{1,256}$/;
const PRODUCT = /^[^\x00-\x1f]{1,256}$/;
const ACCOUNT = /^(?:(?!\.\.\\)[^\\\x00-\x1f]{1,255}\\)?(?!\.{1,2}$)[^\\\x00-\x1f]{1,255}$/;
const CONNECTOR = /^[^\x00-\x1f]{1,256}$/;
const FOLDER = /^[a-z]:(?:\\(?!\.{1,2}(?:\\|$))[^\x00-\x1f\\/:*?"<>|]{1,255})+\\?$/i;
const LOG = /^(?!\.{1,2}$)[^\x00-\x1f*?[\]\\:"<>|]{1,255}$/;
const PROVIDER = /^[^\x00-\x1f?[\]]{1,255}$/;

/** Throws Failure `malformed`, which names the member and what was received. */
export function readQuestions(request: JsonObject): Questions {
    const names = nameList(request, "names", /^/);
    names.forEach(checkKey);
    return {
        services: nameList(request, "services", SERVICE),
        products: nameList(request, "products", PRODUCT),
        accounts: nameList(request, "accounts", ACCOUNT),
        names,
        certificates: nameList(request, "certificates", TLS_NAME),
        events: list(request, "events").map((question, index) => eventQuestion(question, `events[${index}]`)),
        smtpLogs: list(request, "smtpLogs").map((question, index) => smtpLogQuestion(question, `smtpLogs[${index}]`)),
    };
}

/** Answers each member that is asked, and no other. */
export function readings(host: PretendHost, request: JsonObject, asked: Questions): JsonObject {
    const answers: Record<keyof Questions, unknown> = {
        services: byName(asked.services, name => serviceFact(host, name)),
        products: byName(asked.products, name => findProduct(host, name)),
        accounts: byName(asked.accounts, name => sidOf(host, name)),
        names: byName(asked.names, key => valueNames(host, key)),
        certificates: byName(asked.certificates, name => certificateReading(host, name)),
        events: asked.events.map(question => findEvents(host, question)),
        smtpLogs: asked.smtpLogs.map(question => findSmtpLogs(host, question)),
    };
    return Object.fromEntries(Object.entries(answers).filter(([member]) => member === "services" || member in request));
}

function byName(names: string[], answer: (name: string) => unknown): JsonObject {
    return Object.fromEntries(names.map(name => [name, answer(name)]));
}

function list(json: JsonObject, member: string): unknown[] {
    const found = json[member] === undefined ? [] : json[member];
    if (!Array.isArray(found)) {
        throw unexpected(member, "an array", found);
    }
    return found;
}

function nameList(json: JsonObject, member: string, pattern: RegExp): string[] {
    return list(json, member).map(name => checked(name, member, pattern));
}

function checked(name: unknown, member: string, pattern: RegExp): string {
    if (typeof name !== "string" || !pattern.test(name)) {
        throw unexpected(member, "another name", name);
    }
    return name;
}

function checkKey(key: string): void {
    try {
        nativePath(key);
    } catch (error) {
        throw error instanceof BadName ? malformed(`names: ${error.message}`) : error;
    }
    if (/\\\.{1,2}(\\|$)/.test(key)) {
        throw unexpected("names", "a key without . and ..", key);
    }
    checked(hiveService(key) ?? "none", "names", SERVICE);
}

function eventQuestion(question: unknown, member: string): EventQuestion {
    if (!isObject(question)) {
        throw unexpected(member, "an object", question);
    }
    const { log, provider, ids, since, sinceStartOf } = question;
    if (!Array.isArray(ids) || ids.length < 1 || ids.length > 20 || !ids.every(isEventId)) {
        throw unexpected(`${member}.ids`, "1 to 20 whole numbers from 0 to 65535", ids);
    }
    if ((since === undefined) === (sinceStartOf === undefined)) {
        throw unexpected(member, "either since or sinceStartOf", question);
    }
    if (since !== undefined && !isTime(since)) {
        throw unexpected(`${member}.since`, "a time", since);
    }
    return {
        log: checked(log, `${member}.log`, LOG),
        provider: checked(provider, `${member}.provider`, PROVIDER),
        ids,
        ...(since === undefined ? { sinceStartOf: checked(sinceStartOf, `${member}.sinceStartOf`, SERVICE) } : { since }),
    };
}

function smtpLogQuestion(question: unknown, member: string): SmtpLogQuestion {
    if (!isObject(question)) {
        throw unexpected(member, "an object", question);
    }
    const { since, maximumBytes = 300_000_000, folders = {} } = question;
    if (!isTime(since)) {
        throw unexpected(`${member}.since`, "a time", since);
    }
    if (!Number.isInteger(maximumBytes) || Number(maximumBytes) < 1 || Number(maximumBytes) > 1e12) {
        throw unexpected("maximumBytes", "a whole number", maximumBytes);
    }
    if (!isObject(folders)) {
        throw unexpected("folders", "an object", folders);
    }
    const odd = Object.keys(folders).find(role => !ROLES.includes(role));
    if (odd !== undefined) {
        throw unexpected(`${member}.folders`, ROLES.join(", "), odd);
    }
    return {
        since,
        maximumBytes: Number(maximumBytes),
        connectors: list(question, "connectors").map(name => checked(name, `${member}.connectors`, CONNECTOR)),
        folders: Object.fromEntries(Object.entries(folders).map(([role, path]) => [role, checked(path, `${member}.folders.${role}`, FOLDER)])),
    };
}

function isEventId(id: unknown): id is number {
    return Number.isInteger(id) && Number(id) >= 0 && Number(id) <= 65_535;
}

function isTime(text: unknown): text is string {
    return typeof text === "string" && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text;
}

function unexpected(member: string, what: string, received: unknown): ReturnType<typeof malformed> {
    return malformed(`${member}: expected ${what}; received ${JSON.stringify(received)?.slice(0, 200) ?? "nothing"}`);
}
