import type { Row } from "./measure";
import { median, type Results } from "./report";

/** One aim of this library, and whether this run met it. */
export interface Aim {
    aim: string;
    met: boolean;
    /** The numbers behind it. */
    found: string;
}

/** A cell whose aim was not measured in this run gives no line. */
export function aims(results: Results): Aim[] {
    const looks = results.rows.filter(({ program, step }) => program === "library" && step === "preview, no change");
    const previews = results.rows.filter(({ program, step }) => program === "library" && step.startsWith("preview"));
    return [oneLook(previews), ...asFastAsEmpty(looks, results), ...littleMemory(looks)];
}

function oneLook(previews: Row[]): Aim {
    const more = previews.filter(({ hosts, connections, execs }) => connections !== hosts || execs !== hosts);
    return {
        aim: "one connection and one exec a host, whatever the number of values",
        met: more.length === 0,
        found: more.length === 0 ? `in ${previews.length} previews` : more.map((row) => `${nameOf(row)}: ${row.connections} connections, ${row.execs} execs`).join("; "),
    };
}

function asFastAsEmpty(looks: Row[], { template }: Results): Aim[] {
    const empty = median(template.map(({ ms }) => ms));
    return looks
        .filter(({ hosts }) => hosts === 50)
        .map((row) => ({
            aim: `preview of ${nameOf(row)} within the preview of an empty template program plus one process start`,
            met: row.ms <= empty + row.start,
            found: `${(row.ms / 1000).toFixed(1)} s against ${((empty + row.start) / 1000).toFixed(1)} s: ${(row.ms / (empty + row.start)).toFixed(2)} x`,
        }));
}

function littleMemory(looks: Row[]): Aim[] {
    return [...new Set(looks.map(({ values }) => values))].flatMap((values) => {
        const peak = (hosts: number): number => median(looks.filter((row) => row.values === values && row.hosts === hosts).map(({ programPeakMb }) => programPeakMb));
        const perHost = (peak(50) - peak(1)) / 49;
        return Number.isNaN(perHost)
            ? []
            : [{ aim: `with ${values} values, memory grows by less than 1 MB a host`, met: perHost < 1, found: `${perHost.toFixed(2)} MB (1 host ${Math.round(peak(1))} MB, 50 hosts ${Math.round(peak(50))} MB)` }];
    });
}

function nameOf({ hosts, values, start }: Row): string {
    return `${hosts} hosts, ${values} values, process start ${start} ms`;
}
