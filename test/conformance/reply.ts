import assert from "node:assert/strict";
import { createHash } from "node:crypto";

export type Json = Record<string, unknown>;

/** What a command gave. */
export interface Output {
    stdout: string;
    stderr: string;
    exitCode: number;
}

/** What one command may take, in milliseconds. None of the suite takes that long: a host where one never ends must not hold the suite for ever. */
export const commandLimit = 300_000;

const frame = /\nHYBRID-IDENTITY-REPLY (\d+) (\d+) ([0-9a-f]{64})\n([\s\S]*?)\nHYBRID-IDENTITY-END\n/g;

/** The one frame of an output, by docs/protocol.md, and an exit code that fits it. Throws where something else came. */
export function readReply({ stdout, stderr, exitCode }: Output): Json {
    const frames = [...stdout.replaceAll("\r\n", "\n").matchAll(frame)];
    if (frames.length !== 1) {
        const came = `exit code ${exitCode}, stdout ${JSON.stringify(stdout.slice(0, 400))}, stderr ${JSON.stringify(stderr.slice(0, 400))}`;
        throw new Error(`expected exactly one frame; received ${frames.length}: ${came}`);
    }
    const reply = readFrame(frames[0]!);
    assert.equal(exitCode, reply["ok"] === true ? 0 : 1, `the exit code does not fit: ${JSON.stringify(reply).slice(0, 400)}`);
    return reply;
}

/** The frames of several commands in one process. */
export function readReplies(stdout: string): Json[] {
    return [...`\n${stdout}\n`.replaceAll("\r\n", "\n").matchAll(frame)].map(readFrame);
}

function readFrame([, protocol, bytes, hash, body = ""]: RegExpMatchArray): Json {
    const longest = Math.max(...body.split("\n").map(line => line.length));
    assert.ok(longest < 4000, `a line of the reply has ${longest} characters`);
    const json = body.replaceAll("\n", "");
    assert.match(json, /^[\x20-\x7f]*$/, "the reply is not ASCII");
    assert.equal(protocol, "1");
    assert.equal(Number(bytes), json.length);
    assert.equal(hash, createHash("sha256").update(json).digest("hex"));
    const reply = JSON.parse(json) as Json;
    assert.equal(reply["protocol"], 1);
    return reply;
}

/** JSON as docs/protocol.md asks of what is sent: ASCII, two spaces, a string of over 3,000 characters as an array. */
export function asciiJson(value: unknown): string {
    const cut = (_: string, member: unknown) => (typeof member === "string" && member.length > 3000 ? member.match(/[^]{1,600}/g) : member);
    return JSON.stringify(value, cut, 2).replace(/[^\x20-\x7e\n]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
