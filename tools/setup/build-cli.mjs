import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findOnPath } from "./find-on-path.mjs";
import { lastLines, run } from "./run.mjs";

const parts = [
    {
        what: "Pulumi CLI",
        folder: "pulumi",
        module: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        // Without it the CLI calls itself version 3.0.0 and refuses newer state.
        flags: "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=3.230.0",
    },
    {
        what: "Node language host",
        folder: "language-nodejs",
        module: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
        flags: "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=3.68.0",
    },
];

/**
 * Builds the Pulumi CLI and its Node language host from their Go modules (`tools/pulumi`, `tools/language-nodejs`), with the user's own Go
 * caches.
 * @param {string} work an empty folder
 * @returns {Promise<string>} the folder that holds both
 * @throws {Error} whose message says what failed
 */
export function buildCli(context, work) {
    return buildPrograms(context, work, parts);
}

/**
 * Builds programs from their Go modules.
 * @param {{ what: string, folder: string, module: string, flags: string }[]} programs `folder`: below tools/, with go.mod and go.sum
 */
export async function buildPrograms({ root, env, progress }, work, programs) {
    const go = findOnPath("go", env.PATH);
    if (!go) throw new Error("no go on PATH");
    const bin = join(work, "bin");
    mkdirSync(bin);
    // A go.work above the repository or a -mod flag of the user's would build something else.
    const environment = { ...env, GOWORK: "off", GOTMPDIR: work };
    for (const { what, folder, module, flags } of programs) {
        const options = { cwd: join(root, "tools", folder), env: environment, timeoutMs: 30 * 60_000 };
        await progress.during(`${what}: building from its Go modules, with Go's own caches`, async (detail) => {
            let downloaded = 0;
            let packages = 0;
            const listed = await run(go, ["list", "-deps", module], {
                ...options,
                onLine: (line) => (line.startsWith("go: downloading") ? detail(`${++downloaded} modules downloaded`) : packages++),
            });
            if (!listed.ok) throw new Error(`go list: ${listed.problem}\n${lastLines(listed.output)}`);
            let compiled = 0;
            detail("minutes the first time");
            const built = await run(go, ["build", "-v", "-buildvcs=false", "-ldflags", flags, "-o", bin, module], {
                ...options,
                onLine: () => detail(`${++compiled} of at most ${packages} packages compiled`),
            });
            if (!built.ok) throw new Error(`go build: ${built.problem}\n${lastLines(built.output)}`);
        });
    }
    return bin;
}
