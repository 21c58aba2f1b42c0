import { createHash } from "crypto";
import { isObject, parseObject } from "./json";
import { protocol } from "./render";
import { mask, printable, show } from "./show";

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
        throw new ReplyError(
            "protocol",
            `The module on the host speaks protocol ${version}, this library ${protocol}. Both have to be of one version: npm run module writes this one's.`,
        );
    }
    const payload = lines.slice(at + 1, stop).join("");
    if (/[^\x20-\x7f]/.test(payload) || payload.length !== Number(bytes) || createHash("sha256").update(payload).digest("hex") !== hash) {
        const what = `${payload.length} of ${bytes} bytes, exit code ${exitCode}`;
        throw new ReplyError("hash", `The host's reply was damaged on its way (${what}). Received: ${received()}`);
    }
    const body = parseObject(payload);
    if (body === undefined) {
        throw new ReplyError("shape", `The host's reply is no JSON object. Received: ${received()}`);
    }
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
