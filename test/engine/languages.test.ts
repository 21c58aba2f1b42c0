// The components in a program in YAML, made by the plugin as the archive holds it: one process that gets a request for each of them, side by side.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { startLab, type Lab } from "../../lab/lab";
import { moduleText } from "../../powershell/moduleText";
import fixtures from "../support/certificates.json";
import { skip } from "../support/skip";
import { engineOrSkip, repository, temporaryFolder } from "./support/engine";
import { EngineStack } from "./support/stack";

interface Packed {
    name: string;
    executable: boolean;
    content: Buffer;
}
interface Build {
    bundleProvider(root: string, folder: string): Promise<void>;
    pluginFiles(root: string, dist: string): Promise<(windows: boolean) => Packed[]>;
}
type Resources = Record<string, { type: string; properties: object; options?: object }>;

const KEY = "HKLM\\SOFTWARE\\Contoso";
const host = "pulumi-language-yaml";
const { a: mailCertificate, password } = fixtures;

describe("engine: the components in YAML", function () {
    this.timeout(120_000);
    const folder = { path: "", remove: () => {} };
    let lab: Lab;
    let stack: EngineStack;
    const at = (...path: string[]) => join(folder.path, ...path);
    const execs = () => ["mim01", "exch01"].map((name) => lab.hosts[name]!.counters.execs);
    const value = (name: string, of: string) => lab.hosts[name]!.state.registry.get(KEY, of);

    before(async function () {
        const cli = await engineOrSkip(this);
        process.env["PATH"] += delimiter + join(repository, ".tools/yaml");
        if (!process.env["PATH"]!.split(delimiter).some((one) => existsSync(join(one, host)) || existsSync(join(one, `${host}.exe`)))) {
            skip(this, `${host} is not on the PATH; "npm test" builds it where Go finds its modules, and says why where it cannot`);
        }
        Object.assign(folder, temporaryFolder());
        [lab] = await Promise.all([startLab({ hosts: ["mim01", "exch01"] }), plugin()]);
        lab.hosts["exch01"]!.state.certificates.push({ der: mailCertificate.der, key: "there", access: true });
        mkdirSync(at("project"));
        program(everything());
        stack = await EngineStack.ofFolder(cli, folder.path, "languages", "prod", at("project"));
    });
    after(async () => {
        await lab?.stop();
        folder.remove();
    });

    /** As it is installed. */
    async function plugin(): Promise<void> {
        const { bundleProvider, pluginFiles } = (await import(pathToFileURL(join(repository, "tools/build/provider.mjs")).href)) as Build;
        const module = at("dist/powershell/HybridIdentity");
        [module, at("dist/provider")].forEach((one) => mkdirSync(one, { recursive: true }));
        const { psd1, psm1 } = moduleText();
        writeFileSync(join(module, "HybridIdentity.psd1"), psd1, "latin1");
        writeFileSync(join(module, "HybridIdentity.psm1"), psm1, "latin1");
        await bundleProvider(repository, at("dist/provider"));
        for (const { name, executable, content } of (await pluginFiles(repository, at("dist")))(process.platform === "win32")) {
            mkdirSync(dirname(at("plugin", name)), { recursive: true });
            writeFileSync(at("plugin", name), content, { mode: executable ? 0o755 : 0o644 });
        }
    }

    function everything(): Resources {
        const declared = Object.entries(lab.hosts).flatMap(([name, { address, port, user, hostKey, privateKey }]): [string, Resources[string]][] => [
            [name, { type: "windows:Host", properties: { address, port, user, hostKey, privateKey: { "fn::secret": privateKey } } }],
            [`own-${name}`, values(name, { Own: "dword:1" }, { onDestroy: "restore" })],
            [`more-${name}`, values(name, { More: "string:x" })],
        ]);
        const certificate = { host: "${exch01}", tlsName: mailCertificate.name, mode: "audit", repair: { access: true }, pfx: { "fn::secret": Buffer.from(mailCertificate.pfx, "hex").toString("base64") }, pfxPassword: { "fn::secret": password } };
        const mail = { type: "exchangeServer:TransportCertificate", properties: certificate };
        // Is known once another component was made, so it comes late.
        return { ...Object.fromEntries(declared), mail, late: values("mim01", { Late: "string:${more-mim01.hostName}" }, { mode: "audit" }) };
    }

    function values(of: string, names: object, more: object = {}): Resources[string] {
        return { type: "windows:RegistryValues", properties: { host: `\${${of}}`, values: { [KEY]: names }, ...more } };
    }

    function program(resources: Resources, path = at("plugin")): void {
        const typed = Object.entries(resources).map(([name, one]) => [name, { ...one, type: `hybrid-identity:${one.type}` }]);
        const plugins = { providers: [{ name: "hybrid-identity", path }] };
        // JSON is YAML.
        writeFileSync(at("project", "Pulumi.yaml"), JSON.stringify({ name: "languages", runtime: "yaml", plugins, resources: Object.fromEntries(typed) }));
    }

    it("shows in a preview what there is, with one look for all components that come together", async () => {
        const { warnings, changes, errors } = await stack.preview();
        const found = (name: string) => [`${KEY}\\Own: absent -> dword:1`, `${KEY}\\More: absent -> string:'x'`].map((line) => [name, line]);
        const shown = warnings.join("\n");
        for (const [name, line] of [...found("mim01"), ...found("exch01")]) {
            assert.ok(shown.includes(`${line!.includes("Own") ? "own" : "more"}-${name}: ${line}`), shown);
        }
        assert.deepEqual(errors, []);
        assert.equal(changes["own-mim01-mim01-own-mim01"], "create");
        assert.deepEqual(execs(), [2, 1], "looks: mim01 has a component that comes late");
    });

    it("enforces in an update, keeps secrets out of state, and shows no change afterwards", async () => {
        await stack.up();
        assert.deepEqual([value("mim01", "Own"), value("exch01", "More"), value("mim01", "Late")], ["dword:1", "string:x", "absent"]);
        assert.ok(!stack.stateText.includes("PRIVATE KEY") && !stack.stateText.includes(password));
        assert.equal(stack.resources.find(({ urn }) => urn.endsWith("::mail"))!.outputs!["state"], "compliant");
        const outputs = stack.resources.find(({ urn }) => urn.endsWith("::own-mim01"))!.outputs!;
        assert.deepEqual([outputs["state"], outputs["hostName"]], ["enforced", "mim01"]);
        lab.hosts["mim01"]!.state.registry.set(KEY, "Own", "dword:5");
        const { changes, warnings } = await stack.preview();
        assert.deepEqual(changes, { "own-mim01-mim01-own-mim01": "update" });
        assert.match(warnings.join("\n"), /own-mim01: HKLM\\SOFTWARE\\Contoso\\Own: dword:5 -> dword:1/);
        // What comes late is not there at the first look, and is no orphan for that.
        assert.doesNotMatch(warnings.join("\n"), /removed|no longer declares/);
    });

    it("says what is wrong as an error of that component, after the others have shown theirs", async () => {
        const separate = { type: "entra:MailApplication", properties: { displayName: "MIM mail", mailboxScope: "separate" } };
        program({ ...everything(), "more-exch01": values("exch01", { More: "dwrod:1" }), separate });
        const { errors, warnings } = await stack.preview({ fails: true });
        assert.equal(errors.length, 2, errors.join("\n"));
        const [application = "", wrong = ""] = errors.sort();
        assert.match(application, /'separate' has a problem: .*\n {2}mailboxScope: is "separate", which needs a program in TypeScript/);
        assert.match(wrong, /^hybrid-identity:windows:RegistryValues resource 'more-exch01' has a problem: windows\.RegistryValues "more-exch01" cannot be used as it is written:\n {2}values.*dwrod:1/);
        assert.match(warnings.join("\n"), /own-mim01: .*dword:5 -> dword:1/);
    });

    it("says what to do about a plugin without the components, as it is copied from a package", async () => {
        program(everything(), at("dist/provider"));
        const { errors } = await stack.preview({ fails: true });
        assert.match(errors[0]!, /copied from an npm package, whose components stayed there; take the plugin's archive of a release/);
    });

    it("says once that a host does not answer, and that a setting leaves one out", async () => {
        program(everything());
        await lab.hosts["exch01"]!.fault("unreachable");
        const { errors } = await stack.preview({ fails: true });
        assert.equal(errors.length, 1, errors.join("\n"));
        assert.match(errors[0]!, /exch01: .* as administrator/);
        // A name that no host has yet is none that is misspelt.
        stack.settings = { skipHosts: ["exch01", "old01"] };
        const { warnings, changes } = await stack.preview();
        assert.ok(warnings.some((one) => one.startsWith("exch01: not observed, so nothing on it changes: left out by hybrid-identity:skipHosts.")), warnings.join("\n"));
        assert.deepEqual(changes, { "own-mim01-mim01-own-mim01": "update" });
    });

    it("says in an update, too, why something new is not made", async () => {
        await lab.hosts["exch01"]!.fault("none");
        stack.settings = {};
        const service = { type: "windows:WindowsService", properties: { host: "${exch01}", service: "NoSuchService", state: "running" } };
        program({ ...everything(), service });
        const { errors } = await stack.up({ fails: true });
        assert.match(errors.join("\n"), /this run makes nothing new on exch01, for the reason that the message of exch01 gives: document "service" is refused.*\n {2}There is no service NoSuchService/);
    });

    it("puts back what was there when a component leaves the program", async () => {
        const { "own-exch01": _, ...rest } = everything();
        program(rest);
        const { changes } = await stack.up();
        assert.equal(changes["own-exch01-exch01-own-exch01"], "delete");
        assert.deepEqual([value("exch01", "Own"), value("exch01", "More"), value("mim01", "Own")], ["absent", "string:x", "dword:1"]);
    });
});
