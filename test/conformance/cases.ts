import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import certificates from "../support/certificates.json";
import type { Json } from "./reply";
import type { RawTree } from "./raw";
import type { CertificateName } from "./scripts";
import type { RegistryTree } from "./registry";

export type Tree = Record<string, Record<string, unknown>>;

/** What a set or remove is expected to give. */
export interface Expectation {
    /** Default: nothing. */
    written?: Tree;
    /** Default: nothing. */
    released?: string[];
    /** Services that were restarted; default: the reply has none. */
    restarted?: string[];
    /** The code of the failure that is expected instead. */
    error?: string;
    /** A part of that failure's message. */
    says?: string[];
    /** The failure's `host`. Default: as it was. */
    host?: string;
}

/** One step of a case; exactly one of the members of the first group. */
export interface Step extends Expectation {
    /** Key, name, type and data for reg.exe. */
    add?: [string, string, string, string];
    /** Key, or key and name. */
    delete?: [string] | [string, string];
    /** Names by key, with `values`, or `error`. */
    observe?: Record<string, string[]>;
    /** With `observe`: what is there of the values that records of the owner name and nobody asked for. */
    unasked?: Tree;
    /** Members of the document that are not as `standardDocument` makes them. */
    set?: Json;
    remove?: Json;
    /** With `set` and `remove`: the line of secrets before the document. */
    secrets?: Json;
    /** With `set` and `remove`: a certificate with its key that comes before the document, and its password where that is another one. */
    pfx?: [certificate: CertificateName, password?: string];
    /** What the reply says of setup; its log is left out. */
    setup?: Json;
    /** A text for `set` that is sent as it is and taken. */
    give?: ["set", string];
    /** A text for `set`, `remove` or `observe` that is sent as it is, with `error`. */
    send?: [string, string];
    /** Documents and requests that are refused with this code, all in one process: members, or a text that is sent as it is. */
    refuse?: Partial<Record<"set" | "remove" | "observe", Array<Json | string>>>;
    /** Members of an install request, with `error` or `changed`. */
    install?: Json;
    /** `Uninstall-HybridIdentity` is refused, and says this. */
    uninstall?: string[];
    /** Values that are put there, of any type; see `RawTree`. */
    import?: RawTree;
    /** Files that are put into a folder, each line by line. */
    logs?: [folder: string, files: Record<string, string[]>];
    /** Makes a key that is kept in memory only. */
    volatile?: string;
    /** Value records that are put there: members as in `records`, or a damaged text. */
    recorded?: Record<string, Json | string>;
    /** Keeps the notation that the last observe gave for key and name; `<name>` stands for it from then on. */
    keep?: Record<string, [string, string]>;
    /** Everything at and below the keys of the case. */
    registry?: RegistryTree;
    /** Every value record of the case's, by value id; left out members are as `standardRecord` makes them. */
    records?: Record<string, Json>;
    /** Every document record of the case's; each holds what was last sent for it. */
    documents?: string[];

    /** Everything at and below one key, as types and bytes. */
    raw?: [key: string, tree: RawTree];
    /** Puts a certificate into the store of the computer, with a key as it is there, or takes it out of it: by PowerShell that is not the module's. */
    certificate?: [certificate: CertificateName, key: "there" | "denied" | "none" | "lost" | "broken" | "gone"];
    /** State and start type of the suite's service: brought there, and found there, by PowerShell that is not the module's. */
    service?: string;
    serviceIs?: string;
    /** The entries of the records key's access list. */
    access?: string[];

    values?: Tree;
    /** Observes through the installed module. */
    by?: "get";
    /** Data of records that the reply shows, by name. */
    shows?: Record<string, string>;
    /** Line feeds follow the document, so that its record has this many characters. */
    length?: number;
    /** Another process holds the mutex while the set is tried. */
    held?: boolean;
    /** Whether an install changed something. */
    changed?: boolean;
    services?: string[];
    /** By service: its state, or members of what the reply says of it; `*` for any. */
    states?: Json;
    /** More members of the observe request: `products`, `accounts`, `names`, `events`. */
    asks?: Json;
    /** Every answer to `asks` is unknown. */
    unknown?: true;
    /** What the reply has for each of them, `*` for anything that the protocol allows there. */
    answers?: Record<string, Json | unknown[]>;
    /** Members of `facts`, `*` for any text. */
    facts?: Json;
}

/** What a host may lack without breaking the protocol. */
export type Need = "wmi" | "sam" | "eventLog" | "mutex" | "sids" | "accounts" | "service" | "ownModule" | "tasks" | "setup" | "certificates";

/** A case as its file holds it. */
interface CaseText {
    name: string;
    /** What the host must have for it; it is skipped where the host has not. */
    needs?: Need[];
    /** It changes what all cases share, so that nothing else may run beside it. */
    alone?: boolean;
    steps: Step[];
}

export interface Case extends CaseText {
    place: Place;
}

/** What is a case's own on the host: nothing of it is seen by another case. */
export interface Place {
    /** `017`. */
    number: string;
    key: string;
    /** The same key of the 32-bit view, as `WOW6432Node`. */
    key32: string;
    /** What its owners begin with: `conformance017.`, of which `a` is the usual one. */
    owners: string;
}

/** The keys that the suite writes to. */
export const testKey = "HKLM\\SOFTWARE\\HybridIdentityConformance";
export const testKey32 = "HKLM\\SOFTWARE\\WOW6432Node\\HybridIdentityConformance";
export const recordKey = "HKLM\\SOFTWARE\\HybridIdentity";

const uninstall = "Microsoft\\Windows\\CurrentVersion\\Uninstall\\HybridIdentityConformance";
/** Where a product stands that nobody installed. */
export const productKey = `HKLM\\SOFTWARE\\${uninstall}`;
export const productKey32 = `HKLM\\SOFTWARE\\WOW6432Node\\${uninstall}`;

export const userKey = "HKU\\.DEFAULT\\Software\\HybridIdentityConformance";
/** The folder that the suite writes files to. */
export const logFolder = "C:\\Windows\\Temp\\HybridIdentityConformance";
/** Shared by both views. */
export const sharedKey = "HKLM\\SOFTWARE\\Policies\\HybridIdentityConformance";

/** All keys that the suite writes to, beside its records. */
export const testKeys = [testKey, testKey32, userKey, sharedKey, productKey, productKey32];

/** All cases, file by file in the order of their names, each with a place of its own. */
export function loadCases(folder = join(__dirname, "cases")): Case[] {
    return readdirSync(folder)
        .filter(file => file.endsWith(".json"))
        .sort()
        .flatMap(file => {
            const cases = JSON.parse(readFileSync(join(folder, file), "utf8")) as CaseText[];
            return cases.map(each => ({ ...each, name: `${file.replace(/^\d+-|\.json$/g, "")}: ${each.name}` }));
        })
        .map(placed);
}

/** The case with what stands for its place replaced: `{K}`, `{k}`, `{KK}`, `{W}`, `{K32}`, `{U}`, `{C}`, `{L}`, `{H}` and `conformance.`; also `{R}`, `{P}`, `{PW}`, `{TLS}` and what else is of certificates, `{a*N}` and `{each N}`. */
function placed(text: CaseText, index: number): Case {
    // As long in every case: some stand at the limit of a name's length.
    const number = String(index + 1).padStart(3, "0");
    const place = { number, key: `${testKey}\\c${number}`, key32: `${testKey32}\\c${number}`, owners: `conformance${number}.` };
    const words: Record<string, string> = {
        K: place.key,
        k: place.key.toLowerCase(),
        W: place.key32,
        K32: place.key.replace("HKLM", "HKLM32"),
        // Inside a text that is JSON itself.
        KK: JSON.stringify(place.key).slice(1, -1),
        // Of HKU.
        U: `${userKey}\\c${number}`,
        C: `c${number}`,
        // What a protocol log begins with.
        H: "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context",
        L: `${logFolder}\\c${number}`,
        R: recordKey,
        P: productKey,
        PW: productKey32,
        TLS: certificates.a.name,
        OTHER: certificates.other.name,
        TA: certificates.a.thumbprint,
        TB: certificates.b.thumbprint,
        TO: certificates.other.thumbprint,
        TD: certificates.old.thumbprint,
    };
    const steps = JSON.stringify(text.steps)
        // Members of an object, with # for 1 to N.
        .replace(/"\{each (\d+)\}":\{(.*?)\}/g, (_, count: string, member: string) => numbered(Number(count), member))
        // Items of an array.
        .replace(/"\{each (\d+)\} (.*?)"/g, (_, count: string, item: string) => numbered(Number(count), `"${item}"`))
        .replace(/\{(K|KK|k|W|K32|U|C|H|L|R|PW|P|TLS|OTHER|TA|TB|TO|TD)\}/g, (_, word: string) => JSON.stringify(words[word]).slice(1, -1))
        .replace(/\bconformance\.(?=[a-z])/g, place.owners)
        .replace(/\{([a-z])\*(\d+)\}/g, (_, letter: string, count: string) => letter.repeat(Number(count)));
    return { ...text, steps: JSON.parse(steps) as Step[], place };
}

function numbered(count: number, text: string): string {
    return Array.from({ length: count }, (_, index) => text.replaceAll("#", String(index + 1))).join(",");
}

/** A document of a case with the given members. A member that is `null` is left out. */
export function standardDocument({ owners }: Place, members: Json): Json {
    const id = typeof members["document"] === "string" ? members["document"] : "one";
    const timed = Object.keys(members).some(name => /^(drift seen|changed|record missing|first seen|not observed)/.test(name));
    const document: Json = {
        document: id,
        kind: "registry",
        owner: `${owners}a`,
        protocol: 1,
        resource: `urn:conformance:${id}`,
        desired: {},
        ...(timed ? {} : { "first seen 2026-11-22T08:30:00.123Z": "conformance" }),
        onDestroy: "retain",
        ...members,
    };
    return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== null));
}

/** A value record with the given members, in the order of docs/protocol.md. */
export function standardRecord({ owners }: Place, members: Json): Json {
    return { original: "absent", written: "", writing: "", owner: `${owners}a`, document: "one", repairs: [], ...members };
}
