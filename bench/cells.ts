export type ProgramName = "library" | "perValue" | "perHost";

/** One program on one set of pretend hosts, measured with each of the process starts. */
export interface Cell {
    program: ProgramName;
    hosts: number;
    values: number;
    /** How long a PowerShell takes to start, in milliseconds. */
    starts: number[];
}

const allHosts = [1, 10, 50];
const allValues = [20, 100, 500];
const allStarts = [0, 350, 900];

/**
 * What is measured. One command per value takes minutes at 10 hosts already, and would take hours in the largest cell: it is measured at the small end
 * only, in the full run too.
 */
export function cells(full: boolean): Cell[] {
    return full
        ? [
              ...cross("library", allHosts, allValues, allStarts),
              ...cross("perHost", allHosts, allValues, allStarts),
              ...cross("perValue", [1], [20, 100], allStarts),
              ...cross("perValue", [10], [20], [0, 350]),
          ]
        : [
              ...cross("library", [1, 10], [20, 500], [350]),
              ...cross("library", [50], [20, 500], [0, 900]),
              ...cross("perHost", [1, 10], [20], [350]),
              ...cross("perHost", [50], [500], [900]),
              ...cross("perValue", [1, 10], [20], [350]),
          ];
}

function cross(program: ProgramName, hosts: number[], values: number[], starts: number[]): Cell[] {
    return hosts.flatMap((host) => values.map((value) => ({ program, hosts: host, values: value, starts })));
}
