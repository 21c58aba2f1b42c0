import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingPlugin } from "../../../components/internal/plugin";

describe("the plugin that a program misses", () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, "../../../package.json"), "utf8")) as { version: string };
    const command = (folder: string) => `pulumi plugin install resource hybrid-identity ${version} --file ${folder}`;
    let folder: string;
    const at = (...path: string[]) => join(folder, ...path);
    const make = (...path: string[]) => mkdirSync(at(...path), { recursive: true });
    const missing = (env: Record<string, string> = {}) => missingPlugin({ env: { PATH: at("bin"), ...env }, cwd: at("project", "program"), home: at("home") });
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "plugin-"));
        for (const path of ["bin", "home", "project/program"]) make(path);
        writeFileSync(at("project", "Pulumi.yaml"), "name: contoso\nruntime: nodejs\n");
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("is missing where nothing is", () => assert.match(missing() ?? "", /^the plugin hybrid-identity \S+ is not installed, .*: run pulumi plugin install resource hybrid-identity /));

    it("is installed from the project's own copy of the package", () => {
        make("project/program/node_modules/pulumi-hybrid-identity");
        assert.ok(missing()?.endsWith(command("node_modules/pulumi-hybrid-identity/dist/provider")), missing());
    });

    const found: [string, () => Record<string, string> | undefined | void][] = [
        ["in the home", () => make("home/.pulumi/plugins", `resource-hybrid-identity-v${version}`)],
        ["in another home", () => (make("other/plugins", `resource-hybrid-identity-v${version}`), { PULUMI_HOME: at("other") })],
        ["on PATH", () => writeFileSync(at("bin", "pulumi-resource-hybrid-identity"), "")],
        ["on PATH of Windows", () => writeFileSync(at("bin", "pulumi-resource-hybrid-identity.cmd"), "")],
        ["in Pulumi.yaml", () => writeFileSync(at("project", "Pulumi.yaml"), "plugins: { providers: [{ name: hybrid-identity, path: x }] }")],
        ["attached by hand", () => ({ PULUMI_DEBUG_PROVIDERS: "hybrid-identity:1234" })],
        ["perhaps in a home that only the CLI knows", () => ({ PULUMI_HOME: "somewhere" })],
        ["in another version, where the engine does not see which the package wants", () => make("home/.pulumi/plugins/resource-hybrid-identity-v0.0.1")],
    ];
    for (const [where, prepare] of found) {
        it(`is found ${where}`, () => assert.equal(missing(prepare() ?? {}), undefined));
    }

    it("is not the plugin of another version where the engine sees which the package wants, nor a lock", () => {
        make("project/program/node_modules/pulumi-hybrid-identity");
        make("home/.pulumi/plugins/resource-hybrid-identity-v0.0.1");
        writeFileSync(at("home/.pulumi/plugins", `resource-hybrid-identity-v${version}.lock`), "");
        assert.notEqual(missing(), undefined);
    });
});
