import { isObject } from "../drift/json";
import { show } from "../drift/show";

/** A host as the file names it; what it leaves out is as on the command line. */
export interface ListedHost {
    host: string;
    port?: number;
    user?: string;
    hostKey?: string;
    powershell?: string;
}

const members = ["host", "port", "user", "hostKey", "powershell"];

/**
 * Reads a list of hosts: one a line, `NAME[:PORT] [HOST KEY]`, where `#` begins a comment; or a JSON array of such texts or of objects with the
 * members above. Problems say which line or entry.
 */
export function readHosts(text: string): { hosts: ListedHost[]; problems: string[] } {
    const problems: string[] = [];
    const take = (at: string, entry: unknown): ListedHost[] => {
        const found = typeof entry === "string" ? fromLine(entry) : fromObject(entry);
        if (typeof found === "string") {
            problems.push(`${at}: ${found}`);
            return [];
        }
        return [found];
    };
    const hosts = /^\s*\[\s*["{\]]/.test(text) ? fromJson(text, problems).flatMap((entry, at) => take(`entry ${at + 1}`, entry)) : linesOf(text).flatMap(({ line, number }) => take(`line ${number}`, line));
    if (hosts.length === 0 && problems.length === 0) {
        problems.push("names no host. Write one a line: NAME[:PORT] [HOST KEY]");
    }
    return { hosts, problems };
}

function linesOf(text: string): { line: string; number: number }[] {
    return text.split(/\r?\n/).map((line, at) => ({ line: line.replace(/^\ufeff/, "").replace(/(^|\s)#.*/, "").trim(), number: at + 1 })).filter(({ line }) => line !== "");
}

function fromJson(text: string, problems: string[]): unknown[] {
    try {
        return JSON.parse(text) as unknown[];
    } catch (error) {
        problems.push(`begins like JSON and is none: ${(error as Error).message}`);
        return [];
    }
}

function fromLine(line: string): ListedHost | string {
    const [, bracketed, plain, port, hostKey] = /^(?:\[([^\]\s]+)\]|([^\s:[\]]+|[^\s[\]]*:[^\s[\]]*:[^\s[\]]*))(?::(\d+))?(?:\s+(\S+ \S.*))?$/.exec(line) ?? [];
    const host = bracketed ?? plain;
    if (host === undefined) {
        return `must be NAME[:PORT] [HOST KEY], such as "mim01.contoso.com:22 ssh-ed25519 AAAA..."; received ${show(line)}`;
    }
    return { host, ...(port === undefined ? {} : { port: Number(port) }), ...(hostKey === undefined ? {} : { hostKey }) };
}

function fromObject(entry: unknown): ListedHost | string {
    if (!isObject(entry) || typeof entry["host"] !== "string") {
        return 'must be a text or an object with "host"';
    }
    const strange = Object.keys(entry).find((name) => !members.includes(name));
    if (strange !== undefined) {
        return `has no member ${show(strange)}; known are ${members.join(", ")}`;
    }
    const wrong = members.find((name) => entry[name] !== undefined && typeof entry[name] !== (name === "port" ? "number" : "string"));
    return wrong === undefined ? (entry as unknown as ListedHost) : `${wrong} must be a ${wrong === "port" ? "number" : "text"}`;
}
