export type ProgramName = "library" | "perValue" | "perHost" | "bare";

/** One program on one set of pretend hosts, measured with each of the process starts. */
export interface Cell {
    program: ProgramName;
    hosts: number;
    values: number;
    /** How long a PowerShell takes to start, in milliseconds. */
    starts: number[];
    /** The process starts with which `up` is measured too, beside `preview`. */
    ups: number[];
}

const allHosts = [1, 10, 50];
const allValues = [20, 100, 500];
const allStarts = [0, 350, 900];
const usual = [350];

/**
 * What is measured. One command per value takes a minute at 10 hosts already, and would take hours in the largest cell: it is measured at
 * the small end only, in the full run too. The library's `up` is measured with one process start where it has many hosts.
 */
export function cells(full: boolean): Cell[] {
    return full
        ? [
              ...cross("library", [1, 10], allValues, allStarts, allStarts),
              ...cross("library", [50], allValues, allStarts, usual),
              ...cross("perHost", allHosts, allValues, allStarts, allStarts),
              ...cross("bare", [50], [20], usual, usual),
              ...cross("perValue", [1], [20, 100], allStarts, allStarts),
              ...cross("perValue", [10], [20], allStarts, allStarts),
          ]
        : [
              ...cross("library", [1, 10], [20], usual, usual),
              ...cross("library", [1], [500], usual, []),
              ...cross("library", [50], [20, 500], usual, []),
              ...cross("perHost", allHosts, [20], usual, usual),
              ...cross("bare", [50], [20], usual, usual),
              ...cross("perValue", [1, 10], [20], usual, usual),
          ];
}

function cross(program: ProgramName, hosts: number[], values: number[], starts: number[], ups: number[]): Cell[] {
    return hosts.flatMap((host) => values.map((value) => ({ program, hosts: host, values: value, starts, ups })));
}
