import { readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Takes the locks of runs away that were killed on this machine: nobody is left to give them back, and `pulumi cancel` would take those of
 * runs that go on as well. Gives the process ids of the killed ones.
 * @param backend `PULUMI_BACKEND_URL`; only a folder has such locks
 */
export function releaseKilled(backend = ""): number[] {
    if (!backend.startsWith("file:///")) {
        return [];
    }
    const folder = fileURLToPath(backend.split("?")[0]!);
    const released: number[] = [];
    for (const file of locks(join(folder, ".pulumi/locks"))) {
        const { pid, hostname: host } = JSON.parse(readFileSync(file, "utf8")) as { pid: number; hostname: string };
        if (host === hostname() && !runs(pid)) {
            rmSync(file);
            released.push(pid);
        }
    }
    return released;
}

function locks(folder: string): string[] {
    try {
        return readdirSync(folder, { recursive: true, encoding: "utf8" }).flatMap((name) => (name.endsWith(".json") ? [join(folder, name)] : []));
    } catch {
        return [];
    }
}

function runs(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}
