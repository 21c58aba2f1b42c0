import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { bundleAllLanguages, bundleLanguages } from "./languages.mjs";

const schemas = ["schema.json", "components.json"];
const compressed = schemas.map((name) => `${name}.br`);
const launchers = ["pulumi-resource-hybrid-identity", "pulumi-resource-hybrid-identity.cmd"];

/**
 * Makes the provider one file beside its launchers. `node` is all that it needs then.
 * @param {string} root the repository
 * @param {string} folder
 */
export async function bundleProvider(root, folder) {
    const { inputs } = await bundleMain(root, { outfile: join(folder, "start.cjs") });
    await bundleLanguages(root, folder);
    const condensed = (name) => JSON.stringify(JSON.parse(readFileSync(join(root, "provider", name), "utf8")));
    for (const name of schemas) writeFileSync(join(folder, `${name}.br`), brotliCompressSync(condensed(name)));
    for (const launcher of launchers) copyFileSync(join(root, "provider", launcher), join(folder, launcher));
    for (const program of ["start.cjs", launchers[0]]) chmodSync(join(folder, program), 0o755);
    writeFileSync(join(folder, "licenses.txt"), licenses(root, Object.keys(inputs)));
}

async function bundleMain(root, to) {
    const { metafile } = await build({
        absWorkingDir: root,
        entryPoints: ["provider/main.ts"],
        ...to,
        bundle: true,
        // gRPC asks for it only where somebody wants its statistics.
        external: ["@grpc/proto-loader"],
        minify: true,
        platform: "node",
        target: "node20",
        legalComments: "none",
        // npm starts it as a command of its own.
        banner: { js: "#!/usr/bin/env node" },
        metafile: true,
        logLevel: "warning",
        plugins: [onlyUsedCredentials(root), nodeIsNew(), shortMessages(), neverUsed()],
    });
    return metafile;
}

/** Microsoft's library is taken in whole through its index, with ways to log on that nobody here uses; these are what provider/clients/tokens.ts names. */
function onlyUsedCredentials(root) {
    const folder = join(root, "node_modules/@azure/identity/dist/esm/credentials");
    const files = ["azureCliCredential", "clientAssertionCredential", "clientCertificateCredential", "clientSecretCredential"];
    const contents = files.map((file) => `export * from ${JSON.stringify(join(folder, `${file}.js`))};`).join("\n");
    return {
        name: "credentials",
        setup({ onResolve, onLoad }) {
            onResolve({ filter: /^@azure\/identity$/ }, () => ({ path: "credentials", namespace: "credentials" }));
            onLoad({ filter: /^credentials$/, namespace: "credentials" }, () => ({ contents, resolveDir: root }));
        },
    };
}

/** All that jsonwebtoken asks semver is whether Node is 16.9 or newer, in three forms. */
function nodeIsNew() {
    return {
        name: "node is new",
        setup({ onResolve, onLoad }) {
            onResolve({ filter: /^semver$/ }, ({ importer }) => (/[\\/]jsonwebtoken[\\/]/.test(importer) ? { path: "semver", namespace: "new" } : undefined));
            onLoad({ filter: /^semver$/, namespace: "new" }, () => ({ contents: "exports.satisfies = () => true;" }));
        },
    };
}

/** What asks for a browser or a debugger, and ways to spread calls over servers: there is one engine. */
function neverUsed() {
    const empty = { open: "", debug: "module.exports = () => () => {};" };
    const balancer = "exports.setup = () => {};";
    return {
        name: "never used",
        setup({ onResolve, onLoad }) {
            onResolve({ filter: /^(open|debug)$/ }, ({ path }) => ({ path, namespace: "empty" }));
            onLoad({ filter: /./, namespace: "empty" }, ({ path }) => ({ contents: empty[path] }));
            onLoad({ filter: /load-balancer-(outlier-detection|weighted-round-robin)\.js$/ }, () => ({ contents: balancer }));
        },
    };
}

/** Messages without what prints and names them, and with one short name for the long one that stands before each of theirs. */
function shortMessages() {
    const start = /, global = proto;\n/;
    const shortened = (text) => {
        const lean = text.replace(/if \(jspb\.Message\.GENERATE_TO_OBJECT\) \{|if \(goog\.DEBUG && !COMPILED\) \{/g, "if (false) {");
        if (!start.test(lean)) return lean;
        return lean
            .replace(start, "$&var rpc = proto.pulumirpc, messages = jspb.Message;\n")
            .replace(/(?<!['\w.])proto\.pulumirpc\.(?=[A-Z])/g, "rpc.")
            .replace(/(?<!['\w.])jspb\.Message\.(?=[a-z])/g, "messages.");
    };
    return {
        name: "short messages",
        setup({ onLoad }) {
            onLoad({ filter: /[\\/]@pulumi[\\/]pulumi[\\/]proto[\\/]\w+_pb\.js$/ }, ({ path }) => ({ contents: shortened(readFileSync(path, "utf8")) }));
        },
    };
}

/** The licences of the packages that the bundle holds a copy of. */
function licenses(root, inputs) {
    const folders = new Set(inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
    const texts = [...folders].map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
        const file = readdirSync(join(root, folder)).find((one) => /^licen[cs]e/i.test(one));
        return { title: `${name} ${version}: ${license}`, text: file ? readFileSync(join(root, folder, file), "utf8").trim() : "" };
    });
    const owner = /^\s*copyright\s*(\(c\)|\u00a9|\d).*$/gim;
    const owners = (text) => (text.match(owner) ?? []).map((line) => `    ${line.trim()}`);
    const terms = (text) => text.replace(owner, "").replace(/\n{3,}/g, "\n\n").trim();
    const words = (text) => terms(text).toLowerCase().replace(/\W+/g, " ").replace(/^(the )?mit license (mit )?/, "").trim();
    // Many have the same terms, but for who grants them and how the lines are broken.
    const groups = [...new Set(texts.map(({ text }) => words(text)))].map((same) => texts.filter(({ text }) => words(text) === same));
    const named = ({ title, text }) => [title, ...owners(text)].join("\n");
    const blocks = groups.map((group) => [...group.map(named).sort(), "", terms(group[0].text)].join("\n").trim());
    // The Apache License is long, and each copy of it says the same before its appendix.
    const seen = new Set();
    const once = (block) =>
        block.replace(/TERMS AND CONDITIONS FOR USE[^]*?END OF TERMS AND CONDITIONS/, (same) => (seen.size < seen.add(words(same)).size ? same : "(The terms and conditions are the same as above.)"));
    return `The plugin holds copies of these packages.\n\n${blocks.sort().map(once).join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

/**
 * The files of the plugin, as the archives hold them: what the package has, and what that finds in the package beside it.
 * @param {string} root the repository
 * @param {string} dist with the package
 */
export async function pluginFiles(root, dist) {
    const provider = join(dist, "provider");
    const module = readdirSync(join(dist, "powershell/HybridIdentity")).map((name) => `HybridIdentity/${name}`);
    const { metafile, content } = await bundleAllLanguages(root);
    const { inputs } = await bundleMain(root, { write: false });
    const made = new Map([
        ["languages.cjs", content],
        ["licenses.txt", Buffer.from(licenses(root, [...Object.keys(inputs), ...Object.keys(metafile.inputs)]))],
    ]);
    return (windows) => {
        const program = launchers[windows ? 1 : 0];
        const names = ["start.cjs", "languages.cjs", ...compressed, "licenses.txt", program, ...module];
        const folder = (name) => (module.includes(name) ? join(dist, "powershell") : provider);
        return names.map((name) => ({ name, executable: ["start.cjs", program].includes(name), content: made.get(name) ?? readFileSync(join(folder(name), name)) }));
    };
}
