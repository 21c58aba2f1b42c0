import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ComponentReport, StackReport } from "../components/report";
import { printable } from "../drift/show";
import { findingsOf, hostOf, pendingOf, warningsOf, type Finding } from "./findings";
import { grouped } from "./grouped";
import { summaryOf, summaryText } from "./summary";

/** What page.js draws: texts and nothing that acts. */
export interface Page {
    stack: string;
    createdAt: string;
    summary: string;
    errors: string[];
    warnings: string[];
    /** What is written, and not in force before a reboot. */
    pending: string[];
    hosts: string[];
    /** The first one is of the components' states; then one for each key. */
    groups: [Group, ...Group[]];
}

interface Group {
    title: string;
    rows: { name: string; cells: Cell[] }[];
}

/** What is known of one thing on one host. */
export interface Cell {
    /** Index of the host. */
    host: number;
    state: string;
    /** Label and text. */
    facts: [string, string][];
}

/** The report as one page that needs nothing else, and may load nothing else. */
export function htmlOf(stack: string, report: StackReport, { createdAt }: { createdAt: string }): string {
    const [style, script] = ["page.css", "page.js"].map((name) => readFileSync(join(__dirname, name), "utf8").replaceAll("\r\n", "\n")) as [string, string];
    const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`;
    // Nothing in it ends the element, or begins a comment.
    const data = JSON.stringify(pageOf(stack, report, createdAt)).replaceAll("<", "\\u003c");
    return [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n<title>Report</title>',
        `<style>${style}</style>\n</head>\n<body>`,
        "<noscript>This page needs JavaScript. report.md says the same.</noscript>",
        `<script type="application/json" id="data">${data}</script>\n<script>${script}</script>\n</body>\n</html>\n`,
    ].join("\n");
}

function hashOf(text: string): string {
    return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

export function pageOf(stack: string, report: StackReport, createdAt: string): Page {
    const { components, errors } = report;
    const hosts = [...new Set(components.map(hostOf))].sort(byName);
    const findings = findingsOf(report);
    const lines = (text: string): string => text.split(/\r?\n/).map((line) => printable(line, 3_000)).join("\n");
    const keys = inOrder(grouped(findings, ({ key }) => key)).map(([title, ofKey]): Group => {
        const rows = inOrder(grouped(ofKey, ({ name }) => name)).map(([name, all]) => ({ name, cells: all.map((one) => driftCell(one, hosts)) }));
        return { title, rows };
    });
    return {
        stack: printable(stack, 200),
        createdAt: utc(createdAt),
        summary: summaryText(summaryOf(report)),
        errors: errors.map(lines),
        warnings: warningsOf(report).map(lines),
        pending: pendingOf(report).map(({ text }) => text),
        hosts,
        groups: [{ title: "Components", rows: inOrder(grouped(components, ({ type }) => type)).map(([name, all]) => ({ name, cells: stateCells(all, hosts) })) }, ...keys],
    };
}

function driftCell({ component, host, found, desired, meaning = "", since = "" }: Finding, hosts: string[]): Cell {
    const facts: [string, string][] = [["Found", found], ["Declared", desired], ["Meaning", meaning], ["Seen so since", utc(since)], ...componentFacts(component)];
    return { host: hosts.indexOf(host), state: "drifted", facts: facts.filter(([, text]) => text !== "") };
}

function componentFacts({ urn, type, name }: ComponentReport): [string, string][] {
    const [, stack = "", project = ""] = /^urn:pulumi:(.*?)::(.*?)::/.exec(urn) ?? [];
    return [["Component", printable(`${name} (${type})`, 300)], ["Stack", printable(`${stack} of the project ${project}`, 300)]];
}

/** The worst first. */
const states = ["failing", "unknown", "drifted", "pending", "enforced", "compliant", "healthy"];

/** One for each host: the worst of its components, and all of them. */
function stateCells(components: ComponentReport[], hosts: string[]): Cell[] {
    return grouped(components, hostOf).map(([host, all]) => {
        const worst = [...all].sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
        return { host: hosts.indexOf(host), state: worst[0]!.state, facts: worst.map(({ name, state }) => [printable(name, 300), state]) };
    });
}

function inOrder<T>(groups: [string, T[]][]): [string, T[]][] {
    return groups.sort(([a], [b]) => byName(a, b));
}

/** `mim2` before `mim10`. */
function byName(a: string, b: string): number {
    return a.localeCompare(b, "en", { numeric: true });
}

function utc(time: string): string {
    return time.replace(/^(.*)T(\d\d:\d\d).*Z$/, "$1 $2 UTC");
}
