import type { PretendHost } from "./host";
import type { JsonObject } from "./json";
import { upper } from "./paths";
import { orUnknown } from "./registry";

/** A question of a request, checked. */
export interface SmtpLogQuestion {
    since: string;
    maximumBytes: number;
    connectors: string[];
    folders: Partial<Record<string, string>>;
}

export const ROLES = ["Hub", "FrontEnd", "Edge"];
export const EXCHANGE_SETUP = "HKLM\\SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup";
export const FIELDS = "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context";
const FILE = /^SEND(\d{8})(\d{2})?-(\d{1,9})\.log$/i;
const MOST = 1_000;

interface Folder extends JsonObject {
    role: string;
    path: string;
    logging: string;
    last: string;
}

interface LogFile {
    order: string;
    name: string;
    text: string;
    folder: Folder;
}

interface Line {
    time: string;
    connector: string;
    session: string;
    sequence: string;
    event: string;
    data: string;
    context: string;
}

/** Where a line stands says what came first, and not its time: a clock may be put back. */
interface Result {
    role: string;
    connector: string;
    time: string;
    place: string;
    worked: boolean;
}

/** What the protocol logs of this host say, the newest files first. */
export function findSmtpLogs(host: PretendHost, question: SmtpLogQuestion): JsonObject {
    const files: LogFile[] = [];
    const folders = ROLES.map(role => folderOf(host, question, role, files));
    files.sort((a, b) => (a.order < b.order ? 1 : -1));
    const found = new Map<string, { count: number; last: string }>();
    const seen = Object.fromEntries(question.connectors.map(name => [name, ""]));
    const asked = (connector: string): string[] => Object.keys(seen).filter(name => upper(name) === upper(connector));
    const met = new Set<string>();
    const results: Result[] = [];
    let ends = 0;
    let [read, count, at] = [0, 0, 0];
    for (; at < files.length && read + files[at]!.text.length <= question.maximumBytes && count < MOST; at++) {
        const { order, text, name, folder } = files[at]!;
        if (text !== "" && !text.includes(FIELDS)) {
            folder.logging = `unknown:${name}: its fields are not those that are known here`;
            continue;
        }
        read += text.length;
        const lines = linesOf(text);
        const last = lines.at(-1)?.time ?? "";
        folder.last = last > folder.last ? last : folder.last;
        folder.logging = folder.logging === "none" && last >= question.since ? "found" : folder.logging;
        const before = { ...seen };
        for (const [index, line] of lines.entries()) {
            const { time, connector } = line;
            if (time < question.since || (question.connectors.length > 0 && asked(connector).length === 0)) {
                continue;
            }
            asked(connector).filter(name => before[name] === "").forEach(name => (seen[name] = time));
            if (line.event === "*" && /^TLS protocol [\w, ]+ negotiation succeeded/.test(line.context)) {
                results.push({ role: folder.role, connector, time, place: placeOf(order, index), worked: true });
            }
            const reason = line.event === "*" ? /^TLS negotiation failed with error (\w+)/.exec(line.context)?.[1] : undefined;
            if (reason !== undefined) {
                count++;
                const key = [connector, reason, thumbprintOf(lines.slice(0, index), line.session)].join("\n");
                const group = found.get(key) ?? { count: 0, last: "" };
                found.set(key, { count: group.count + 1, last: time > group.last ? time : group.last });
                results.push({ role: folder.role, connector, time, place: placeOf(order, index), worked: false });
            }
        }
        if (Object.values(seen).includes("") && ends++ < 10) {
            lines.filter(({ time, sequence }) => time >= question.since && sequence === "0").forEach(({ connector }) => met.size < 10 && met.add(connector));
        }
    }
    files.slice(at).filter(({ folder }) => folder.logging === "none").forEach(({ folder }) => (folder.logging = "unknown:its files were left out"));
    const failures = [...found].sort(([a], [b]) => (upper(a) < upper(b) ? -1 : 1)).map(([key, group]) => {
        const [connector, reason, thumbprint] = key.split("\n");
        return { connector, reason, thumbprint, ...group };
    });
    const silent = Object.values(seen).includes("");
    return { folders, failures, works: worksSince(results), seen, met: silent ? [...met].sort((a, b) => (upper(a) < upper(b) ? -1 : 1)) : [], read, more: at < files.length };
}

function placeOf(file: string, line: number): string {
    return `${file} ${String(line).padStart(9, "0")}`;
}

/** By connector, where each role that it failed in has one that worked behind that: when the first did. */
function worksSince(results: Result[]): Record<string, string> {
    const failed = results.filter(({ worked }) => !worked);
    return Object.fromEntries(
        [...new Set(failed.map(({ connector }) => connector))].flatMap(connector => {
            const roles = [...new Set(failed.filter(one => one.connector === connector).map(({ role }) => role))];
            const times = roles.map(role => {
                const last = failed.filter(one => one.connector === connector && one.role === role).map(({ place }) => place).sort().at(-1)!;
                const later = results.filter(one => one.worked && one.role === role && upper(one.connector) === upper(connector) && one.place > last);
                return later.sort((a, b) => (a.place < b.place ? -1 : 1))[0]?.time ?? "";
            });
            return times.includes("") ? [] : [[connector, times.sort().at(-1)!]];
        }),
    );
}

/** Where a role keeps its logs; what may hold lines since then comes to the files. */
function folderOf(host: PretendHost, { folders, since }: SmtpLogQuestion, role: string, files: LogFile[]): Folder {
    const installed = orUnknown(() => host.registry.read(EXCHANGE_SETUP, "MsiInstallPath"));
    const [, home] = /^(?:string|expand):([^]+?)\\*$/.exec(installed) ?? [];
    const path = folders[role] ?? (home === undefined ? "" : `${home}\\TransportRoles\\Logs\\${role}\\ProtocolLog\\SmtpSend`);
    const folder: Folder = { role, path, logging: "none", last: "" };
    if (path === "") {
        return { ...folder, logging: `unknown:${EXCHANGE_SETUP}\\MsiInstallPath is ${installed.replace("unknown:", "")}` };
    }
    const inside = filesIn(host, path);
    if (inside === undefined) {
        return { ...folder, logging: "absent" };
    }
    for (const [name, text] of inside) {
        const [, day = "", hour = "", number = ""] = FILE.exec(name) ?? [];
        const period = `${day}${hour}`;
        // No file of a pretend host has a time of its own: its name decides.
        if (day !== "" && period >= since.replace(/[-T]/g, "").slice(0, period.length)) {
            files.push({ order: `${period.padEnd(10, "9")} ${number.padStart(9, "0")} ${role}`, name, text, folder });
        }
    }
    return folder;
}

/** Names and contents; undefined where there is no such folder. */
export function filesIn({ files }: PretendHost, folder: string): [name: string, text: string][] | undefined {
    const below = `${folder.replaceAll("\\", "/").replace(/\/$/, "")}/`;
    const known = Object.entries(files).filter(([path]) => upper(`${path}/`).startsWith(upper(below)));
    return known.length === 0 ? undefined : known.flatMap(([path, text]) => (text === null || path.slice(below.length).includes("/") ? [] : [[path.slice(below.length), text]]));
}

/** The lines that are whole. */
function linesOf(text: string): Line[] {
    return text.split("\n").slice(0, -1).flatMap(line => {
        const fields = [...line.trimEnd().matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, field = ""]) => field.replace(/^"([^]*)"$/, "$1").replaceAll('""', '"'));
        const [time = "", connector = "", session = "", sequence = "", , , event = "", data = "", context = ""] = fields;
        return /^\d{4}-\d\d-\d\dT/.test(time) ? [{ time, connector: Buffer.from(connector, "latin1").toString("utf8"), session, sequence, event, data, context }] : [];
    });
}

/** Of the certificate that this session sent last. */
function thumbprintOf(before: Line[], session: string): string {
    const sent = [...before].reverse().find(line => line.session === session && /^(Sending certificate.*thumbprint|Certificate thumbprint)/i.test(line.context));
    return (/(?:^|[ "])(?:[0-9a-f]{2,40} )?([0-9a-f]{40})(?=[ "]|$)/i.exec(sent?.data ?? "")?.[1] ?? "").toUpperCase();
}
