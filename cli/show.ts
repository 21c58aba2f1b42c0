import type { Sight, Step } from "./lookAt";
import { serverOf, type Server } from "./server";

const marks: Record<Step["state"], string> = { known: "ok", warning: "!", unknown: "?", failed: "FAILED" };

/** How a host is named in all that is printed. */
export function nameOf({ target: { host, port } }: Pick<Sight, "target">): string {
    return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** What could not be read of a host; empty where all is known. */
export function unknownOf(sight: Sight): string[] {
    const steps = sight.steps.filter(({ state }) => state === "failed" || state === "unknown").map(({ name, found }) => `${name}: ${found}`);
    return sight.observation === undefined ? steps : [...steps, ...serverOf(sight.observation).unknown.filter((one) => !one.includes("\\OpenSSH\\DefaultShell"))];
}

/** What was seen of a host, for a person. */
export function sightText(sight: Sight): string {
    return [nameOf(sight), ...stepLines(sight), ...(sight.observation === undefined ? [] : ["", ...serverLines(serverOf(sight.observation))])].join("\n");
}

/** How far a look came, and the host key as a program takes it. */
export function stepLines({ steps, scan }: Sight): string[] {
    const lines = steps.flatMap(({ name, state, found, advice }) => {
        const key = name === "host key" && scan !== undefined ? [`hostKey: "${scan.hostKey}"`] : [];
        return [row(marks[state], name, found), ...[...(advice === "" ? [] : [advice]), ...key].map((more) => row("", "", more))];
    });
    return lines;
}

function row(mark: string, name: string, text: string): string {
    return `  ${mark.padEnd(7)}${name.padEnd(18)}${text}`.trimEnd();
}

function serverLines(server: Server): string[] {
    const protocols = Object.entries(server.protocols).map(([protocol, roles]) => [protocol, roles["Client"]!, roles["Server"]!]);
    const dotNet = Object.entries(server.dotNet).map(([place, values]) => [place, ...Object.values(values)]);
    return [
        `${server.name}, ${server.windows}, up since ${server.upSince}`,
        "",
        ...table(["Schannel", "client", "server"], protocols),
        "",
        ...(dotNet.length === 0 ? [] : table([".NET Framework", "SchUseStrongCrypto", "SystemDefaultTlsVersions"], dotNet)),
        ...server.notInstalled.map((one) => `.NET Framework ${one} is not installed`),
        "",
        ...server.mim.map((one, at) => `${at === 0 ? "MIM" : "   "}             ${one}`),
        `pending reboot  ${server.pendingReboot}`,
        `managed by      ${server.managedBy}`,
        ...(server.unknown.length === 0 ? [] : ["", "Not known, so nothing of it counts as fine:", ...server.unknown.map((one) => `  ${one}`)]),
    ];
}

/** Several hosts side by side. */
export function sightsTable(sights: Sight[]): string {
    const head = ["host", "came to", "Windows", "PowerShell", "elevated", "TLS client", "TLS server", ".NET", "MIM", "reboot", "unknown"];
    return table(head, sights.map(tableRow)).join("\n");
}

function tableRow(sight: Sight): string[] {
    const { observation, steps } = sight;
    const failed = steps.find(({ state }) => state === "failed")?.name;
    if (observation === undefined) {
        return [nameOf(sight), `failed: ${failed}`, ...Array.from({ length: 8 }, () => "?"), "all"];
    }
    const server = serverOf(observation);
    const { facts } = observation;
    return [
        nameOf(sight),
        "the end",
        server.windows === "unknown" ? "?" : `${facts.osBuild}`,
        facts.powershell,
        facts.elevated ? "yes" : "no",
        versions(server, "Client"),
        versions(server, "Server"),
        dotNetWord(server),
        server.mim[0]!.replace(/^Service and Portal, build (\S+).*/, "$1").replace(/^(unknown|not).*/, (_, word: string) => (word === "not" ? "no" : "?")),
        server.pendingReboot === "unknown" ? "?" : server.pendingReboot.replace(/:.*/, ""),
        `${unknownOf(sight).length || "-"}`,
    ];
}

/** TLS versions that are on for a role, such as `1.0 1.2`; `?` stands for one that is not known. */
function versions({ protocols }: Server, role: string): string {
    const tls = Object.entries(protocols).filter(([protocol]) => protocol.startsWith("TLS "));
    const on = tls.flatMap(([protocol, roles]) => {
        const state = roles[role]!;
        return state === "unknown" ? `${protocol.slice(4)}?` : /^(enabled|unset, enabled)/.test(state) ? protocol.slice(4) : [];
    });
    return on.join(" ") || "none";
}

function dotNetWord({ dotNet }: Server): string {
    const states = Object.values(dotNet).flatMap((values) => Object.values(values));
    return states.includes("unknown") ? "?" : states.every((one) => one === "on") ? "strong" : states.includes("on") ? "partly" : "not";
}

function table(head: string[], rows: string[][]): string[] {
    const widths = head.map((title, at) => Math.max(title.length, ...rows.map((cells) => cells[at]!.length)));
    return [head, ...rows].map((cells) => cells.map((cell, at) => cell.padEnd(widths[at]!)).join("  ").trimEnd());
}

/** What was seen of a host, for a program. Every member is there; what is not known is null. */
export function sightJson(sight: Sight): object {
    const { target, steps, scan, observation } = sight;
    const unknown = unknownOf(sight);
    return {
        host: target.host,
        port: target.port,
        known: unknown.length === 0,
        hostKey: scan?.hostKey ?? null,
        fingerprint: scan?.fingerprint ?? null,
        checks: steps,
        facts: observation?.facts ?? null,
        server: observation === undefined ? null : serverOf(observation),
        unknown,
    };
}
