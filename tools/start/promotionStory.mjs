import { condenseUpdate } from "./condense.mjs";
import { StepFailure } from "./steps.mjs";

const brief = (output) => condenseUpdate(output, 5);
const refusal = (output) => `${output.split("\n").filter((line) => /may not be applied|no output "baseline"/.test(line)).map((line) => line.trim()).join("\n")}\n`;

/**
 * The stacks test and prod, new each time: prod is refused what test has not, and takes it afterwards.
 * @param {ReturnType<typeof import("./steps.mjs").createSteps>} steps
 */
export async function promotionStory({ lab, show }) {
    const pulumi = (verb, stack, options, ...more) => lab(["pulumi", verb, ...more, "--stack", stack, "--color", "never"], { letFinish: true, ...options });
    for (const stack of ["test", "prod"]) {
        // Of an earlier npm start. The settings are the repository's, and stay.
        await lab(["pulumi", "stack", "rm", stack, "--yes", "--force", "--preserve-config"], { select: () => "", mayFail: true, letFinish: true });
        await lab(["pulumi", "stack", "init", stack, "--no-select"], { select: () => "", letFinish: true });
    }
    show("pulumi preview --stack prod\n");
    const refused = await pulumi("preview", "prod", { select: refusal, mayFail: true });
    if (!refused.includes("the baseline 2026-11 may not be applied to prod yet")) {
        throw new StepFailure(`The gate had to refuse it:\n${refused}`);
    }
    for (const stack of ["test", "prod"]) {
        show(`pulumi up --stack ${stack}\n`);
        await pulumi("up", stack, { select: brief }, "--yes", "--skip-preview");
    }
}
