import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { main, repository } from "./setup.mjs";
import { installNodeModules, nodeModulesProblem } from "./setup/node-modules.mjs";
import { createProgress } from "./setup/progress.mjs";

const usage = `Usage: npm run build [-- --plugin] [--to FOLDER]
Makes dist/, from which npm pack makes the package. --plugin: the plugin's archives as well, in release/. --to: both in that folder.`;

await main(async () => {
    const { values, problem } = options();
    if (problem) {
        console.error(`${problem}\n${usage}`);
        return 2;
    }
    const problemOfPackages = nodeModulesProblem(repository);
    if (problemOfPackages) await installNodeModules({ root: repository, env: process.env, progress: createProgress() }, problemOfPackages);
    // What it is made with is one of them.
    const { buildPackage, buildPlugin } = await import("./build/package.mjs");
    const [dist, release] = ["dist", "release"].map((name) => resolve(values.to, name));
    await buildPackage(repository, dist);
    console.log(`${show(dist)} is built; npm pack makes the package of it.`);
    if (values.plugin) (await buildPlugin(repository, dist, release)).forEach((archive) => console.log(show(archive)));
    return 0;
});

function options() {
    try {
        return parseArgs({ options: { plugin: { type: "boolean" }, to: { type: "string", default: repository } } });
    } catch (error) {
        return { problem: error.message };
    }
}

function show(path) {
    return relative(process.cwd(), path);
}
