import { execFile } from "node:child_process";
import { join } from "node:path";

/** How a run of the command line ended. */
export interface Ended {
    code: number;
    out: string;
    err: string;
}

/** Runs the command line from its source, as a process of its own and without a terminal. */
export function cli(args: string[], env: Record<string, string> = {}): Promise<Ended> {
    const repository = join(__dirname, "../..");
    return new Promise((resolve) => {
        execFile(process.execPath, ["--import", "tsx", join(repository, "cli/main.ts"), ...args], { cwd: repository, env: { ...process.env, ...env } }, (error, out, err) =>
            resolve({ code: error === null ? 0 : Number(error.code), out, err }),
        );
    });
}
