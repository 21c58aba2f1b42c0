import { fork, type ChildProcess } from "node:child_process";
import type { Counters } from "../../lab/host/counters";
import type { Server } from "../programs/settings";

/** What one process of servers did since it was last asked; its own processor time stands apart from the program's. */
export type Work = Pick<Counters, "connections" | "execs" | "bytesIn" | "bytesOut" | "failedLogons"> & { cpuMs: number };

/** What a process of servers can be asked to do. */
export interface Operations {
    start(names: string[]): Promise<{ servers: Server[]; privateKey: string }>;
    /** How long a PowerShell takes to start from now on, in milliseconds. */
    processStart(ms: number): Promise<void>;
    /** Sets values on every host, as an administrator would. */
    write(values: Record<string, Record<string, string>>): Promise<void>;
    /** Gives what was counted, and counts from zero. */
    count(): Promise<Work>;
}

/** Answers the operations that the parent process asks for, one after the other. */
export function answerParent(operations: Operations): void {
    process.on("message", ({ id, name, argument }: Question) => {
        const operation = operations[name] as (given: unknown) => Promise<unknown>;
        operation(argument).then(
            (result) => process.send?.({ id, result }),
            (error: Error) => process.send?.({ id, error: error.stack }),
        );
    });
    // Never outlives the bench.
    process.on("disconnect", () => process.exit());
}

interface Question {
    id: number;
    name: keyof Operations;
    argument: unknown;
}

/** Starts a process of servers; `stop` ends it. */
export function startServers(file: string): Operations & { stop(): void } {
    const child: ChildProcess = fork(file, { execArgv: ["--import", "tsx"] });
    const open = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
    let last = 0;
    child.on("message", ({ id, result, error }: { id: number; result: never; error?: string }) => {
        const waiting = open.get(id);
        open.delete(id);
        if (error === undefined) {
            waiting?.resolve(result);
        } else {
            waiting?.reject(new Error(error));
        }
    });
    child.on("exit", (code) => open.forEach(({ reject }) => reject(new Error(`the servers of the bench ended with ${code}`))));
    const ask = <T>(name: keyof Operations, argument?: unknown): Promise<T> =>
        new Promise((resolve, reject) => {
            open.set(++last, { resolve, reject });
            child.send({ id: last, name, argument } satisfies Question);
        });
    return {
        start: (names) => ask("start", names),
        processStart: (ms) => ask("processStart", ms),
        write: (values) => ask("write", values),
        count: () => ask("count"),
        stop: () => void child.kill(),
    };
}

/** Sums up what several hosts counted, with the processor time of this process since `since`. */
export function sum(counters: Counters[], since: NodeJS.CpuUsage): Work {
    const { user, system } = process.cpuUsage(since);
    const total = (what: keyof Counters): number => counters.reduce((all, one) => all + one[what], 0);
    return {
        connections: total("connections"),
        execs: total("execs"),
        failedLogons: total("failedLogons"),
        bytesIn: total("bytesIn"),
        bytesOut: total("bytesOut"),
        cpuMs: Math.round((user + system) / 1000),
    };
}
