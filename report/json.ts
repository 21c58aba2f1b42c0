import type { StackReport } from "../components/report";
import { isObject } from "../drift/json";

/** `report.json`. Another shape of a member gets another number as `format`; a member more does not. */
export interface ReportFile extends StackReport {
    format: 1;
    stack: string;
    /** UTC. */
    createdAt: string;
}

export function jsonOf(stack: string, report: StackReport, { createdAt }: { createdAt: string }): string {
    const file: ReportFile = { format: 1, stack, createdAt, ...report };
    return `${JSON.stringify(file, null, 2)}\n`;
}

/** A report that was written before; undefined where the text is none of this stack. */
export function earlierReport(text: string, stack: string): ReportFile | undefined {
    try {
        const file: unknown = JSON.parse(text);
        const known = isObject(file) && file["format"] === 1 && file["stack"] === stack && Array.isArray(file["components"]);
        return known ? (file as unknown as ReportFile) : undefined;
    } catch {
        return undefined;
    }
}

/** The report with `since` at each value: the time of the first report that found the same there. */
export function withSince(report: StackReport, earlier: ReportFile | undefined, createdAt: string): StackReport {
    const before = new Map(earlier?.components.map(({ urn, drift }) => [urn, drift]));
    const components = report.components.map((component) => {
        const { urn, drift } = component;
        if (!isObject(drift)) {
            return component;
        }
        const then = before.get(urn);
        const entries = Object.entries(drift).map(([id, entry]) => {
            const old = isObject(then) ? then[id] : undefined;
            const same = isObject(entry) && isObject(old) && entry["found"] === old["found"] && typeof old["since"] === "string";
            return [id, isObject(entry) ? { ...entry, since: same ? old["since"] : createdAt } : entry];
        });
        return { ...component, drift: Object.fromEntries(entries) as unknown };
    });
    return { ...report, components };
}
