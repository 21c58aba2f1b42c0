import { join } from "node:path";
import type { Cell } from "./cells";
import { Project, type Taken } from "./project";
import { startServers, type Work } from "./servers/remote";
import { tamperedOf, valuesOf } from "./values";

/** One line of the results. */
export interface Row extends Taken, Omit<Work, "cpuMs"> {
    program: string;
    hosts: number;
    values: number;
    /** Process start in milliseconds. */
    start: number;
    step: Step;
    /** Processor time of all servers together, in their own process. */
    serversCpuMs: number;
}

/** The programs without this library look at nothing in a preview: their step is `preview, blind`. */
export type Step = "up, all new" | "preview, no change" | "preview, drift" | "preview, blind" | "up, no change" | "up, drift";

/** Shows what is measured. */
export type Show = <T>(what: string, work: () => Promise<T>) => Promise<T>;

export interface Bench {
    /** In which `pulumi` works on the lab. */
    environment: NodeJS.ProcessEnv;
    show: Show;
    /** Runs next to each preview without a change, to be compared with it. */
    beside(): Promise<void>;
    /** Takes each line as soon as it is there. */
    done(row: Row): void;
}

export async function measureCell(cell: Cell, { environment, show, beside, done }: Bench): Promise<void> {
    const { program, hosts, values, starts, ups } = cell;
    const name = `${program}, ${hosts} ${hosts === 1 ? "host" : "hosts"}, ${values} values`;
    const servers = startServers(join(__dirname, "servers", program === "library" ? "hosts.ts" : "plain.ts"));
    let project: Project | undefined;
    try {
        const started = await servers.start(Array.from({ length: hosts }, (_, at) => `host${at + 1}`));
        const stack = (project = new Project(program, environment, { ...started, values }));
        for (const [at, start] of starts.entries()) {
            await servers.processStart(start);
            const measure = async (step: Step, run: () => Promise<Taken>): Promise<void> => {
                await servers.count();
                const taken = await show(`${name}, process start ${start} ms: ${step}`, run);
                const { cpuMs, ...work } = await servers.count();
                done({ program, hosts, values, start, step, ...taken, ...work, serversCpuMs: cpuMs });
            };
            if (at === 0) {
                await measure("up, all new", () => stack.first());
            }
            if (program !== "library") {
                await measure("preview, blind", () => stack.preview("to replace"));
                await measure("up, no change", () => stack.up("replaced"));
                continue;
            }
            await measure("preview, no change", () => stack.preview());
            await beside();
            await servers.write(tamperedOf(values));
            await measure("preview, drift", () => stack.preview(`~ ${hosts} to update`));
            if (ups.includes(start)) {
                await measure("up, drift", () => stack.up(`~ ${hosts} updated`));
                await measure("up, no change", () => stack.up());
            }
            await servers.write(valuesOf(values));
        }
    } finally {
        servers.stop();
        project?.remove();
    }
}
