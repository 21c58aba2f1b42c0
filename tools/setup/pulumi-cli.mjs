import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildCli } from "./build-cli.mjs";
import { downloadCli } from "./download-cli.mjs";
import { SetupFailure } from "./failure.mjs";
import { findOnPath, withoutDirectory } from "./find-on-path.mjs";
import { places } from "./places.mjs";
import { run } from "./run.mjs";
import { atLeast, parseVersion } from "./version.mjs";

const minimum = [3, 200, 0];
const exe = process.platform === "win32" ? ".exe" : "";
const host = "pulumi-language-nodejs";

/**
 * @typedef {{ program: string, ownBin: boolean, description: string }} Cli
 * `ownBin`: it is the one in `.tools/bin`; `description`: version and where it comes from
 */

/**
 * Looks for a Pulumi CLI that can be used as it is: on PATH, else in `.tools/bin`. Changes nothing.
 * @returns {Promise<{ cli?: Cli, tried: string[] }>} `tried` says what is wrong with what was found
 */
export async function findCli({ root, env }) {
    const { bin } = places(root);
    const [onPath, own] = await Promise.all([checkPath(withoutDirectory(env.PATH, bin), env), checkOwn(root, env)]);
    if (onPath.version) return { cli: { program: onPath.program, ownBin: false, description: `${onPath.version}, on PATH` }, tried: [] };
    if (own.problem === undefined) {
        return { cli: { program: join(bin, `pulumi${exe}`), ownBin: true, description: `${own.version}, ${own.origin}` }, tried: [] };
    }
    return { tried: [`on PATH: ${onPath.problem}`, `.tools/bin: ${own.problem}`] };
}

/**
 * Provides a Pulumi CLI in `.tools/bin`: the official download, else a build from its Go modules. It is made and checked beside, then
 * renamed
 * into place: a `.tools/bin` is whole or not there.
 * @param {string[]} tried from {@link findCli}
 * @returns {Promise<Cli>}
 * @throws {SetupFailure}
 */
export async function provideCli(context, tried) {
    const { root, env } = context;
    const { bin, temporary } = places(root);
    for (const { name, origin, make } of ways) {
        mkdirSync(temporary, { recursive: true });
        const work = mkdtempSync(join(temporary, "cli-"));
        try {
            const made = await make(context, work);
            const { version } = await check(join(made, `pulumi${exe}`), join(made, host + exe), env);
            writeFileSync(join(made, "origin.json"), JSON.stringify({ origin, recipe: recipe(root) }));
            rmSync(bin, { recursive: true, force: true });
            renameSync(made, bin);
            return { program: join(bin, `pulumi${exe}`), ownBin: true, description: `${version}, ${origin}` };
        } catch (error) {
            tried.push(`${name}: ${error.message}`);
        } finally {
            rmSync(work, { recursive: true, force: true });
        }
    }
    throw new SetupFailure("The Pulumi CLI could not be had.", tried, [
        "Install Pulumi 3.200 or newer (https://www.pulumi.com/docs/install) so that pulumi and pulumi-language-nodejs are on PATH.",
        "Give this machine access to https://get.pulumi.com and the npm registry.",
        "Install Go 1.25 or newer (https://go.dev/dl) and give this machine access to a Go module proxy.",
    ]);
}

const ways = [
    { name: "official download", origin: "official download", make: downloadCli },
    { name: "build from Go modules", origin: "built from its Go modules", make: buildCli },
];

async function checkPath(path, env) {
    const program = findOnPath("pulumi", path);
    if (!program) return { problem: "no pulumi" };
    const beside = join(dirname(realpathSync(program)), host + exe);
    try {
        return { program, ...(await check(program, existsSync(beside) ? beside : findOnPath(host, path), env)) };
    } catch (error) {
        return { problem: error.message };
    }
}

async function checkOwn(root, env) {
    const { bin } = places(root);
    if (!existsSync(bin)) return { problem: "empty" };
    try {
        const { origin, recipe: made } = JSON.parse(readFileSync(join(bin, "origin.json"), "utf8"));
        if (made !== recipe(root)) return { problem: "made for other versions than this repository names now" };
        return { origin, ...(await check(join(bin, `pulumi${exe}`), join(bin, host + exe), env)) };
    } catch (error) {
        return { problem: `broken: ${error.message}` };
    }
}

/** Both programs must answer: a file of the right name may be cut, empty, or for another machine. */
async function check(program, hostProgram, env) {
    if (!hostProgram) throw new Error(`${program} without ${host}, neither beside it nor on PATH`);
    const [cli, language] = await Promise.all([
        run(program, ["version"], { env, timeoutMs: 20_000 }),
        // Without an argument it would start to serve and never end.
        run(hostProgram, ["-help"], { env, timeoutMs: 20_000 }),
    ]);
    if (!cli.ok) throw new Error(`${program} version: ${cli.problem}`);
    const version = parseVersion(cli.output);
    if (!version) throw new Error(`${program} version: no version in its answer`);
    if (!atLeast(version, minimum)) throw new Error(`${program} is ${version.join(".")}, older than ${minimum.join(".")}`);
    if (!language.ok && !language.output.includes(`Usage of ${host}`)) throw new Error(`${hostProgram} -help: ${language.problem}`);
    return { version: version.join(".") };
}

/** Changes whenever this repository asks for other versions. */
function recipe(root) {
    const hash = createHash("sha256");
    for (const file of ["pulumi/go.mod", "language-nodejs/go.mod", "setup/download-cli.mjs"])
        hash.update(readFileSync(join(root, "tools", file)));
    return hash.digest("hex");
}
