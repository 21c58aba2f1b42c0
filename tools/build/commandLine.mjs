import { readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { build, transform } from "esbuild";

/**
 * Makes the command line one small file, and beside it what its report puts into a page. What it shares with the library it loads from there.
 * @param {string} root the repository
 * @param {string} dist with the compiled library
 */
export async function bundleCommandLine(root, dist) {
    const shared = ({ path }) => (path.startsWith("../report/") ? undefined : { path, external: true });
    await build({
        absWorkingDir: root,
        entryPoints: ["cli/main.ts"],
        // Beside the same folders as its source.
        outfile: join(dist, "cli/main.cjs"),
        bundle: true,
        minify: true,
        lineLimit: 120,
        platform: "node",
        target: "node20",
        external: ["ssh2", "@pulumi/pulumi"],
        logLevel: "warning",
        plugins: [{ name: "shared", setup: ({ onResolve }) => onResolve({ filter: /^\.\.\// }, shared) }],
    });
    for (const name of ["page.js", "page.css"]) {
        const options = { loader: extname(name).slice(1), minify: true, lineLimit: 120, charset: "utf8" };
        const { code } = await transform(readFileSync(join(root, "report", name), "utf8"), options);
        writeFileSync(join(dist, "cli", name), code);
    }
}
