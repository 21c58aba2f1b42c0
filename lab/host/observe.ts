import { createHash } from "node:crypto";
import { line, malformed, readNames } from "./document";
import type { ModuleFiles, PretendHost } from "./host";
import { isObject, type JsonObject } from "./json";
import { isProperty, isVirtual, splitValueId, upper } from "./paths";
import { readPlace } from "./places";
import { DOCUMENTS, readRecords, recordData, ROOT, VALUES, type KnownValue } from "./records";
import { readings, readQuestions } from "./readings";
import { AccessDenied, orUnknown, unknown } from "./registry";

/** The members of an observe reply. Reads only. Throws Failure `malformed`. */
export function observeHost(host: PretendHost, request: JsonObject): JsonObject {
    const owner = line(request, "owner");
    const questions = readQuestions(request);
    const values: Record<string, Record<string, string>> = {};
    for (const { key, name } of readNames(request["values"], "values")) {
        if (isVirtual(key) && !isProperty(key, name)) {
            throw malformed(`values: ${key} has other values: a service has State and StartType, MIM\\ExchangeOnline has ClientSecretKeyId, MIM\\Setup has Properties and RebootNeeded, EXCHANGE\\TransportCertificates has TLS names, <I>issuer<S>subject`);
        }
        (values[key] ??= {})[name] = orUnknown(() => readPlace(host, key, name));
    }
    Object.keys(request["values"] as JsonObject).forEach(key => (values[key] ??= {}));
    return {
        facts: {
            computerName: host.facts.computerName,
            user: host.user,
            elevated: host.elevated,
            osBuild: host.facts.osBuild,
            osName: host.facts.osName,
            bootTime: host.bootTime,
            now: host.clock().toISOString(),
            powershell: host.facts.powershell,
            languageMode: host.facts.languageMode,
            moduleFound: host.facts.moduleFound ?? true,
            executionPolicy: host.facts.executionPolicy ?? "RemoteSigned",
        },
        module: moduleState(host),
        marker: marker(host),
        values,
        ...readings(host, request, questions),
        records: records(host),
        recorded: recorded(host, owner, request["values"]),
    };
}

/** What is there of values that records of this owner name and the request does not. */
function recorded(host: PretendHost, owner: string, asked: unknown): JsonObject {
    const known = new Set(readNames(asked, "values").map(({ same }) => same));
    const found: Record<string, Record<string, string>> = {};
    for (const { id, same, record, lost } of knownRecords(host)) {
        if (lost === "" && record.owner === owner && !known.has(same)) {
            const { key, name } = splitValueId(id);
            (found[key] ??= {})[name] = orUnknown(() => readPlace(host, key, name));
        }
    }
    return found;
}

/** None where they may not be read; `records` says that. */
function knownRecords(host: PretendHost): KnownValue[] {
    try {
        return mayReadRecords(host) ? [...readRecords(host).values.values()] : [];
    } catch (error) {
        if (error instanceof AccessDenied) {
            return [];
        }
        throw error;
    }
}

/** The newest installed version 1.x, which is the one that Import-Module takes. */
export function newestModule(host: PretendHost): string | undefined {
    return Object.keys(host.modules)
        .filter(version => version.startsWith("1."))
        .sort(compareVersions)
        .at(-1);
}

export function compareVersions(a: string, b: string): number {
    const [x, y] = [a.split(".").map(Number), b.split(".").map(Number)];
    return x.map((part, at) => part - (y[at] ?? 0)).find(difference => difference !== 0) ?? 0;
}

/** SHA-256 over psm1 followed by psd1. */
export function moduleHash({ psm1, psd1 }: ModuleFiles): string {
    return createHash("sha256").update(psm1, "latin1").update(psd1, "latin1").digest("hex");
}

function moduleState(host: PretendHost): JsonObject | null {
    const version = newestModule(host);
    const files = version === undefined ? undefined : host.modules[version];
    if (!files) {
        return null;
    }
    const unsigned = { psm1: withoutSignature(files.psm1), psd1: withoutSignature(files.psd1) };
    return { version, sha256: moduleHash(files), unsignedSha256: moduleHash(unsigned) };
}

/** Signing appends a block of comments, on a line of its own. */
function withoutSignature(text: string): string {
    return text.replace(/\r?\n# SIG # Begin signature block[^]*$/, "");
}

function marker(host: PretendHost): string {
    return mayReadRecords(host) ? (recordData(orUnknown(() => host.registry.read(ROOT, "Module"))) ?? "") : "";
}

function records(host: PretendHost): JsonObject | string {
    if (!mayReadRecords(host)) {
        return "unknown:denied";
    }
    try {
        return { values: recordTexts(host, VALUES), documents: recordTexts(host, DOCUMENTS) };
    } catch (error) {
        return unknown(error);
    }
}

function recordTexts(host: PretendHost, key: string): Record<string, string> {
    return Object.fromEntries(
        host.registry.list(key).map(({ name, notation }) => [name, recordData(notation) ?? "unknown:type"]),
    );
}

/** The records are protected: administrators, and the accounts and groups that the install was told. */
function mayReadRecords(host: PretendHost): boolean {
    const readers = host.registry.readersOf(ROOT);
    const accounts = [host.user, ...host.groups].map(upper);
    return host.elevated || readers === undefined || readers.some(reader => accounts.includes(upper(reader)));
}
