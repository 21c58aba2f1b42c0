import { join } from "node:path";
import { build } from "esbuild";

/**
 * Makes the command line one small file. What it shares with the library it loads from there.
 * @param {string} root the repository
 * @param {string} dist with the compiled library
 */
export async function bundleCommandLine(root, dist) {
    const shared = ({ path }) => ({ path, external: true });
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
        external: ["ssh2"],
        logLevel: "warning",
        plugins: [{ name: "shared", setup: ({ onResolve }) => onResolve({ filter: /^\.\.\// }, shared) }],
    });
}
