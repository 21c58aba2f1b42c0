import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { buildPrograms } from "./build-cli.mjs";
import { findOnPath } from "./find-on-path.mjs";
import { withLock } from "./lock.mjs";
import { places } from "./places.mjs";

const host = "pulumi-language-yaml";
const part = {
    what: "YAML language host",
    folder: "language-yaml",
    module: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    flags: "-s -w -X github.com/pulumi/pulumi-yaml/pkg/version.Version=1.25.0",
};

/**
 * Brings what runs programs in YAML, which only tests need: it is on PATH, as after an official download of the CLI, or was built before, or is built
 * from its Go module.
 * @returns {Promise<{ environment: NodeJS.ProcessEnv, problem?: string }>} `environment` has it on PATH; `problem`: why it cannot be had
 */
export async function provideYamlHost({ root, env, progress }) {
    const { yaml, lock, temporary } = places(root);
    if (findOnPath(host, env.PATH)) return { environment: env };
    const environment = { ...env, PATH: `${env.PATH}${delimiter}${yaml}` };
    const recipe = createHash("sha256").update(readFileSync(join(root, "tools", part.folder, "go.mod"))).digest("hex");
    const made = join(yaml, "recipe");
    const isThere = () => findOnPath(host, yaml) !== undefined && read(made) === recipe;
    const build = async () => {
        if (isThere()) return;
        mkdirSync(temporary, { recursive: true });
        const work = mkdtempSync(join(temporary, "yaml-"));
        try {
            const bin = await buildPrograms({ root, env, progress }, work, [part]);
            writeFileSync(join(bin, "recipe"), recipe);
            rmSync(yaml, { recursive: true, force: true });
            renameSync(bin, yaml);
        } finally {
            rmSync(work, { recursive: true, force: true });
        }
    };
    try {
        if (!isThere()) await withLock(lock, (owner) => progress.show(`Waiting for another set-up of this repository (process ${owner}).`), build);
        return { environment };
    } catch (error) {
        return { environment: env, problem: error.message };
    }
}

function read(file) {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}
