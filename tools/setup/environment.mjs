import { delimiter } from "node:path";
import { withoutDirectory } from "./find-on-path.mjs";
import { places } from "./places.mjs";

// Each of these would make the lab use something of the user's: an account, a stack, a passphrase, an SSH agent with real keys.
const usersOwn = ["PULUMI_ACCESS_TOKEN", "PULUMI_STACK", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_CREDENTIALS_PATH", "SSH_AUTH_SOCK"];

/**
 * The environment in which `pulumi` works on the lab: its own home, its own state, nothing of the user's.
 * @param {string} root the repository
 * @param {{ ownBin: boolean, base?: NodeJS.ProcessEnv }} options `ownBin`: the CLI is the one in `.tools/bin`, not one on PATH
 * @returns {NodeJS.ProcessEnv}
 */
export function labEnvironment(root, { ownBin, base = process.env }) {
    const { bin, pulumiHome, state } = places(root);
    const environment = { ...base };
    for (const name of usersOwn) delete environment[name];
    const path = withoutDirectory(base.PATH, bin);
    return Object.assign(environment, {
        PATH: ownBin ? bin + delimiter + path : path,
        PULUMI_HOME: pulumiHome,
        PULUMI_BACKEND_URL: `file://${state.replaceAll("\\", "/")}`,
        // Not a secret: it protects the lab's throw-away state and stands in the repository.
        PULUMI_CONFIG_PASSPHRASE: "lab",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    });
}
