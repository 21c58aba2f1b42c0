import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { skip } from "../../support/skip";

// Every run of the engine listens on a new port. Where one is used a second time, gRPC's pool of connections still knows it as closed, and the
// SDK takes UNAVAILABLE for an engine that is ending: the program would end well having registered nothing.
Object.assign((settings as unknown as { grpcClientOptions: object }).grpcClientOptions, { "grpc.use_local_subchannel_pool": 1 });

// Programs that are functions look at this process's agent, the plugins at what `environment` says.
delete process.env["SSH_AUTH_SOCK"];

export const repository = resolve(__dirname, "../../..");

const pulumiHome = join(repository, ".lab", "pulumi-home");

/**
 * The CLI with the command plugin in the lab's own home, or skips the suite and says why. In CI a skip would hide that nothing was proved:
 * there it fails.
 */
export async function engineOrSkip(context: Mocha.Context): Promise<PulumiCommand> {
    const missing = (why: string): never => {
        if (process.env["CI"] === "true") {
            throw new Error(`the engine tests cannot run: ${why}`);
        }
        return skip(context, why);
    };
    const cli = await PulumiCommand.get().catch(() => undefined);
    if (cli === undefined) {
        return missing('no Pulumi CLI was found, or one that is too old; run "npm test", or put "pulumi" on the PATH');
    }
    const onPath = (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, "pulumi-resource-command")));
    return onPath || existsSync(join(pulumiHome, "plugins", "resource-command-v1.2.1"))
        ? cli
        : missing('the command plugin is not installed in the lab; run "node tools/setup.mjs"');
}

const vault = process.env["HYBRID_IDENTITY_TEST_VAULT"];

/** What stacks get their key from; by default the passphrase. */
export const secretsProvider = vault === undefined ? undefined : "hashivault://tests";

/** The environment of every run: nothing of the user's, no download, a backend of its own. */
export function environment(backend: string): Record<string, string> {
    return {
        PULUMI_HOME: pulumiHome,
        PULUMI_BACKEND_URL: `file://${backend.replaceAll("\\", "/")}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        ...(vault !== undefined && { VAULT_SERVER_URL: vault, VAULT_SERVER_TOKEN: "test" }),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        SSH_AUTH_SOCK: "",
    };
}

/** A new folder; `remove` deletes it with everything in it. */
export function temporaryFolder(): { path: string; remove(): void } {
    const path = realpathSync(mkdtempSync(join(tmpdir(), "hybrid-identity-")));
    return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Copies what a user's checkout holds for running the project, so that a test may change it. */
export function copyProject(to: string): void {
    for (const name of [
        "Pulumi.yaml",
        "package.json",
        "tsconfig.json",
        "index.ts",
        "components",
        "drift",
        "promotion",
        "remote",
        "powershell",
        "provider",
        "stacks",
    ]) {
        cpSync(join(repository, name), join(to, name), { recursive: true });
    }
    symlinkSync(join(repository, "node_modules"), join(to, "node_modules"), "junction");
}
