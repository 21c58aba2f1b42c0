import { malformed, member } from "./document";
import type { PretendHost } from "./host";
import { joinedText, type JsonObject } from "./json";
import { compareVersions, moduleHash } from "./observe";
import { ROOT, writeHolder, writeRecord } from "./records";
import { Failure } from "./reply";

/** Installs the module under its version. Does nothing to files that already have the hash; marker and readers are kept up to date all the same. */
export function installModule(host: PretendHost, request: JsonObject): JsonObject {
    const version = member(request, "version");
    const sha256 = member(request, "sha256");
    const marker = member(request, "marker");
    const readers = request["readers"];
    const psm1 = joinedText(request["psm1"]);
    if (!/^\d{1,5}\.\d{1,5}\.\d{1,5}$/.test(version)) {
        throw malformed("version must be three numbers with dots");
    }
    if (!/^[0-9a-f]{64}$/.test(sha256) || !/^[\x20-\x7e]{1,200}$/.test(marker)) {
        throw malformed("sha256 must be 64 hexadecimal digits, and marker a line of plain ASCII");
    }
    if (!Array.isArray(readers) || !readers.every((reader): reader is string => typeof reader === "string")) {
        throw malformed("readers must be an array of account names");
    }
    if (psm1 === undefined) {
        throw malformed("psm1 must be an array of strings");
    }
    const wanted = { psm1, psd1: manifestIn(psm1) };
    const hash = moduleHash(wanted);
    if (hash !== sha256) {
        throw new Failure("install", `the module that arrived has SHA-256 ${hash}, which is not the one that was announced`);
    }
    const stranger = readers.find(reader => !isKnown(reader));
    if (stranger !== undefined) {
        throw new Failure("install", `readers: ${stranger} is no account that this host knows`);
    }
    host.registry.protect(ROOT, readers);
    writeHolder(host, `install ${version}`);
    const found = host.modules[version];
    const changed = !found || moduleHash(found) !== hash;
    host.modules[version] = wanted;
    const removed = Object.keys(host.modules).filter(other => compareVersions(other, version) < 0);
    removed.forEach(other => delete host.modules[other]);
    // Last: a marker tells of a finished install.
    writeRecord(host, ROOT, "Module", marker);
    return { version, changed, removed };
}

/** A module writes the manifest that it holds. */
function manifestIn(psm1: string): string {
    return /^\$Manifest = '((?:[^']|'')*)'$/m.exec(psm1)?.[1]?.replaceAll("''", "'") ?? "";
}

/** Accounts and groups by name or SID: all but those whose names say that they are none. */
function isKnown(reader: string): boolean {
    return reader.startsWith("S-1-") ? /^S-1-\d+(-\d+)+$/.test(reader) : !reader.includes("NoSuch");
}
