import type { ComponentReport, StackReport } from "../components/report";
import { changeText } from "../drift/describe";
import { printable } from "../drift/show";
import { code, fenced } from "./code";
import { findingsOf, hostOf, pendingOf, warningsOf, type Finding } from "./findings";
import { fit, type Item, type Section } from "./fit";
import { grouped } from "./grouped";
import { count, number, summaryOf, summaryText } from "./summary";

/** Characters of one value, and hosts in one line. */
const longestValue = 100;
const mostHosts = 100;
/** Hosts that are named without a click. */
const fewHosts = 5;

/** The hidden line by which the comment of a stack is found again. */
export function markerOf(stack: string): string {
    return `<!-- hybrid-identity report: ${stack.replace(/[^\w.\-/]/g, "_")} -->`;
}

/**
 * The report for a reviewer: what needs a look first, the same drift of many hosts in one line, long lists folded. Whatever hosts and programs said stands
 * in code, where nothing of it is Markdown, a mention or a link.
 * @param limit It stays below so many bytes of UTF-8, and so below as many characters, and says what is left out. At least 2,000.
 */
export function markdownOf(stack: string, report: StackReport, { limit = 65_536 } = {}): string {
    const head = [`### Stack ${code(shown(stack))}: ${summaryText(summaryOf(report))}`, markerOf(stack)];
    const sections = [messages("error", report.errors), states(report.components), drift(findingsOf(report)), pending(report), messages("warning", warningsOf(report))];
    const nothing = sections.every(({ items }) => items.length === 0) ? ["", "Everything is as declared."] : [];
    return fit([...head, ...nothing].join("\n"), sections, limit);
}

function messages(word: string, texts: string[]): Section {
    return { title: `${word[0]!.toUpperCase()}${word.slice(1)}s`, word, items: texts.map((text) => ({ text: fenced(text), counts: 1 })), ...(word === "error" ? { open: 5, share: 0.3 } : { open: 0 }) };
}

function states(components: ComponentReport[]): Section {
    const bad = components.filter(({ state }) => ["unknown", "failing", "pending"].includes(state));
    const items = mostFirst(bad, ({ state, type }) => `${state}: ${code(type)}`).map(([text, all]): Item => {
        const named = all.map((one) => (one.host === undefined ? one.name : `${hostOf(one)} ${one.name}`));
        return { text: listed(`- ${text}`, named, "component"), counts: all.length };
    });
    return { title: "Not known, failing or pending", word: "component", items, open: 10, share: 0.3 };
}

function drift(findings: Finding[]): Section {
    const alike = mostFirst(findings, ({ key, name, found, desired }) => JSON.stringify([key, name, found, desired]));
    const items = alike.map(([, all]): Item => {
        const [{ key, name, found, desired, meaning, component }] = all as [Finding, ...Finding[]];
        const place = /^HK/.test(key) ? `${key}\\${name}` : `${component.type} ${key}: ${name}`;
        const means = meaning === undefined ? "" : ` (${code(printable(meaning, 2 * longestValue))})`;
        const change = code(printable(changeText(found, desired, longestValue), 5 * longestValue));
        return { text: listed(`- ${code(printable(place, 3 * longestValue))}: ${change}${means}`, all.map((one) => one.host), "host"), counts: all.length };
    });
    return { title: "Drift (found -> declared)", word: "drifted value", items, open: 20 };
}

function pending(report: StackReport): Section {
    const items = mostFirst(pendingOf(report), ({ component }) => component.type).map(([type, all]): Item => {
        return { text: listed(`- ${code(type)}`, all.map(({ text }) => text), "component"), counts: all.length };
    });
    return { title: "Written, not in force before a reboot", word: "component", items, open: 5 };
}

/** Those that are alike, the most first. */
function mostFirst<T>(all: T[], by: (one: T) => string): [string, T[]][] {
    return grouped(all, by).sort(([, a], [, b]) => b.length - a.length);
}

/** A line of a list, and behind it on what it is so. */
function listed(text: string, names: string[], word: string): string {
    const more = names.length - mostHosts;
    const all = [...names.slice(0, mostHosts).map((name) => code(shown(name))), ...(more > 0 ? [`and ${number(more)} more`] : [])].join(", ");
    return names.length <= fewHosts ? `${text}: ${all}` : `${text}: ${count(names.length, word)}\n\n  <details><summary>Which</summary>\n\n  ${all}\n\n  </details>\n`;
}

function shown(text: string): string {
    return printable(text, longestValue);
}
