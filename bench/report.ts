import type { Row } from "./measure";
import { median } from "./median";
import type { MfaResults } from "./mfa";
import type { MimResults } from "./mim";
import type { Taken } from "./project";
import type { SmtpLogResults } from "./smtpLogs";
import type { TenantResults } from "./tenant";

/** What a run of the bench found; times in milliseconds. */
export interface Results {
    /** Node, Pulumi, plugins, processors. */
    machine: string;
    /** Load of the machine (1 minute) before and after. */
    load: [number, number];
    /** Each preview of the empty program made like Pulumi's TypeScript template. */
    template: Taken[];
    rows: Row[];
    tenant?: TenantResults;
    mim?: MimResults;
    mfa?: MfaResults;
    smtpLogs?: SmtpLogResults[];
}

type Line = (string | number)[];

/** Everything that was measured, one line a step; times as multiples of the empty program's preview too. */
export function table({ template, rows }: Results): string {
    const empty = median(template.map(({ ms }) => ms));
    const emptyCpu = median(template.map(({ programCpuMs }) => programCpuMs));
    const columns: Record<string, (row: Row) => string | number> = {
        program: ({ program }) => program,
        hosts: ({ hosts }) => hosts,
        values: ({ values }) => values,
        "start ms": ({ start }) => start,
        step: ({ step }) => step,
        s: ({ ms }) => seconds(ms),
        "x empty": ({ ms }) => (ms / empty).toFixed(2),
        "program s": ({ programMs }) => seconds(programMs),
        "its cpu s": ({ programCpuMs }) => seconds(programCpuMs),
        "x empty's": ({ programCpuMs }) => (programCpuMs / emptyCpu).toFixed(2),
        "peak MB": ({ programPeakMb }) => Math.round(programPeakMb),
        "state KB": ({ stateKb }) => Math.round(stateKb),
        "conn.": ({ connections }) => connections,
        execs: ({ execs }) => execs,
        "KB to": ({ bytesIn }) => Math.round(bytesIn / 1024),
        "KB from": ({ bytesOut }) => Math.round(bytesOut / 1024),
        "servers' cpu s": ({ serversCpuMs }) => seconds(serversCpuMs),
    };
    return align([Object.keys(columns), ...rows.map((row) => Object.values(columns).map((column) => column(row)))]);
}

/**
 * What it takes to learn whether the hosts are as declared, in the same cell: this library's preview or `up`, and the `up` of the programs
 * without it, whose preview looks at nothing.
 */
export function ratios({ rows }: Results): string {
    const others = rows.filter(({ program, step }) => program.startsWith("per") && step === "up, no change");
    const lines = others.flatMap((other): Line[] => {
        const { program, hosts, values, start } = other;
        const cell = rows.filter((row) => row.hosts === hosts && row.values === values && row.start === start);
        const library = (step: string) => cell.find((row) => row.program === "library" && row.step === step);
        const [preview, up] = [library("preview, no change"), library("up, no change")];
        const times = (one: Row | undefined, what: "ms" | "connections") => (one ? `${(other[what] / one[what]).toFixed(1)} x` : "-");
        return preview ? [[program, hosts, values, start, times(preview, "ms"), times(up, "ms"), times(preview, "connections")]] : [];
    });
    return align([["its up", "hosts", "values", "start ms", "/ library preview", "/ library up", "connections"], ...lines]);
}

/** What previews without a change ask of the tenant. */
export function tenantTable({ rows }: TenantResults): string {
    const lines = rows.map(({ program, count, ms, graphCalls, exchangeCalls }) => [program, count, seconds(ms), graphCalls, exchangeCalls]);
    return align([["program", "of each kind", "s", "Graph calls", "Exchange calls"], ...lines]);
}

function seconds(ms: number): string {
    return (ms / 1000).toFixed(1);
}

/** Numbers to the right, words to the left. */
function align(lines: Line[]): string {
    const columns = (lines[0] ?? []).map((_, at) => lines.map((line) => String(line[at])));
    const width = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)));
    const words = columns.map((cells) => cells.slice(1).some((cell) => /^[a-z]/i.test(cell)));
    const padded = (cell: string | number, at: number): string =>
        words[at] ? String(cell).padEnd(width[at] ?? 0) : String(cell).padStart(width[at] ?? 0);
    return lines.map((line) => line.map(padded).join("  ").trimEnd()).join("\n");
}
