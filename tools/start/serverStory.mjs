import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { condensePreview, condenseUpdate } from "./condense.mjs";
import { previewProblems, readPreview } from "./preview.mjs";
import { announcement, openServer, serverTamperings } from "./server.mjs";
import { StepFailure } from "./steps.mjs";

const stack = "npm-start";
const brief = (output) => condenseUpdate(output, 5);

/** How many steps it has. */
export const total = 7;

/**
 * The story of `npm start` on a Windows server, which is left as it was, whatever happens: Ctrl-C ends it after the step that runs.
 * @param {ReturnType<typeof import("./target.mjs").readTarget>} target
 * @param {{ steps: ReturnType<typeof import("./steps.mjs").createSteps>, last: ReturnType<typeof import("./steps.mjs").createSteps>,
 * root: string, write: (text: string) => void }} context `last`: steps that Ctrl-C does not end
 */
export async function serverStory(target, { steps, last, root, write }) {
    const { host: address, port, user, hostKey, keyFile: privateKeyFile, powershell } = target;
    const settings = join(root, "stacks", `Pulumi.${stack}.yaml`);
    const pulumi = (verb, select, ...more) =>
        steps.lab(["pulumi", verb, ...more, "--stack", stack, "--color", "never"], { select, letFinish: true });
    const forget = () => last.lab(["pulumi", "stack", "rm", stack, "--yes", "--force"], { select: () => "", mayFail: true, letFinish: true });
    const server = await openServer(target);
    let examined = false;
    try {
        await steps.step(`Look at ${address}, and change nothing`, async () => {
            steps.show(`${await server.examine()}\n${announcement}`);
            examined = true;
        });
        await steps.step("pulumi up: the server becomes as stacks/index.ts declares it", async () => {
            await forget();
            await steps.lab(["pulumi", "stack", "init", stack, "--no-select"], { select: () => "", letFinish: true });
            const hosts = { server: { address, port, user, hostKey, privateKeyFile, powershell } };
            const config = { "hybrid-identity:baseline": "2026-11", "hybrid-identity:hosts": hosts, "hybrid-identity:onDestroy": "restore" };
            // JSON is YAML. What the file has already is the salt of the stack's secrets.
            writeFileSync(settings, `${readFileSync(settings, "utf8").trimEnd()}\nconfig: ${JSON.stringify(config)}\n`);
            await pulumi("up", brief, "--yes", "--skip-preview");
        });
        await steps.step("Tamper with it behind Pulumi's back, by reg.exe", async () => {
            for (const one of serverTamperings) {
                steps.show(`- ${one.key}\\${one.name} becomes ${one.change.split(" -> ")[0]}\n`);
                await server.tamper(one);
            }
        });
        await steps.step("pulumi preview --diff: shows exactly that, before -> after", async () => {
            const shown = readPreview(await pulumi("preview", condensePreview, "--diff"));
            const drift = serverTamperings.map(({ command, key, name, change }) => ({ command, key, name, change }));
            const problems = previewProblems(shown, { drift, created: [], changed: [], foreign: [] });
            if (problems.length > 0)
                throw new StepFailure(["The preview does not show exactly what was done:", ...problems].join("\n  - "));
            steps.show(`Checked: these ${drift.length} tamperings are shown, and nothing else.\n`);
        });
        await steps.step("pulumi up: repairs them", async () => {
            await pulumi("up", brief, "--yes", "--skip-preview");
        });
        await steps.step("pulumi preview --expect-no-changes: nothing is left to do", async () => {
            await pulumi("preview", brief, "--expect-no-changes");
        });
        await steps.step("pulumi destroy: every value becomes what it was", async () => {
            await pulumi("destroy", brief, "--yes", "--skip-preview");
        });
    } finally {
        try {
            if (examined) {
                write(`\nPut ${address} back: what is still changed, records, module, keys that were made.\n`);
                await server.putBack();
                await forget();
                write(`Checked: ${address} is as it was.\n`);
            }
        } finally {
            server.close();
        }
    }
}
