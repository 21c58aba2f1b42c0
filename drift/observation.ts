import { isObject } from "./json";
import { parseNotation } from "./notation";
import { parseReadings, parseSetup } from "./readings";
import { ReplyError, type Reply } from "./reply";
import { show } from "./show";
import type { Facts, ModuleState, Observation, ObserveRequest, ServiceState, ValueTree } from "./types";

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
