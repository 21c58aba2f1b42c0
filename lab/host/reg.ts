import { splitArguments } from "./argv";
import type { PretendHost } from "./host";
import { BadNotation, multiJson, multiStrings, splitNotation, TYPES } from "./notation";
import { BadName, nativePath, upper } from "./paths";

export interface Output {
    stdout: string;
    stderr: string;
    exitCode: number;
}

const DONE = ok("The operation completed successfully.\r\n");
const MISSING = failed("The system was unable to find the specified registry key or value.");

/** What reg.exe of a real host does with the few forms that the conformance suite uses: add, delete, query /s, always /reg:64 and /f. */
export function reg(host: PretendHost, line: string): Output {
    const [, verb = "", key = "", ...options] = splitArguments(line);
    if (!options.includes("/reg:64") || (verb !== "query" && !options.includes("/f"))) {
        return failed("Invalid syntax.");
    }
    const value = (option: string): string | undefined => (options.includes(option) ? options[options.indexOf(option) + 1] : undefined);
    const name = options.includes("/ve") ? "(default)" : value("/v");
    try {
        const path = nativePath(shortHive(key));
        if (verb === "query") {
            return query(host, path);
        }
        if (!host.elevated) {
            return failed("Access is denied.");
        }
        if (verb === "add") {
            host.registry.createKey(path);
            if (name !== undefined) {
                host.registry.set(path, name, notation(value("/t") ?? "REG_SZ", value("/d") ?? ""));
            }
            return DONE;
        }
        if (verb === "delete") {
            const deleted = name === undefined ? host.registry.deleteKey(path) : host.registry.deleteValue(path, name);
            return deleted ? DONE : MISSING;
        }
        return failed("Invalid syntax.");
    } catch (error) {
        if (error instanceof BadName || error instanceof BadNotation || error instanceof SyntaxError) {
            return failed("Invalid syntax.");
        }
        throw error;
    }
}

function query(host: PretendHost, path: string): Output {
    const keys = host.registry.keysBelow(path);
    if (keys.length === 0) {
        return MISSING;
    }
    const blocks = keys.map(key => {
        const lines = host.registry.values(key).map(({ name, notation: found }) => {
            const { type, data } = shown(found);
            return `    ${upper(name) === "(DEFAULT)" || name === "" ? "(Default)" : name}    ${type}    ${data}\r\n`;
        });
        return `\r\n${key.replace(/^HKLM/i, "HKEY_LOCAL_MACHINE").replace(/^HKU/i, "HKEY_USERS")}\r\n${lines.join("")}`;
    });
    return ok(`${blocks.join("")}\r\n`);
}

function notation(type: string, data: string): string {
    switch (type) {
        case "REG_DWORD":
            return `dword:${BigInt(data || "0")}`;
        case "REG_QWORD":
            return `qword:${BigInt(data || "0")}`;
        case "REG_MULTI_SZ":
            return `multi:${multiJson(data === "" ? [] : data.split("\\0"))}`;
        case "REG_BINARY":
        case "REG_NONE":
            return `${type === "REG_NONE" ? "none" : "binary"}:${data.toLowerCase()}`;
        default:
            return `${Object.entries(TYPES).find(([, known]) => known === type)?.[0] ?? "?"}:${data}`;
    }
}

function shown(found: string): { type: string; data: string } {
    const { prefix, rest } = splitNotation(found);
    const type = TYPES[prefix] ?? "REG_LINK";
    switch (prefix) {
        case "dword":
        case "qword":
            return { type, data: `0x${BigInt(rest).toString(16)}` };
        case "multi":
            return { type, data: multiStrings(rest).join("\\0") };
        case "binary":
        case "none":
            return { type, data: rest.toUpperCase() };
        default:
            return { type, data: rest };
    }
}

function shortHive(key: string): string {
    return key.replace(/^HKEY_LOCAL_MACHINE(?=\\)/i, "HKLM").replace(/^HKEY_USERS(?=\\)/i, "HKU");
}

function ok(stdout: string): Output {
    return { stdout, stderr: "", exitCode: 0 };
}

function failed(why: string): Output {
    return { stdout: "", stderr: `ERROR: ${why}\r\n`, exitCode: 1 };
}
