import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { isProgramOfCli } from "./programOfCli";

const name = "hybrid-identity";

/** Whatever tells the engine of the plugin. */
export interface Surroundings {
    env: Record<string, string | undefined>;
    cwd: string;
    home: string;
}

let looked = false;
let missing: string | undefined;

/**
 * Everything that the plugin does asks for it. Where it is missing the engine would end the program at once, say what it did not find, and not
 * what to do.
 * @throws RunError with the command to run
 */
export function needPlugin(): void {
    if (!looked && isProgramOfCli) {
        looked = true;
        missing = missingPlugin({ env: process.env, cwd: process.cwd(), home: homedir() });
    }
    if (missing !== undefined) {
        throw new pulumi.RunError(missing);
    }
}

/** What to do about the plugin, or undefined where it is there, or may be. */
export function missingPlugin({ env, cwd, home }: Surroundings): string | undefined {
    const { folder, version } = ownPackage();
    const cache = join(env["PULUMI_HOME"] || join(home, ".pulumi"), "plugins");
    // The engine asks for this version where it sees the package, and else takes any.
    const inProject = join("node_modules", "pulumi-hybrid-identity");
    const isInProject = existsSync(join(cwd, inProject));
    const plugin = `resource-${name}${isInProject ? `-v${version}` : ""}`;
    const there =
        !isAbsolute(cache) ||
        holds(cache, plugin) ||
        (env["PATH"] ?? "").split(delimiter).some((one) => holds(one, `pulumi-resource-${name}`)) ||
        (env["PULUMI_DEBUG_PROVIDERS"] ?? "").includes(name) ||
        projectFile(cwd).includes(name);
    if (there) {
        return undefined;
    }
    const provider = join(isInProject ? inProject : relative(cwd, folder), "dist", "provider").replaceAll("\\", "/");
    const command = `pulumi plugin install resource ${name} ${version} --file ${provider}`;
    return `the plugin ${name} ${version} is not installed, and Entra ID and Exchange Online need it: run ${command}`;
}

function holds(folder: string, beginning: string): boolean {
    try {
        return readdirSync(folder).some((one) => one.startsWith(beginning) && !one.endsWith(".lock"));
    } catch {
        return false;
    }
}

/** The text of Pulumi.yaml, which can name a folder for the plugin. */
function projectFile(folder: string): string {
    const file = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"].map((one) => join(folder, one)).find((one) => existsSync(one));
    if (file !== undefined) {
        return readFileSync(file, "utf8");
    }
    const above = dirname(folder);
    return above === folder ? "" : projectFile(above);
}

/** Of the sources or of the package: the compiled file lies one folder deeper. */
function ownPackage(folder = __dirname): { folder: string; version: string } {
    const file = join(folder, "package.json");
    return existsSync(file) ? { folder, version: (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version } : ownPackage(dirname(folder));
}
