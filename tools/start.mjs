import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { main, repository, setUp } from "./setup.mjs";
import { places } from "./setup/places.mjs";
import { duration } from "./setup/progress.mjs";
import { condensePreview, condenseUpdate } from "./start/condense.mjs";
import { foreignProblems, previewProblems, readForeign, readPreview } from "./start/preview.mjs";
import { exchangeStory } from "./start/exchangeStory.mjs";
import { promotionStory } from "./start/promotionStory.mjs";
import { serverStory, total } from "./start/serverStory.mjs";
import { createSteps, Interrupted, StepFailure } from "./start/steps.mjs";
import { foreignSecretPath, secretsPath, tamperings } from "./start/tamperings.mjs";
import { readTarget } from "./start/target.mjs";

const write = (text) => process.stdout.write(text);
const wholePreview = join(places(repository).lab, "preview.txt");
const dev = ["--stack", "dev", "--color", "never"];

const goOn = `
How to go on: play with the lab yourself.

    npm run lab -- start                                   # pretend Windows servers and an Entra tenant on this machine
    npm run lab -- registry set mim01 "HKLM\\SOFTWARE\\Contoso\\Hybrid" KeepAlive dword:0
    npm run lab -- tenant set "servicePrincipals/MIM mail/accountEnabled" false
    npm run lab -- pulumi preview --diff                   # shows both, and nothing else
    npm run lab -- pulumi up                               # repairs them
    npm run lab -- stop

The program is stacks/index.ts, its settings are stacks/Pulumi.dev.yaml; docs/lab.md tells more. npm test runs all tests.
`;

const alreadyRunning = `The lab runs already. npm start tampers with it and stops it at the end, so it does not use one that you started.
Stop it first: npm run lab -- stop (its state is kept).`;

const brief = (output) => condenseUpdate(output, 5);

/** Without counters that are zero and the lab's own advice how to go on: ours comes at the end. */
function firstParagraph(output) {
    return `${output
        .split("\nLog on as ")[0]
        .replace(/ +fault none.*/g, "")
        .replace(/\n+/g, "\n")
        .trimEnd()}\n`;
}

await main(async () => {
    let target;
    try {
        target = readTarget(process.argv.slice(2));
    } catch (error) {
        console.error(error.message);
        return 2;
    }
    return target ? onServer(target) : inLab();
});

async function onServer(target) {
    const start = Date.now();
    const { environment, summary } = await setUp();
    write(`Set-up: ${summary}.\n`);
    const steps = createSteps({ total, environment, write });
    const interrupt = () => {
        steps.interrupt();
        write("\nCtrl-C: the step that runs comes to its end first.\n");
    };
    process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
    try {
        await serverStory(target, { steps, last: createSteps({ total: 0, environment, write }), root: repository, write });
    } catch (error) {
        if (error instanceof Interrupted) return 130;
        console.error(`\n${error instanceof StepFailure ? error.message : error.stack}`);
        return 1;
    }
    write(`\nAll of it worked, in ${duration(Date.now() - start)}.\n`);
    return 0;
}

async function inLab() {
    const start = Date.now();
    const { environment, summary } = await setUp();
    write(`Set-up: ${summary}.\n`);
    const steps = createSteps({ total: 8, environment, write });
    const { step, lab, show } = steps;
    process.on("SIGINT", steps.interrupt).on("SIGTERM", steps.interrupt);
    let exitCode = 1;
    let started = false;
    /** Credentials that the program did not make: those left from before, and the one added here. */
    let foreign = [];
    try {
        await step("Start the lab: pretend Windows servers, reached over real SSH, and a pretend Entra tenant, on this machine", async () => {
            const status = await lab(["status"], { select: () => "", mayFail: true });
            if (!status.startsWith("No lab runs")) throw new StepFailure(alreadyRunning);
            started = true;
            await lab(["start", "--hosts", "mim01,exch01,edge01,test01,prod01"], { select: firstParagraph, letFinish: true });
        });
        await step("pulumi up: servers and mail application become as stacks/index.ts declares them", async () => {
            foreign = readForeign(await lab(["pulumi", "up", "--yes", "--skip-preview", ...dev], { select: brief }));
        });
        await step("Tamper with them behind Pulumi's back", async () => {
            const secrets = JSON.parse(await lab(["tenant", "show", secretsPath], { select: () => "" }));
            for (const { what, lab: args } of tamperings) {
                show(`- ${what}\n`);
                await lab(typeof args === "function" ? args(secrets) : args, { select: () => "" });
            }
            foreign.push(...tamperings.flatMap((one) => one.foreign ?? []));
        });
        await step("pulumi preview --diff: shows exactly that, before -> after", async () => {
            const text = await lab(["pulumi", "preview", "--diff", ...dev], { select: condensePreview });
            writeFileSync(wholePreview, text);
            show(`(Shown without what stayed as it was; the whole text is in ${relative(repository, wholePreview)}.)\n`);
            const preview = readPreview(text);
            const all = (what) => tamperings.flatMap((one) => one[what] ?? []);
            const expected = { drift: all("shown"), created: all("created"), changed: all("changed"), restarts: all("restarts"), foreign };
            const problems = previewProblems(preview, expected);
            if (problems.length > 0)
                throw new StepFailure(["The preview does not show exactly what was done:", ...problems].join("\n  - "));
            const objects = expected.created.length + expected.changed.length;
            const counted = `${expected.drift.length} values, ${objects} objects of the tenant, ${all("foreign").length} foreign secret`;
            show(`Checked: these ${tamperings.length} tamperings (${counted}) are shown, and nothing else.\n`);
        });
        await step("pulumi up: repairs them, and leaves the secret that it did not make", async () => {
            await lab(["pulumi", "up", "--yes", "--skip-preview", ...dev], { select: brief });
        });
        await step("pulumi preview --expect-no-changes: nothing is left to do", async () => {
            const text = await lab(["pulumi", "preview", "--expect-no-changes", ...dev], { select: brief });
            const problems = foreignProblems(readForeign(text), foreign);
            if (problems.length > 0)
                throw new StepFailure(["The secret that was added by hand must stay, and be warned of:", ...problems].join("\n  - "));
            await lab(["tenant", "remove", foreignSecretPath], { select: () => "" });
            show("(The secret added by hand is taken away by hand, too: the next run begins without it.)\n");
        });
        await step("A baseline goes from dev to test to prod: refused while test has not proved it, taken once it has", () => promotionStory(steps));
        await step("Mail of an Exchange server is stuck for want of a key: preview names the certificate, up takes that one away, mail flows", () => exchangeStory(steps, repository, places(repository).lab));
        exitCode = 0;
    } catch (error) {
        if (error instanceof Interrupted) exitCode = 130;
        else if (error instanceof StepFailure) console.error(`\n${error.message}`);
        else throw error;
    } finally {
        if (started) await createSteps({ total: 0, environment, write }).lab(["stop"], { select: () => "" });
    }
    if (exitCode === 0)
        write(`\nAll of it worked, in ${duration(Date.now() - start)}. The lab is stopped; nothing is left running.\n${goOn}`);
    if (exitCode === 130) write("\nInterrupted. The lab is stopped; nothing is left running.\n");
    return exitCode;
}
