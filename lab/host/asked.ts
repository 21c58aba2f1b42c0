import type { PretendCertificate } from "./certificateTypes";
import { dataOf, notationOf } from "./data";
import type { PretendHost } from "./host";
import { keptKey } from "./kept";
import { observe, remove, set } from "./module";
import { answered, failed, said } from "./output";
import type { Output } from "./reg";
import { formatRegFile, parseRegFile, type RawTree } from "./regFile";
import { AccessDenied } from "./registry";
import { findService, serviceState, setStartType, startType } from "./control";

const RECORDS = "HKLM\\SOFTWARE\\HybridIdentity";
/** Names as the script gives them, which are the same in both languages. */
const OWN = /^\$own = '(.*)'$/m;
const OWNER = /^\$owner = '(.*)'$/m;

/** What a script of test/conformance/scripts.ts gives here. */
export function asked(host: PretendHost, script: string): Output {
    const [, name] = /^# conformance: (\w+)\n/.exec(script) ?? [];
    // The script's one text, a here-string.
    const quoted = /@'\n([^]*?)\n'@/.exec(script)?.[1] ?? "";
    switch (name) {
        case "wmi":
        case "eventLog":
        case "mutex":
        case "sids":
        case "setup":
        case "accounts":
        case "certificates":
            return said("met");
        case "certificate":
            putCertificate(host, script);
            return said("");
        case "tasks":
            return said(Object.keys(host.passwords).length > 0 ? "met" : "no password is known here");
        case "sam":
            return said(isDenied(host, "HKLM\\SAM\\SAM\\Domains\\Account") ? "met" : "this account may read HKLM\\SAM\\SAM");
        case "findServices":
            return said([...script.matchAll(/'(\w+)'[,)]/g)].map(([, each = ""]) => each).filter(each => findService(host, each)).join("\n"));
        case "service": {
            const service = /^\$name = '(.*)'$/m.exec(script)?.[1] ?? "";
            const [state, type] = /^\$state, \$type = '(.*)'/m.exec(script)?.[1]?.split(" ") ?? [];
            if (state && type) {
                Object.assign(findService(host, service)!, { state, startTime: state === "Stopped" ? "" : host.clock().toISOString() });
                setStartType(host, service, type);
            }
            return said(`${serviceState(host, service)} ${startType(host, service)}`);
        }
        case "forget": {
            const [own, owner] = [OWN, OWNER].map(line => new RegExp(line.exec(script)?.[1] ?? "$^", "i"));
            for (const key of [`${RECORDS}\\Values`, `${RECORDS}\\Documents`, `${RECORDS}\\TakenOver`]) {
                const found = host.registry.values(key).filter(value => own!.test(value.name) || owner!.test(value.notation));
                found.forEach(value => host.registry.deleteValue(key, value.name));
                found.filter(value => /^HK.*\\\\/.test(value.name)).forEach(value => host.registry.deleteKey(keptKey(value.name)));
            }
            const [, services] = /-match '\^\((.*)\)\$'\) \{ \$key\.DeleteValue\('Restarting'\)/.exec(script) ?? [];
            if (services !== undefined && new RegExp(`"(${services})"`, "i").test(host.registry.read(RECORDS, "Restarting"))) {
                host.registry.deleteValue(RECORDS, "Restarting");
            }
            if (services !== undefined && host.registry.keysBelow(`${RECORDS}\\Originals`).length === 1) {
                host.registry.deleteKey(`${RECORDS}\\Originals`);
            }
            return said("");
        }
        case "import":
            takeIn(host, parseRegFile(unescaped(quoted)));
            return said("");
        case "export":
            return said(exported(host, unescaped(quoted)));
        case "files": {
            const [folder = "", ...files] = [...script.matchAll(/@'\n([^]*?)\n'@/g)].map(([, text = ""]) => unescaped(text));
            putFiles(host, folder.replaceAll("\\", "/"), files);
            return said("");
        }
        case "access":
            return said(access(host.registry.readersOf(RECORDS) ?? []));
        case "volatile":
            host.registry.makeVolatile(`HKLM\\${unescaped(quoted)}`);
            return said("");
        case "several":
            return several(host, script);
        case "held":
            return answered(set({ ...host, mutexHeldBy: "another process" }, quoted));
        default:
            return failed(`pretend host: no answer to the script ${name}.`);
    }
}

/** As the script has it. */
function putCertificate({ certificates }: PretendHost, script: string): void {
    const [key = "", der = ""] = ["key", "der"].map(name => new RegExp(`^\\$${name} = '(.*)'$`, "m").exec(script)?.[1]);
    const at = certificates.findIndex(one => one.der === der);
    certificates.splice(at < 0 ? certificates.length : at, 1);
    if (key !== "gone") {
        certificates.push({ der, key: key === "denied" ? "there" : (key as PretendCertificate["key"]), access: key === "there" });
    }
}

function several(host: PretendHost, script: string): Output {
    const calls = [...script.matchAll(/@'\n([^]*?)\n'@\)+\ntry \{ HybridIdentity\\(Set|Remove|Get)-/g)];
    const operations = { Set: set, Remove: remove, Get: observe };
    return said(calls.map(([, text = "", verb]) => answered(operations[verb as "Set"](host, unescaped(text))).stdout).join(""));
}

/** Names and contents in turn; without any, the folder goes. */
function putFiles({ files }: PretendHost, folder: string, given: string[]): void {
    if (given.length === 0) {
        Object.keys(files).filter(path => `${path}/`.startsWith(`${folder}/`)).forEach(path => delete files[path]);
        return;
    }
    files[folder] = null;
    given.forEach((name, at) => (at % 2 === 0 ? (files[`${folder}/${name}`] = given[at + 1] ?? "") : undefined));
}

function takeIn({ registry }: PretendHost, tree: RawTree): void {
    for (const [key, values] of Object.entries(tree)) {
        Object.entries(values).forEach(([name, [type, data]]) => registry.set(key, name || "(default)", notationOf(type, data)));
    }
}

function exported({ registry }: PretendHost, key: string): string {
    const tree: RawTree = {};
    for (const below of registry.keysBelow(key)) {
        const values = registry.stored(below).map(({ name, notation }) => [/^\(default\)$/i.test(name) ? "" : name, dataOf(notation)] as const);
        tree[below] = Object.fromEntries(values);
    }
    return formatRegFile(tree).replace(/[^\n\r\x20-\x7e]|(?<=\\)u/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A protected list: SYSTEM and Administrators, and who may read. */
function access(readers: string[]): string {
    const known: Record<string, string> = { "S-1-5-32-545": "BU", "S-1-1-0": "WD" };
    return `D:PAI(A;CI;KA;;;SY)(A;CI;KA;;;BA)${readers.map(reader => `(A;CI;KR;;;${known[reader] ?? reader})`).join("")}`;
}

function unescaped(text: string): string {
    return text.replace(/\\u([0-9a-f]{4})|\\\\/g, (_, unit: string | undefined) => (unit ? String.fromCharCode(parseInt(unit, 16)) : "\\"));
}

function isDenied(host: PretendHost, key: string): boolean {
    try {
        host.registry.read(key, "(default)");
        return false;
    } catch (error) {
        return error instanceof AccessDenied;
    }
}
