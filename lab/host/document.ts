import { isObject, joinedText, type JsonObject } from "./json";
import { BadNotation, normalDesired } from "./notation";
import { BadName, isVirtual, mayDesire, sameValue, serviceOf, TLS_NAME, valueId } from "./paths";
import { Failure } from "./reply";
import { jsonFault } from "./strictJson";

/** One value that a document names. */
export interface DesiredValue {
    key: string;
    name: string;
    /** The value id in the document's spelling. */
    id: string;
    /** What all spellings of this value share. */
    same: string;
    desired: string;
}

/** What a document, or the record of one, says of values. */
export interface NamedValues {
    document: string;
    owner: string;
    resource: string;
    desired: DesiredValue[];
}

/** A document as it came on stdin. */
export interface Document extends NamedValues {
    /** By what all spellings of a value share. */
    handed: Set<string>;
    takeOverFrom: string;
    /** Which timed member there is, and its time; empty for `not observed`. */
    timed: string;
    time: string;
    onDestroy: string;
    /** The services that restart where they run since before a time, by name. */
    restart: Record<string, string>;
    waitSeconds: number;
    /** Logs of setup. */
    keepLogs: number;
    /** Setup may turn TLS 1.1 on while it runs. */
    allowTemporaryTls11: boolean;
    repair: CertificateRepair;
}

/** What may be done to a connector's certificate. */
export interface CertificateRepair {
    access: boolean;
    repairStore: boolean;
    /** A thumbprint, or empty. */
    remove: string;
    otherNames: string[];
}

const TIMED = /^(drift seen|changed|record missing|first seen) ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)$|^(not observed)$/;

const RESTART = /^if started before ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)$/;

/** Throws Failure `malformed` or `protocol`; the message never repeats a value. */
export function parseDocument(text: string): Document {
    const json = parseObject(text, "document");
    const [timed, ...others] = timedMembers(json);
    if (!timed || others.length > 0) {
        throw malformed(`exactly one timed member is needed, received ${timed ? others.length + 1 : "none"}`);
    }
    if (member(json, "kind") !== "registry") {
        throw malformed("kind must be registry");
    }
    const onDestroy = member(json, "onDestroy");
    if (onDestroy !== "retain" && onDestroy !== "restore") {
        throw malformed("onDestroy must be retain or restore");
    }
    return {
        ...parseNames(json),
        handed: new Set(readNames(json["handed"] ?? {}, "handed").map(value => value.same)),
        takeOverFrom: json["takeOverFrom"] === undefined ? "" : line(json, "takeOverFrom"),
        ...timed,
        onDestroy,
        restart: restarts(json["restart"] ?? {}),
        waitSeconds: Number(json["waitSeconds"] ?? 120),
        keepLogs: Number(json["keepLogs"] ?? 3),
        allowTemporaryTls11: json["allowTemporaryTls11"] === true,
        repair: certificateRepair(json["repair"] ?? {}),
    };
}

/** Service and time by name. Throws Failure `malformed`. */
function restarts(members: unknown): Record<string, string> {
    if (!isObject(members)) {
        throw malformed("restart is not an object");
    }
    const entries = Object.entries(members).map(([service, when]) => {
        const time = RESTART.exec(typeof when === "string" ? when : "")?.[1];
        if (time === undefined || serviceOf(`SERVICE\\${service}`) === undefined) {
            throw malformed(`restart: ${service} needs "if started before" and a time`);
        }
        return [service, time] as const;
    });
    return Object.fromEntries(entries);
}

/** Throws Failure `malformed`. */
function certificateRepair(json: unknown): CertificateRepair {
    const { access = false, repairStore = false, remove = "", otherNames = [] } = isObject(json) ? json : { access: json };
    if (typeof access !== "boolean" || typeof repairStore !== "boolean") {
        throw malformed("repair: access and repairStore must be true or false");
    }
    if (typeof remove !== "string" || !/^([0-9A-F]{40})?$/.test(remove) || (isObject(json) && json["remove"] === "")) {
        throw malformed(`remove: received ${JSON.stringify(remove)}, which is no thumbprint of 40 hex digits in upper case`);
    }
    if (!Array.isArray(otherNames) || !otherNames.every(name => typeof name === "string" && TLS_NAME.test(name))) {
        throw malformed("otherNames: expected TLS names of connectors, <I>issuer<S>subject");
    }
    return { access, repairStore, remove, otherNames };
}

/** Throws Failure `malformed`. */
export function parseNames(json: JsonObject): NamedValues {
    const document = member(json, "document");
    if (!/^[a-z0-9-]{1,64}$/.test(document)) {
        throw malformed("document must be 1 to 64 of a-z, 0-9 and -");
    }
    return { document, owner: line(json, "owner"), resource: line(json, "resource"), desired: desiredValues(json["desired"]) };
}

/** A JSON object with this protocol's number. Throws Failure. */
export function parseObject(text: string, what: string): JsonObject {
    let json: unknown;
    try {
        json = JSON.parse(text);
    } catch {
        throw malformed(`the ${what} is not JSON`);
    }
    if (!isObject(json)) {
        throw malformed(`the ${what} is not a JSON object`);
    }
    const fault = jsonFault(text);
    if (fault !== undefined) {
        throw malformed(`the ${what}: ${fault}`);
    }
    if (json["protocol"] === undefined) {
        throw malformed("member protocol is missing");
    }
    if (json["protocol"] !== 1) {
        throw new Failure("protocol", `this module speaks protocol 1; the ${what} says ${JSON.stringify(json["protocol"])}`);
    }
    for (const [name, least, most] of [["limitSeconds", 1, 86_400], ["waitSeconds", 1, 3600], ["keepLogs", 0, 100]] as const) {
        const number = json[name] ?? least;
        if (!Number.isInteger(number) || Number(number) < least || Number(number) > most) {
            throw malformed(`${name} must be a whole number from ${least} to ${most}`);
        }
    }
    if (!["undefined", "boolean"].includes(typeof json["allowTemporaryTls11"])) {
        throw malformed("allowTemporaryTls11 must be true or false");
    }
    return json;
}

/** A member that must be text. Throws Failure. */
export function member(json: JsonObject, name: string): string {
    const text = joinedText(json[name]);
    if (text === undefined || text === "") {
        throw malformed(`member ${name} is missing or not text`);
    }
    return text;
}

/** A member that must be text without control characters. Throws Failure. */
export function line(json: JsonObject, name: string): string {
    const text = member(json, name);
    if (/[\x00-\x1f]/.test(text)) {
        throw malformed(`member ${name} holds a control character`);
    }
    return text;
}

/** Keys with arrays of names, in the asker's spelling. Throws Failure. */
export function readNames(tree: unknown, where: string): Array<Omit<DesiredValue, "desired">> {
    if (!isObject(tree)) {
        throw malformed(`member ${where} is missing or not an object`);
    }
    return Object.entries(tree).flatMap(([key, names]) => {
        if (!Array.isArray(names) || !names.every((name): name is string => typeof name === "string")) {
            throw malformed(`${where}: ${key} needs an array of names`);
        }
        return names.map(name => place(key, name, where));
    });
}

export function malformed(message: string): Failure {
    return new Failure("malformed", message);
}

function desiredValues(tree: unknown): DesiredValue[] {
    if (!isObject(tree)) {
        throw malformed("member desired is missing or not an object");
    }
    const values = Object.entries(tree).flatMap(([key, names]) => {
        if (!isObject(names)) {
            throw malformed(`desired: ${key} needs an object of names`);
        }
        return Object.entries(names).map(([name, notation]) => {
            const text = joinedText(notation);
            if (text === undefined) {
                throw malformed(`desired: ${valueId(key, name)} is not text`);
            }
            if (name === "" || valueId(key, name).length > 16_383 || valueId(key, name).includes("\0")) {
                throw malformed("desired: a name has at least 1 character, key and name together at most 16,381, and none of them is NUL");
            }
            if (isVirtual(key) && !mayDesire(key, name, text)) {
                throw malformed(`desired: ${valueId(key, name)} is not what can be desired there`);
            }
            return { ...place(key, name, "desired"), desired: notationOf(text, valueId(key, name)) };
        });
    });
    const seen = new Set<string>();
    for (const { same, id } of values) {
        if (seen.has(same)) {
            throw malformed(`desired: ${id} is named twice`);
        }
        seen.add(same);
    }
    return values;
}

function notationOf(text: string, id: string): string {
    try {
        return normalDesired(text);
    } catch (error) {
        throw error instanceof BadNotation ? malformed(`desired: ${id}: ${error.message}`) : error;
    }
}

function place(key: string, name: string, where: string): Omit<DesiredValue, "desired"> {
    try {
        return { key, name, id: valueId(key, name), same: sameValue(key, name) };
    } catch (error) {
        throw error instanceof BadName ? malformed(`${where}: ${error.message}`) : error;
    }
}

function timedMembers(json: JsonObject): Array<{ timed: string; time: string }> {
    return Object.keys(json).flatMap(name => {
        const [, timed, time, unobserved] = TIMED.exec(name) ?? [];
        return timed ?? unobserved ? [{ timed: timed ?? unobserved ?? "", time: time ?? "" }] : [];
    });
}
