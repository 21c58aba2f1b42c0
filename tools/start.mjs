import { main, setUp } from "./setup.mjs";
import { duration } from "./setup/progress.mjs";
import { previewProblems, readPreview } from "./start/preview.mjs";
import { createSteps, Interrupted, StepFailure } from "./start/steps.mjs";
import { tamperings } from "./start/tamperings.mjs";

const write = (text) => process.stdout.write(text);
const dev = ["--stack", "dev", "--color", "never"];

const goOn = `
How to go on: play with the lab yourself.

    npm run lab -- start                                   # three pretend Windows servers on this machine
    npm run lab -- registry set mim01 "HKLM\\SOFTWARE\\Contoso\\Hybrid" KeepAlive dword:0
    npm run lab -- pulumi preview --diff                   # shows that, and nothing else
    npm run lab -- pulumi up                               # repairs it
    npm run lab -- stop

The program is stacks/index.ts, its settings are stacks/Pulumi.dev.yaml. npm test runs all tests.
`;

/** From "Diagnostics:" (warnings name the drift) or "Resources:" on: the lines before name each resource several times. */
function closing(output) {
    const at = output.search(/^(Diagnostics|Resources):/m);
    return at < 0 ? output : output.slice(at);
}

await main(async () => {
    const start = Date.now();
    const { environment, summary } = await setUp();
    write(`Set-up: ${summary}.\n`);
    const steps = createSteps({ total: 6, environment, write });
    const { step, lab, show } = steps;
    const onSignal = (signal) => steps.interrupt(signal);
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
    let exitCode = 1;
    let started = false;
    try {
        await step("Start the lab: pretend Windows servers, reached over real SSH on this machine", async () => {
            started = true;
            await lab(["start"]);
        });
        await step("pulumi up: the servers become as stacks/index.ts declares them", async () => {
            await lab(["pulumi", "up", "--yes", "--skip-preview", ...dev], { select: closing });
        });
        await step("Tamper with them behind Pulumi's back", async () => {
            for (const { what, lab: args } of tamperings) {
                show(`- ${what}\n`);
                await lab(["registry", ...args], { select: () => "" });
            }
        });
        await step("pulumi preview --diff: shows exactly that, before -> after", async () => {
            const preview = readPreview(await lab(["pulumi", "preview", "--diff", ...dev]));
            const expected = tamperings.flatMap(({ shown }) => shown);
            const problems = previewProblems(preview, expected);
            if (problems.length > 0) throw new StepFailure(["The preview does not show exactly what was done:", ...problems].join("\n  - "));
            show(`Checked: these ${tamperings.length} tamperings (${expected.length} values) are shown, and nothing else.\n`);
        });
        await step("pulumi up: repairs them", async () => {
            await lab(["pulumi", "up", "--yes", "--skip-preview", ...dev], { select: closing });
        });
        await step("pulumi preview --expect-no-changes: nothing is left to do", async () => {
            await lab(["pulumi", "preview", "--expect-no-changes", ...dev], { select: closing });
        });
        exitCode = 0;
    } catch (error) {
        if (error instanceof Interrupted) exitCode = 130;
        else if (error instanceof StepFailure) console.error(`\n${error.message}`);
        else throw error;
    } finally {
        if (started) await createSteps({ total: 0, environment, write }).lab(["stop"], { select: () => "" });
        process.removeListener("SIGINT", onSignal).removeListener("SIGTERM", onSignal);
    }
    if (exitCode === 0) write(`\nAll of it worked, in ${duration(Date.now() - start)}. The lab is stopped; nothing is left running.\n${goOn}`);
    if (exitCode === 130) write("\nInterrupted. The lab is stopped; nothing is left running.\n");
    return exitCode;
});
