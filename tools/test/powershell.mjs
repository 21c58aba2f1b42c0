import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findOnPath } from "../setup/find-on-path.mjs";
import { lastLines, run } from "../setup/run.mjs";
import { atLeast, parseVersion } from "../setup/version.mjs";

/** A folder beside the repository that some machines have: a PowerShell 7, and a Windows host that Wine makes. */
export const kit = { name: "../shared/powershell", in: (root) => join(root, "..", "shared", "powershell") };

// A test run asks nobody on the internet anything.
const quiet = { POWERSHELL_TELEMETRY_OPTOUT: "1", POWERSHELL_UPDATECHECK: "Off" };
const timeoutMs = 120_000;

/**
 * @typedef {{ environment: NodeJS.ProcessEnv, description?: string, missing?: string }} Found
 * `environment` is the one in which tests find it; `description`: what it is and where it comes from, or `missing`: why there is none and
 * what would help
 */

/**
 * Finds a PowerShell 7 that runs on this system: `pwsh` on PATH, else the kit's.
 * @param {{ root: string, env: NodeJS.ProcessEnv }} context
 * @returns {Promise<Found>}
 */
export async function findPowerShell({ root, env }) {
    const environment = { ...env, ...quiet };
    const tried = [];
    for (const way of [onPath, fromKit]) {
        const { path, origin, problem } = await way(root, environment);
        const found = problem === undefined ? await check(path, environment) : { problem };
        if (found.version) return { environment: { ...environment, PATH: path }, description: `${found.version} ${origin}` };
        tried.push(found.problem);
    }
    return { environment: env, missing: `${tried.join(", ")}; PowerShell 7 as pwsh on PATH would do` };
}

async function onPath(_root, env) {
    return findOnPath("pwsh", env.PATH) ? { path: env.PATH, origin: "on PATH" } : { problem: "no pwsh on PATH" };
}

async function fromKit(root, env) {
    const script = join(kit.in(root), "setup.sh");
    if (!existsSync(script)) return { problem: `no ${kit.name}` };
    const { ok, output, problem } = await run(script, [], { env, timeoutMs });
    if (!ok) return { problem: `${kit.name}/setup.sh: ${problem}, ${lastLines(output, 1)}` };
    return { path: join(lastLines(output, 1), "linux", "bin") + delimiter + env.PATH, origin: `from ${kit.name}` };
}

/** It must answer: a file of the right name may be for another machine, or an older PowerShell. */
async function check(path, env) {
    const program = findOnPath("pwsh", path);
    const { ok, output, problem } = await run(program, ["-Version"], { env, timeoutMs });
    const version = parseVersion(output);
    if (!ok || !version) return { problem: `${program} -Version: ${problem || "no version in its answer"}` };
    return atLeast(version, [7, 0, 0]) ? { version: version.join(".") } : { problem: `${program} is ${version.join(".")}, older than 7` };
}
