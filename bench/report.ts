import type { Row } from "./measure";

/** What a run of the bench found; times in milliseconds. */
export interface Results {
    /** Node, Pulumi, plugins, processors. */
    machine: string;
    /** Load of the machine (1 minute) before and after. */
    load: [number, number];
    /** Each preview of the empty program made like Pulumi's TypeScript template. */
    template: { ms: number; programPeakMb: number }[];
    rows: Row[];
}

export function median(numbers: number[]): number {
    const sorted = [...numbers].sort((a, b) => a - b);
    const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
    return ((low ?? NaN) + (high ?? NaN)) / 2;
}

/** Everything that was measured, one line a step; times as multiples of the empty program's preview too. */
export function table({ template, rows }: Results): string {
    const empty = median(template.map(({ ms }) => ms));
    const header = ["program", "hosts", "values", "start ms", "step", "s", "x empty", "program s", "peak MB", "conn.", "execs", "KB to", "KB from", "servers' cpu s"];
    const lines = rows.map((row) => [
        row.program,
        row.hosts,
        row.values,
        row.start,
        row.step,
        seconds(row.ms),
        (row.ms / empty).toFixed(2),
        seconds(row.programMs),
        Math.round(row.programPeakMb),
        row.connections,
        row.execs,
        Math.round(row.bytesIn / 1024),
        Math.round(row.bytesOut / 1024),
        seconds(row.serversCpuMs),
    ]);
    return align([header, ...lines]);
}

/**
 * What it takes to learn whether the hosts are as declared, in the same cell: this library's preview, and the `up` of the programs without it, whose
 * preview looks at nothing.
 */
export function ratios({ rows }: Results): string {
    const lines = rows
        .filter(({ program, step }) => program !== "library" && step === "up, no change")
        .flatMap((other) => {
            const same = rows.filter((row) => row.program === "library" && row.hosts === other.hosts && row.values === other.values && row.start === other.start);
            const preview = same.find(({ step }) => step === "preview, no change");
            const up = same.find(({ step }) => step === "up, no change");
            return preview && up
                ? [[other.program, other.hosts, other.values, other.start, times(other.ms, preview.ms), times(other.ms, up.ms), times(other.connections, preview.connections)]]
                : [];
        });
    return align([["its up", "hosts", "values", "start ms", "/ library preview", "/ library up", "connections"], ...lines]);
}

function times(one: number, other: number): string {
    return `${(one / other).toFixed(1)} x`;
}

function seconds(ms: number): string {
    return (ms / 1000).toFixed(1);
}

/** Numbers to the right, words to the left. */
function align(lines: (string | number)[][]): string {
    const widths = lines[0]!.map((_, at) => Math.max(...lines.map((line) => String(line[at]).length)));
    const toLeft = lines[0]!.map((_, at) => lines.slice(1).some((line) => /^[a-z]/i.test(String(line[at]))));
    return lines
        .map((line) => line.map((cell, at) => (toLeft[at] ? String(cell).padEnd(widths[at]!) : String(cell).padStart(widths[at]!))).join("  "))
        .join("\n");
}
