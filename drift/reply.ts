import { createHash } from "crypto";
import { parseNotation } from "./notation";
import { protocol } from "./render";
import { parseReadings, parseSetup } from "./readings";
import { mask, printable, show } from "./show";
import type { Facts, ModuleState, Observation, ObserveRequest, ServiceState, ValueTree } from "./types";

/** The JSON of a frame that says `"ok": true`. */
export interface Reply {
    protocol: number;
    operation: string;
    ok: true;
    [member: string]: unknown;
}

/**
 * `nothing` no output, `frame` no whole frame or more than one, `hash` bytes or hash differ from what the header says, `protocol` another
 * protocol number, `shape` not what the protocol says, `exit` a whole reply but another exit code than it should have, `failed` the host
 * says why it failed.
 */
export type ReplyReason = "nothing" | "frame" | "hash" | "protocol" | "shape" | "exit" | "failed";

/** A reply that is no proof of anything. The message says what was received, cut and without secrets. */
export class ReplyError extends Error {
    public constructor(
        public readonly reason: ReplyReason,
        message: string,
        /** With reason `failed`: the code of docs/protocol.md. */
        public readonly code?: string,
        /** With reason `failed`: in what state the host is, such as "as it was". Empty where the reply does not say. */
        public readonly host?: string,
    ) {
        super(message);
        this.name = "ReplyError";
    }
}

const header = /^HYBRID-IDENTITY-REPLY (\d{1,9}) (\d{1,12}) ([0-9a-f]{64})$/;
const end = "HYBRID-IDENTITY-END";

/**
 * The one reply in what a command wrote; noise before and after it is tolerated.
 * @param secrets What must not appear in an error: passwords, private keys.
 * @throws ReplyError unless the exit code is 0 and there is exactly one valid frame, with `"ok": true`.
 */
export function parseReply(stdout: string, exitCode: number, secrets: readonly string[] = []): Reply {
    const received = (limit = 300): string => show(mask(stdout, secrets), limit);
    if (stdout.trim() === "") {
        throw new ReplyError("nothing", `The host answered nothing (exit code ${exitCode}).`);
    }
    const lines = stdout.split(/\r?\n/);
    const starts = lines.flatMap((line, at) => (line.startsWith("HYBRID-IDENTITY-REPLY") ? at : []));
    if (starts.length !== 1) {
        const what = starts.length === 0 ? "no reply" : `${starts.length} replies where one was expected`;
        throw new ReplyError("frame", `The host's answer holds ${what} (exit code ${exitCode}). Received: ${received()}`);
    }
    const at = starts[0]!;
    const stop = lines.indexOf(end, at);
    const [, version, bytes, hash] = header.exec(lines[at]!) ?? [];
    if (bytes === undefined || hash === undefined || stop < 0) {
        throw new ReplyError("frame", `The host's reply was cut or damaged (exit code ${exitCode}). Received: ${received()}`);
    }
    if (Number(version) !== protocol) {
        throw new ReplyError("protocol", `The host speaks protocol ${version}, this library ${protocol}. Let them be of one version.`);
    }
    const payload = lines.slice(at + 1, stop).join("");
    if (/[^\x20-\x7f]/.test(payload) || payload.length !== Number(bytes) || createHash("sha256").update(payload).digest("hex") !== hash) {
        const what = `${payload.length} of ${bytes} bytes, exit code ${exitCode}`;
        throw new ReplyError("hash", `The host's reply was damaged on its way (${what}). Received: ${received()}`);
    }
    const body = parseBody(payload, received);
    if (body["ok"] === false) {
        throw failure(body, secrets, received);
    }
    if (body["ok"] !== true || body["protocol"] !== protocol || typeof body["operation"] !== "string") {
        throw new ReplyError("shape", `The host's reply misses "protocol", "operation" or "ok". Received: ${received()}`);
    }
    if (exitCode !== 0) {
        throw new ReplyError(
            "exit",
            `The host says that all went well, but the command ended with exit code ${exitCode}. Received: ${received()}`,
        );
    }
    return body as Reply;
}

/**
 * The reply to an `observe` request. A value that was asked and not answered is `unknown:...`, never absent.
 * @throws ReplyError (`shape`) that names the member which is not as docs/protocol.md has it.
 */
export function parseObservation(reply: Reply, request: ObserveRequest): Observation {
    if (reply.operation !== "observe") {
        throw new ReplyError("shape", `The host answered the operation ${show(reply.operation)}, not "observe".`);
    }
    const facts = member(reply, "facts", "object") as Record<string, unknown>;
    const text = (name: string): string => member(facts, name, "string", "facts.") as string;
    const checked: Facts = {
        computerName: text("computerName"),
        user: text("user"),
        elevated: member(facts, "elevated", "boolean", "facts.") as boolean,
        osBuild: member(facts, "osBuild", "number", "facts.") as number,
        osName: text("osName"),
        bootTime: text("bootTime"),
        now: text("now"),
        powershell: text("powershell"),
        languageMode: text("languageMode"),
        ...(own(facts, "moduleFound") === undefined ? {} : { moduleFound: member(facts, "moduleFound", "boolean", "facts.") as boolean }),
        ...(own(facts, "executionPolicy") === undefined ? {} : { executionPolicy: text("executionPolicy") }),
    };
    return {
        facts: checked,
        module: parseModule(reply),
        marker: member(reply, "marker", "string") as string,
        values: answers(member(reply, "values", "object") as Record<string, unknown>, request),
        services: parseServices(reply, request.services ?? []),
        ...parseReadings(reply, request),
        records: parseRecordTexts(reply["records"]),
        ...(reply["recorded"] === undefined ? {} : { recorded: allAnswers(member(reply, "recorded", "object") as Record<string, unknown>) }),
    };
}

function parseBody(payload: string, received: () => string): Record<string, unknown> {
    let body: unknown;
    try {
        body = JSON.parse(payload);
    } catch {
        body = undefined;
    }
    if (!isObject(body)) {
        throw new ReplyError("shape", `The host's reply is no JSON object. Received: ${received()}`);
    }
    return body;
}

function failure(body: Record<string, unknown>, secrets: readonly string[], received: () => string): ReplyError {
    const error = body["error"];
    if (!isObject(error) || typeof error["code"] !== "string" || typeof error["message"] !== "string") {
        return new ReplyError("shape", `The host says that it failed, but not why. Received: ${received()}`);
    }
    const host = typeof body["host"] === "string" ? printable(mask(body["host"], secrets), 2000) : "";
    const message = printable(mask(error["message"], secrets), 1000);
    const state = host === "" ? "" : ` The host is ${host}.`;
    return new ReplyError(
        "failed",
        `The host refused or failed (${printable(error["code"], 40)}): ${message}${state}`,
        error["code"],
        host,
    );
}

function answers(values: Record<string, unknown>, request: ObserveRequest): ValueTree {
    const tree = Object.entries(request.values).map(([key, names]) => {
        const found = own(values, key);
        return [key, Object.fromEntries(names.map((name) => [name, notation(isObject(found) ? own(found, name) : undefined)]))];
    });
    return Object.fromEntries(tree);
}

/** Values that nobody asked for by name. */
function allAnswers(values: Record<string, unknown>): ValueTree {
    const names = Object.keys(values).map((key) => [key, Object.entries(member(values, key, "object", "recorded.") as object)] as const);
    return Object.fromEntries(names.map(([key, found]) => [key, Object.fromEntries(found.map(([name, answer]) => [name, notation(answer)]))]));
}

function notation(answer: unknown): string {
    if (answer === undefined) {
        return "unknown:the host did not answer it";
    }
    try {
        parseNotation(answer as string);
        return answer as string;
    } catch {
        return `unknown:the host answered ${show(answer)}, which is no value`;
    }
}

function parseModule(reply: Reply): ModuleState | null {
    if (reply["module"] === null) {
        return null;
    }
    const module = member(reply, "module", "object") as Record<string, unknown>;
    const text = (name: string): string => member(module, name, "string", "module.") as string;
    return { version: text("version"), sha256: text("sha256"), unsignedSha256: text("unsignedSha256") };
}

function parseServices(reply: Reply, names: readonly string[]): Record<string, ServiceState> {
    const services = member(reply, "services", "object") as Record<string, unknown>;
    const states = names.map((name) => {
        if (own(services, name) === undefined) {
            return [name, { state: "unknown:the host did not answer for it", startTime: "" }];
        }
        const at = `services.${name}`;
        const checked = member(services, name, "object", "services.") as Record<string, unknown>;
        const known = { state: member(checked, "state", "string", `${at}.`), startTime: member(checked, "startTime", "string", `${at}.`) };
        return [name, { ...known, ...parseSetup(checked) }];
    });
    return Object.fromEntries(states);
}

function parseRecordTexts(records: unknown): Observation["records"] {
    if (typeof records === "string") {
        return records;
    }
    const parts = ["values", "documents"].map((part) => {
        const texts = member(isObject(records) ? records : {}, part, "object", "records.") as Record<string, unknown>;
        for (const name of Object.keys(texts)) {
            member(texts, name, "string", `records.${part}.`);
        }
        return texts as Record<string, string>;
    });
    return { values: parts[0]!, documents: parts[1]! };
}

function member(object: Record<string, unknown>, name: string, type: "string" | "number" | "boolean" | "object", where = ""): unknown {
    const value = own(object, name);
    if (type === "object" ? !isObject(value) : typeof value !== type) {
        throw new ReplyError(
            "shape",
            `The host's reply is not as the protocol has it: ${where}${name} should be of type ${type}; received ${show(value)}.`,
        );
    }
    return value;
}

function own(object: Record<string, unknown>, name: string): unknown {
    return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
