import { join } from "node:path";
import { build } from "esbuild";

/**
 * Bundles what makes components for other languages, to lie beside the provider: components and SDK it takes from the package around it.
 * @param {string} root the repository
 * @param {string} folder
 */
export async function bundleLanguages(root, folder) {
    const ofPackage = ({ path }) => ({ path: path.replace("../", ""), external: true });
    await build({
        ...languages(root),
        outfile: join(folder, "languages.cjs"),
        external: ["@pulumi/*"],
        plugins: [{ name: "package", setup: ({ onResolve }) => onResolve({ filter: /^\.\.\/\.\.\// }, ofPackage) }],
    });
}

/**
 * The same with all that it needs, for an archive.
 * @param {string} root the repository
 */
export async function bundleAllLanguages(root) {
    const { metafile, outputFiles } = await build({
        ...languages(root),
        legalComments: "none",
        // Parts of ssh2 that are made for one machine, and which it does without.
        external: ["*.node"],
        plugins: [neverCalled()],
        write: false,
        metafile: true,
    });
    return { metafile, content: Buffer.from(outputFiles[0].contents) };
}

function languages(root) {
    const entry = "provider/languages/index.ts";
    return { absWorkingDir: root, entryPoints: [entry], bundle: true, minify: true, platform: "node", target: "node20", logLevel: "warning" };
}

/** What Pulumi's SDK loads for programs that hand over functions to be run elsewhere: two thirds of the bundle. */
function neverCalled() {
    return {
        name: "never called",
        setup({ onResolve, onLoad }) {
            onResolve({ filter: /^(@npmcli\/arborist|typescript)$|\/typescript-shim$|\/vendor\// }, ({ path }) => ({ path, namespace: "never" }));
            onLoad({ filter: /./, namespace: "never" }, () => ({ contents: "" }));
        },
    };
}
