import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { SetupFailure } from "./failure.mjs";
import { lastLines, run } from "./run.mjs";

/**
 * Says why `node_modules` is not what `package-lock.json` asks for.
 * npm writes its own list (`node_modules/.package-lock.json`) last, so a half-finished installation has none, and one made by hand counts
 * too.
 * @param {string} root
 * @returns {string | undefined} undefined where it matches
 */
export function nodeModulesProblem(root) {
    const wanted = readPackages(join(root, "package-lock.json"));
    const list = join(root, "node_modules", ".package-lock.json");
    if (!existsSync(list)) return "not installed yet";
    let installed;
    try {
        installed = readPackages(list);
    } catch {
        return "npm's list in node_modules cannot be read";
    }
    for (const [folder, entry] of Object.entries(wanted)) {
        if (folder === "") continue;
        const there = installed[folder];
        // npm leaves out what is for another operating system.
        if (!there && entry.optional) continue;
        if (!there) return `${folder} is missing`;
        if (there.version !== entry.version || there.integrity !== entry.integrity) return `${folder} is not version ${entry.version}`;
        if (!existsSync(join(root, folder, "package.json"))) return `${folder} is missing`;
    }
    return undefined;
}

/** Runs `npm ci`. @throws {SetupFailure} */
export async function installNodeModules({ root, env, progress }, reason) {
    const [program, args] = npmCommand(env);
    await progress.during(`npm packages: npm ci (${reason})`, async () => {
        const result = await run(program, [...args, "ci", "--include=dev", "--no-audit", "--no-fund"], {
            cwd: root,
            env,
            timeoutMs: 15 * 60_000,
        });
        const problem = result.ok ? nodeModulesProblem(root) : `${result.problem}\n${lastLines(result.output)}`;
        if (problem === undefined) return;
        throw new SetupFailure(
            "The npm packages of this repository could not be installed.",
            [`npm ci: ${problem}`],
            [
                "Check that this machine reaches the npm registry (npm ping), then start again.",
                "Run npm ci by hand and follow what it says.",
            ],
        );
    });
}

/** Program and first arguments of npm. Started by npm, it is that npm; it may not be the first one on PATH. */
export function npmCommand(env) {
    const script = env.npm_execpath;
    if (script && basename(script) === "npm-cli.js" && existsSync(script)) return [process.execPath, [script]];
    const beside = join(dirname(process.execPath), process.platform === "win32" ? "npm.cmd" : "npm");
    return [existsSync(beside) ? beside : "npm", []];
}

function readPackages(file) {
    return JSON.parse(readFileSync(file, "utf8")).packages;
}
