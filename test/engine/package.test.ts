// The package as somebody gets it who has nothing else of this repository: packed, unpacked into a project of its own, compiled, run by the CLI.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { brotliDecompressSync } from "node:zlib";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { startLab, type Lab } from "../../lab/lab";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";
import { moduleText } from "../../powershell/moduleText";
import { engineOrSkip, environment, repository, temporaryFolder } from "./support/engine";

const run = promisify(execFile);
const name = "pulumi-hybrid-identity";
const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string };

/** A version such as "5.3": then npm installs the package, with that TypeScript, of the registry. Else what it needs is linked, and nothing is fetched. */
const typescript = process.env["HYBRID_IDENTITY_TYPESCRIPT"];

/** As `pulumi new typescript` makes them, now and before; what both find is checked once. */
const templates = [
    { module: "nodenext", moduleResolution: "nodenext" },
    { module: "commonjs", moduleResolution: "node", skipLibCheck: true },
].map((modules) => ({
    strict: true,
    outDir: "bin",
    target: "es2020",
    ...modules,
    sourceMap: true,
    experimentalDecorators: true,
    pretty: true,
    noFallthroughCasesInSwitch: true,
    noImplicitReturns: true,
    forceConsistentCasingInFileNames: true,
}));

/** The first program of README, for a server of the lab. */
function readmeProgram(server: { port: number; user: string; hostKey: string }): string {
    const [, program = ""] = /```ts\n(.*?)```/s.exec(readFileSync(join(repository, "README.md"), "utf8")) ?? [];
    const own: [string, string][] = [
        ['address: "mim01.contoso.com"', `address: "127.0.0.1", port: ${server.port}`],
        ['"CONTOSO\\\\svc-pulumi"', JSON.stringify(server.user)],
        ['"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA..."', JSON.stringify(server.hostKey)],
    ];
    return own.reduce((text, [from, to]) => {
        assert.ok(text.includes(from), `README's program has no ${from}`);
        return text.replace(from, to);
    }, program);
}

const everyField = `
import { Host, RegistryValues } from "${name}/windows";
import { dword } from "${name}/values";
import { MailApplication, type MailApplicationArgs } from "${name}/entra";
import { ManagementScope } from "${name}/exchange";
import { PortalMail, type HealthCheck } from "${name}/mim";
import { report, type StackReport } from "${name}/report";
import * as face from "${name}";

const host = new Host("mim01", { address: "a", user: "u", password: "p", hostKey: "k" });
export const { drift } = new RegistryValues("v", { host, values: { "HKLM\\\\SOFTWARE\\\\A": { B: dword(1) } } });
const args: MailApplicationArgs = { displayName: "m", mailboxScope: "separate" };
export const secret = new MailApplication("m", args).clientSecret;
new ManagementScope("s", { name: "s", recipientRestrictionFilter: "Alias -eq 'a'" });
const portal: face.mim.PortalMailArgs | undefined = undefined;
export const more: [typeof PortalMail, HealthCheck | undefined, typeof report, StackReport | undefined, unknown] = [face.mim.PortalMail, undefined, report, undefined, portal];
// @ts-expect-error: nothing is any
dword("1");
`;

describe("package", function () {
    this.timeout(240_000);
    const folder = { path: "", remove: () => {} };
    const at = (...path: string[]) => join(folder.path, ...path);
    const installed = () => at("node_modules", name);
    const release = (platform: string) => at("release", `pulumi-resource-hybrid-identity-v${version}-${platform}.tar.gz`);

    before(async () => {
        Object.assign(folder, temporaryFolder());
        await run(process.execPath, [join(repository, "tools/build.mjs"), "--plugin", "--to", folder.path]);
        for (const file of ["package.json", "README.md", "CHANGELOG.md"]) cpSync(join(repository, file), at(file));
        await npm(["pack", "--offline", "--ignore-scripts", "--pack-destination", folder.path], folder.path);
        // Else what lies beside the project would be found, too.
        for (const left of ["package.json", "README.md", "CHANGELOG.md", "dist"]) rmSync(at(left), { recursive: true });
        await run("tar", ["xzf", `${name}-${version}.tgz`], { cwd: folder.path });
        if (typescript !== undefined) {
            const types = Number(typescript) < 5.1 ? 18 : 22;
            await npm(["install", "--ignore-scripts", `./${name}-${version}.tgz`, `typescript@${typescript}`, `@types/node@${types}`], folder.path);
            return;
        }
        mkdirSync(at("node_modules"));
        cpSync(at("package"), installed(), { recursive: true });
        for (const dependency of ["@pulumi/pulumi", "@pulumi/azuread", "@pulumi/command", "ssh2", "typescript", "@types/node"]) {
            mkdirSync(dirname(at("node_modules", dependency)), { recursive: true });
            symlinkSync(join(repository, "node_modules", dependency), at("node_modules", dependency), "junction");
        }
    });

    after(() => folder.remove());

    it("holds what a program needs, and nothing else", () => {
        const files = filesIn(installed());
        assert.deepEqual([...new Set(files.map((file) => file.split("/")[0]))].sort(), ["CHANGELOG.md", "README.md", "dist", "package.json"]);
        const kinds = new Set(files.filter((file) => file.startsWith("dist/")).map((file) => file.split("/")[1]!));
        const own = ["cli", "components", "drift", "index.d.ts", "index.js", "powershell", "promotion", "provider", "remote"];
        assert.deepEqual([...kinds].sort(), own);
        const size = files.reduce((total, file) => total + statSync(join(installed(), file)).size, 0);
        assert.ok(size < 2_000_000, `${size} bytes`);
        // The face is written by hand, and the report's page runs in a browser.
        const scripts = files.filter((file) => file.endsWith(".js") && !["dist/index.js", "dist/cli/page.js"].includes(file));
        const source = (file: string) => (JSON.parse(readFileSync(join(installed(), `${file}.map`), "utf8")) as { sources: string[] }).sources;
        // As if its sources lay in the package: nothing of where it was built.
        const wrong = scripts.filter((file) => source(file).some((one) => !existsSync(join(repository, file, "..", one))));
        assert.deepEqual(wrong, []);
        assert.deepEqual(files.filter((file) => readFileSync(join(installed(), file), "utf8").includes(repository)), []);
    });

    it("leads a stack to the line of the source", async () => {
        const support = JSON.stringify(join(repository, "node_modules/source-map-support"));
        const program = `require(${support}).install(); try { new (require("${name}/windows").RegistryValues)("x", {}); } catch (error) { console.log(error.stack); }`;
        const { stdout } = await node(["-e", program], folder.path);
        const [, file = "", line] = /([\w/\\]+\.ts):(\d+)/.exec(stdout) ?? [];
        assert.match(file.replaceAll("\\", "/"), /components\/internal\/report\.ts$/, stdout);
        assert.match(readFileSync(join(repository, "components/internal/report.ts"), "utf8").split("\n")[Number(line) - 1]!, /throw new pulumi\.RunError/);
    });

    it("brings the module as it is installed on a server, and the schema", () => {
        const { psm1, psd1 } = moduleText();
        const module = join(installed(), "dist/powershell/HybridIdentity");
        assert.deepEqual(["psm1", "psd1"].map((ending) => readFileSync(join(module, `HybridIdentity.${ending}`), "latin1")), [psm1, psd1]);
        for (const file of ["schema.json", "components.json"]) {
            const brought = brotliDecompressSync(readFileSync(join(installed(), `dist/provider/${file}.br`))).toString("utf8");
            assert.deepEqual(JSON.parse(brought), JSON.parse(readFileSync(join(repository, "provider", file), "utf8")), file);
        }
    });

    it("brings types for the stock template that ask for no other package, and are checked too", async () => {
        const server = { port: 22, user: "administrator", hostKey: "ssh-ed25519 AAAA" };
        const project = at("types");
        mkdirSync(project);
        writeFileSync(join(project, "package.json"), "{}");
        writeFileSync(join(project, "index.ts"), readmeProgram(server));
        writeFileSync(join(project, "every.ts"), everyField);
        await Promise.all(templates.map(async (compilerOptions) => {
            const config = `tsconfig.${compilerOptions.module}.json`;
            writeFileSync(join(project, config), JSON.stringify({ compilerOptions, files: ["index.ts", "every.ts"] }));
            const { stdout } = await node([at("node_modules/typescript/bin/tsc"), "-p", config, "--noEmit", "--listFiles"], project);
            assert.deepEqual(stdout.match(/.*(azuread|azure-native|@pulumi\/command|ssh2).*/g) ?? [], []);
        }));
    });

    const loads = "Object.keys(require.cache).filter((file) => /azuread|hybrid-identity/.test(file))";
    const loadedBy = async (program: string): Promise<string[]> => {
        const { stdout } = await node(["-e", `${program}; console.log(JSON.stringify(${loads}))`], folder.path);
        const fields = (JSON.parse(stdout) as string[]).map((file) => /azuread/.exec(file)?.[0] ?? /components\/(\w+)\//.exec(file.replaceAll("\\", "/"))?.[1] ?? "");
        return [...new Set(fields)].filter((field) => !["", "internal"].includes(field)).sort();
    };

    it("loads the field that is imported and no other, the face those that are used", async () => {
        assert.deepEqual(await loadedBy(`require("${name}/windows").Host.name`), ["windows"]);
        assert.deepEqual(await loadedBy(`require("${name}")`), []);
        assert.deepEqual(await loadedBy(`require("${name}").dword(1)`), []);
        assert.deepEqual(await loadedBy(`require("${name}").windows.Host`), ["windows"]);
        assert.ok((await loadedBy(`require("${name}").entra`)).includes("azuread"));
    });

    it("brings the command line, which loads nothing of Pulumi", async () => {
        const { bin } = JSON.parse(readFileSync(join(installed(), "package.json"), "utf8")) as { bin: Record<string, string> };
        const file = join(installed(), bin["hybrid-identity"]!);
        const program = `process.argv = [process.argv[0], "hybrid-identity", "prepare", "--user", "svc"]; require(${JSON.stringify(file)});
            process.on("exit", () => console.log(JSON.stringify(Object.keys(require.cache).filter((one) => /@pulumi|components.(entra|exchange)/.test(one)))));`;
        const lines = (await node(["-e", program], folder.path)).stdout.trim().split("\n");
        assert.deepEqual(JSON.parse(lines.pop()!), []);
        assert.match(lines.join("\n"), /^# Makes this server ready[^]*\$user = 'svc'[^]*\}$/);
        // As npm starts it; what it shares with the library is found.
        const refused = (await node([file, "look", "--host", "127.0.0.1"], folder.path).catch((error: Error) => error)) as Error;
        assert.match(refused.message, /^--key is needed/);
    });

    it("is one thing for CommonJS and for ES modules", async () => {
        const fields = ["windows", "entra", "exchange", "mfa", "mim"];
        writeFileSync(
            at("all.mjs"),
            `import { createRequire } from "node:module"; import * as face from "${name}"; import { dword } from "${name}/values"; import { report } from "${name}/report";
            ${fields.map((field) => `import * as ${field} from "${name}/${field}";`).join("\n")}
            const require = createRequire(import.meta.url);
            const same = (one, other) => Object.keys(other).filter((key) => key !== "__esModule" && one[key] !== other[key]);
            const wrong = { face: same(face, require("${name}")), ${fields.map((field) => `${field}: same(${field}, face.${field})`).join(", ")} };
            console.log(JSON.stringify([wrong, dword === face.dword, report === face.report]));`,
        );
        const { stdout } = await node(["all.mjs"], folder.path);
        assert.deepEqual(JSON.parse(stdout), [{ face: [], windows: [], entra: [], exchange: [], mfa: [], mim: [] }, true, true]);
    });

    it("opens nothing that it does not name", async () => {
        const deep = await node(["-e", `require("${name}/dist/drift/plan")`], folder.path).catch((error: Error) => error.message);
        assert.match(String(deep), /ERR_PACKAGE_PATH_NOT_EXPORTED/);
    });

    it("packs the plugin for a system with the launcher of that system", async () => {
        const inside = async (platform: string) => (await run("tar", ["tzvf", release(platform)])).stdout.trim().split("\n").map((line) => `${line[3]} ${line.split(" ").pop()}`);
        const module = ["- HybridIdentity/HybridIdentity.psd1", "- HybridIdentity/HybridIdentity.psm1"];
        const holding = (launcher: string) => ["x start.cjs", "- languages.cjs", "- schema.json.br", "- components.json.br", "- licenses.txt", `x ${launcher}`, ...module];
        assert.deepEqual(await inside("linux-amd64"), holding("pulumi-resource-hybrid-identity"));
        assert.deepEqual(await inside("windows-amd64"), holding("pulumi-resource-hybrid-identity.cmd"));
        const systems = readdirSync(at("release")).map((file) => /-([a-z]+-[a-z0-9]+)\.tar\.gz$/.exec(file)?.[1]).sort();
        assert.deepEqual(systems, ["darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64", "windows-amd64", "windows-arm64"]);
    });

    describe("in a project of the CLI", () => {
        let cli: PulumiCommand;
        let lab: Lab;
        let tenant: Tenant;
        let server: Server | undefined;

        /** Runs the CLI with a home of its own. It answers what was printed, failed or not. */
        const pulumi = async (project: string, args: string[], more: Record<string, string> = {}): Promise<string> => {
            const env = { ...environment(at("state")), PULUMI_HOME: at("home"), PULUMI_LAB_REPO: repository, ...more };
            const options = { cwd: project, env: { ...process.env, ...env } };
            const ended = run(cli.command, ["--non-interactive", "--color", "never", ...args], options);
            const { stdout, stderr } = await ended.catch((error: unknown) => error as { stdout: string; stderr: string });
            return stdout + stderr;
        };
        const project = async (folderName: string, files: Record<string, string>): Promise<string> => {
            const path = at(folderName);
            mkdirSync(path);
            for (const [file, text] of Object.entries({ "Pulumi.yaml": `name: ${folderName}\nruntime: nodejs\n`, "package.json": "{}", ...files })) writeFileSync(join(path, file), text);
            return withStack(path);
        };
        const withStack = async (path: string): Promise<string> => {
            // The language host looks below the project for what plugins it needs.
            symlinkSync(at("node_modules"), join(path, "node_modules"), "junction");
            await pulumi(path, ["stack", "init", "dev"]);
            return path;
        };
        const missing = `the plugin hybrid-identity ${version} is not installed, and Entra ID and Exchange Online need it: run pulumi plugin install resource hybrid-identity ${version} --file node_modules/${name}/dist/provider`;
        const forget = () => readdirSync(at("home/plugins")).filter((one) => one.includes("hybrid")).forEach((one) => rmSync(at("home/plugins", one), { recursive: true }));

        before(async function () {
            cli = await engineOrSkip(this);
            for (const one of ["state", "home/plugins"]) mkdirSync(at(one), { recursive: true });
            const plugins = join(repository, ".lab/pulumi-home/plugins");
            for (const one of existsSync(plugins) ? readdirSync(plugins).filter((file) => /^resource-(command|azuread)-/.test(file)) : []) {
                cpSync(join(plugins, one), at("home/plugins", one), { recursive: true });
            }
            [lab, tenant] = await Promise.all([startLab({ hosts: ["mim01"] }), startTenant()]);
        });

        after(async () => {
            server?.close();
            await Promise.all([lab?.stop(), tenant?.stop()]);
        });

        it("README's program is previewed, without the plugin that it does not use", async () => {
            const { port, user, hostKey, privateKey } = lab.hosts["mim01"]!;
            const files = { "index.ts": readmeProgram({ port, user, hostKey }), "tsconfig.json": JSON.stringify({ compilerOptions: templates[0], files: ["index.ts"] }) };
            const path = await project("readme", { ...files, "package.json": '{ "main": "index.ts" }' });
            await pulumi(path, ["config", "set", "--secret", "privateKey", "--", privateKey]);
            const text = await pulumi(path, ["preview"]);
            assert.match(text, /command:remote:Command extra-mim01-extra create/);
            assert.match(text, /\+ 10 to create/);
            assert.doesNotMatch(text, /error|PATH/);
            await reports(path);
        });

        it("the template makes a project whose program looks at one server and writes nothing", async () => {
            const path = at("contoso");
            mkdirSync(path);
            const made = await pulumi(path, ["new", join(repository, "template"), "--generate-only", "--yes", "--name", "contoso"]);
            assert.deepEqual(readdirSync(path).sort(), [".gitignore", "Pulumi.yaml", "index.ts", "package.json", "tsconfig.json"], made);
            assert.doesNotMatch(["Pulumi.yaml", "package.json"].map((file) => readFileSync(join(path, file), "utf8")).join(), /\$\{|template:\n/);
            await withStack(path);
            const { port, user, hostKey, privateKey } = lab.hosts["mim01"]!;
            await pulumi(path, ["config", "set-all", ...Object.entries({ address: "127.0.0.1", port, user, hostKey }).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`])]);
            await pulumi(path, ["config", "set", "--secret", "privateKey", "--", privateKey]);
            const text = await pulumi(path, ["preview"]);
            assert.match(text, /\+ 4 to create/);
            assert.match(text, /TLS 1\.0\\Client\\Enabled: absent -> dword:0/);
            assert.match(text, /tls +: "drifted"/);
            assert.doesNotMatch(text, /error|command:remote/);
        });
        /** What the package's own command says of that program: no value of it is on the server yet. */
        async function reports(path: string): Promise<void> {
            const env = { ...process.env, ...environment(at("state")), PULUMI_HOME: at("home"), PULUMI_LAB_REPO: repository, PATH: `${dirname(cli.command)}${delimiter}${process.env["PATH"]}` };
            const command = (...args: string[]) =>
                run(process.execPath, [join(installed(), "dist/cli/main.cjs"), "report", ...args], { cwd: path, env }).catch((error: unknown) => error as { code: number; stdout: string; stderr: string });
            const drifted = await command("--stack", "dev", "--out", "report", "--comment", "comment.md");
            assert.equal("code" in drifted && drifted.code, 3, drifted.stderr);
            assert.match(drifted.stderr, /dev: 1 host, \d+ drifted values, 0 unknown, 0 errors\n$/);
            const [html, json, comment] = ["report/report.html", "report/report.json", "comment.md"].map((file) => readFileSync(join(path, file), "utf8")) as [string, string, string];
            assert.match(html, /script-src 'sha256-[^]*<style>:root\{[^]*<script>[^]*<\/html>\n$/);
            assert.match(comment, /^### Stack `dev`: 1 host.*\n<!-- hybrid-identity report: dev -->\n[^]*`mim01`/);
            const { format, stack, components } = JSON.parse(json) as { format: number; stack: string; components: { drift: object }[] };
            assert.deepEqual([format, stack], [1, "dev"]);
            assert.ok(components.some(({ drift }) => Object.values(drift).some((one: { since?: string }) => /^\d{4}-.*Z$/.test(one.since ?? ""))), json);
            const none = await command("--stack", "nope");
            assert.deepEqual(["code" in none && none.code, none.stderr.split("\n")[0]], [2, `--stack: "nope" is no stack of ${path}. Name one that "pulumi stack ls" lists there`]);
        }

        it("a program that misses the plugin is told in one sentence what to run, and that is enough, in an ES module, too", async () => {
            const program = `import { MailApplication } from "${name}/entra";
                new MailApplication("mim", { displayName: "MIM mail", mailboxScope: { group: "mim-mailboxes@contoso.example", inScopeMailbox: "mim@contoso.example", outOfScopeMailbox: "ceo@contoso.example" } });`;
            const path = await project("module", { "package.json": '{ "type": "module", "main": "index.js" }', "index.js": program });
            const cloud = { ...tenant.environment, ARM_USE_CLI: "false", AZUREAD_STANDIN_POLL: "0.01", HYBRID_IDENTITY_PAUSES: "0.02" };
            const errors = (text: string) => [...text.matchAll(/^ +error: (.*)$/gm)].map(([, said]) => said);
            assert.deepEqual(errors(await pulumi(path, ["preview"], cloud)), [`mim: ${missing}`]);
            const command = missing.slice(missing.indexOf("pulumi plugin")).split(" ").slice(1);
            await pulumi(path, command);
            const text = await pulumi(path, ["preview"], cloud);
            assert.deepEqual(errors(text), [], text);
            assert.match(text, /hybrid-identity:exchange:ApplicationAccessPolicy mim-scope-policy create/);
            assert.match(text, /azuread:index:Application mim-app create/);
            assert.doesNotMatch(text, /PATH/);
            assert.deepEqual(tenant.unknownCalls, []);
        });

        const scope = `const { ManagementScope } = require("${name}/exchange");\nnew ManagementScope("scope", { name: "MIM", recipientRestrictionFilter: "Alias -like 'mim*'" });\n`;

        it("the plugin is installed from its archive", async () => {
            forget();
            const path = await project("archive", { "index.js": scope });
            await pulumi(path, ["plugin", "install", "resource", "hybrid-identity", version, "--file", release(ownPlatform())]);
            assert.match(await pulumi(path, ["preview"]), /hybrid-identity:exchange:ManagementScope scope create/);
        });

        it("the CLI fetches the archive itself where the package names a server", async () => {
            forget();
            const asked: string[] = [];
            server = createServer((request, response) => {
                asked.push(basename(request.url!));
                response.end(readFileSync(at("release", basename(request.url!))));
            }).listen(0, "127.0.0.1");
            await new Promise((listening) => server!.once("listening", listening));
            const file = join(installed(), "package.json");
            const text = readFileSync(file, "utf8");
            const served = JSON.parse(text) as { pulumi: { server?: string } };
            served.pulumi.server = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
            writeFileSync(file, JSON.stringify(served));
            const path = await project("served", { "index.js": scope });
            const said = await pulumi(path, ["preview"], { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "false" });
            writeFileSync(file, text);
            assert.match(said, /hybrid-identity:exchange:ManagementScope scope create/);
            assert.deepEqual(asked, [basename(release(ownPlatform()))]);
        });
    });
});

function ownPlatform(): string {
    const system = process.platform === "win32" ? "windows" : process.platform;
    return `${system}-${process.arch === "x64" ? "amd64" : process.arch}`;
}

function node(args: string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
    const { NODE_OPTIONS: _, ...env } = process.env;
    return run(process.execPath, args, { cwd, env, maxBuffer: 1 << 26 }).catch((error: Error & { stdout: string; stderr: string }) => {
        throw new Error(`${error.stderr}${error.stdout}`.trim() || error.message);
    });
}

function npm(args: string[], cwd: string): Promise<unknown> {
    const beside = join(dirname(process.execPath), process.platform === "win32" ? "npm.cmd" : "npm");
    return run(existsSync(beside) ? beside : "npm", args, { cwd, shell: process.platform === "win32" });
}

/** Paths with slashes of everything below a folder. */
function filesIn(folder: string): string[] {
    const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    return all.map((one) => join(one.parentPath, one.name).slice(folder.length + 1).replaceAll("\\", "/"));
}
