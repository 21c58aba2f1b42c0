// The provider in the real CLI: found by the project's plugins, asked by a program through the TypeScript face, by default and explicitly.
import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { callGraph } from "../../lab/tenant/client";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";
import { skip } from "../support/skip";
import { folder as providerFolder } from "./support/plugin";

const repository = path.resolve(__dirname, "../..");
const face = path.join(repository, "components/entra/functions/applicationCredentials");
const health = path.join(repository, "components/exchange/resources/ewsHealth");

const program = `
import * as pulumi from "@pulumi/pulumi";
import { applicationCredentials, applicationCredentialsOutput, isMissingApplication } from ${JSON.stringify(face)};
import { ewsHealth } from ${JSON.stringify(health)};

export = async () => {
    const clientId = process.env.WANTED!;
    const settings = { tenantId: process.env.ARM_TENANT_ID, clientId: process.env.ARM_CLIENT_ID, clientSecret: process.env.ARM_CLIENT_SECRET };
    const provider = new pulumi.ProviderResource("hybrid-identity", "tenant", { ...settings, metadataHost: process.env.ARM_METADATA_HOSTNAME });
    const mim = { tenantId: settings.tenantId!, clientId, clientSecret: process.env.WANTED_SECRET!, mailbox: "mim@contoso.example" };
    const absent = { clientId: "00000000-1111-4222-8333-444444444444" };
    return {
        byDefault: (await applicationCredentials({ clientId })).displayName,
        explicitly: applicationCredentialsOutput({ clientId }, { provider }).passwords.apply(all => all.map(({ displayName }) => displayName)),
        health: ewsHealth(mim),
        missing: await applicationCredentials(absent).then(() => false, isMissingApplication),
    };
};
`;

describe("provider: in the real CLI", function () {
    this.timeout(120_000);
    let folder: string;
    let tenant: Tenant;
    let stack: Stack;
    let mimSecret: string;
    /** What the CLI wrote, and what it told whoever runs it. */
    const said: string[] = [];

    before(async function () {
        const cli = await PulumiCommand.get().catch(() => undefined);
        if (!cli) {
            const why = 'no Pulumi CLI was found, or one that is too old; put "pulumi" on the PATH';
            if (process.env["CI"] === "true") throw new Error(why);
            return skip(this, why);
        }
        folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "provider-cli-")));
        tenant = await startTenant();
        const { body } = await callGraph(tenant, "POST", "/v1.0/applications", { displayName: "MIM mail" });
        const asked = { passwordCredential: { displayName: "by hand" } };
        const { body: password } = await callGraph(tenant, "POST", `/v1.0/applications/${String(body["id"])}/addPassword`, asked);
        mimSecret = String(password["secretText"]);
        await callGraph(tenant, "POST", "/v1.0/servicePrincipals", { appId: body["appId"] });
        const project = path.join(folder, "project");
        fs.mkdirSync(project);
        fs.mkdirSync(path.join(folder, "state"));
        fs.symlinkSync(path.join(repository, "node_modules"), path.join(project, "node_modules"), "junction");
        fs.writeFileSync(path.join(project, "index.ts"), program);
        fs.writeFileSync(path.join(project, "tsconfig.json"), JSON.stringify({ extends: path.join(repository, "tsconfig.json"), include: ["index.ts"] }));
        fs.writeFileSync(path.join(project, "Pulumi.yaml"), JSON.stringify({
            name: "lab",
            runtime: "nodejs",
            main: "index.ts",
            backend: { url: `file://${path.join(folder, "state").replaceAll("\\", "/")}` },
            plugins: { providers: [{ name: "hybrid-identity", path: providerFolder }] },
        }));
        stack = await LocalWorkspace.createOrSelectStack(
            { stackName: "organization/lab/test", workDir: project },
            {
                pulumiCommand: cli,
                envVars: {
                    ...tenant.environment,
                    WANTED: String(body["appId"]),
                    WANTED_SECRET: mimSecret,
                    PULUMI_HOME: path.join(folder, "home"),
                    PULUMI_CONFIG_PASSPHRASE: "test",
                    PULUMI_SKIP_UPDATE_CHECK: "true",
                    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
                    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
                },
            },
        );
    });
    after(async () => {
        await tenant?.stop();
        if (folder) fs.rmSync(folder, { recursive: true, force: true });
    });

    it("a program gets the credentials, by default and by a provider of its own", async () => {
        const say = (text: string) => void said.push(text);
        const { outputs } = await stack.up({ onOutput: say, onError: say, onEvent: event => say(JSON.stringify(event)) });
        assert.deepEqual(outputs["byDefault"]?.value, "MIM mail");
        assert.deepEqual(outputs["explicitly"]?.value, ["by hand"]);
        assert.deepEqual(outputs["missing"]?.value, true);
        const { value, secret } = outputs["health"]!;
        const { state, message } = value as { state: string; message: string };
        const lacks = "the token lacks the permission full_access_as_app; it has none";
        assert.deepEqual([state, message, secret], ["failing", lacks, false]);
    });

    it("the state has no secret in clear, though the program gave two, and what the CLI says has not the one of the check", () => {
        const state = fs.readFileSync(path.join(folder, "state/.pulumi/stacks/lab/test.json"), "utf8");
        assert.equal(state.includes(tenant.clientId), true);
        assert.deepEqual([tenant.clientSecret, mimSecret].map(each => state.includes(each)), [false, false]);
        const all = said.join("");
        assert.match(all, /full_access_as_app/);
        // Not the provider's own: Pulumi's SDK writes what the engine answers of a provider into events for debugging.
        assert.equal(all.includes(mimSecret), false);
    });
});
