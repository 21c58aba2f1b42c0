import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { promotion } from "../index";
import { baselines } from "./baselines";

const usage = `Usage: npm run promote -- --from test --to prod
Shows what the baseline of one stack changes for another, writes its name into the other's settings file, and stops there: the pull request is the decision.`;

/** What is wrong with the command line or with a settings file. */
export class PromoteError extends Error {}

const line = /^( *hybrid-identity:baseline: *)(["']?)([A-Za-z0-9.-]+)\2[ \t]*(#.*)?$/m;

/** The stack's settings file with another baseline in it, and all else as it was; and the baseline that it had. */
export function replaceBaseline(settings: string, file: string, name: string): { before: string; text: string } {
    const [, , , before] = line.exec(settings) ?? [];
    if (before === undefined) {
        throw new PromoteError(`${file}: there is no line "hybrid-identity:baseline: NAME" in it. Write it by hand once.`);
    }
    return { before, text: settings.replace(line, (_, head: string, quote: string, __: string, comment?: string) => `${head}${quote}${name}${quote}${comment ? ` ${comment}` : ""}`) };
}

/** What a promotion changes, in lines. */
export function describePromotion(before: string, after: string): string[] {
    const [one, other] = [before, after].map((name) => {
        if (baselines[name] === undefined) {
            throw new PromoteError(`There is no baseline ${name} in stacks/baselines. There are ${Object.keys(baselines).join(", ")}.`);
        }
        return promotion.settingsOf(baselines[name]);
    });
    return promotion.differencesOf(one!, other!).map(({ setting, before: was, after: will }) => `  ${setting}: ${was} -> ${will}`);
}

/** @returns what is printed */
export function promote(args: string[], folder = __dirname): string {
    const { from, to } = parseArgs({ args, options: { from: { type: "string" }, to: { type: "string" } } }).values;
    if (!from || !to || from === to) {
        throw new PromoteError(`--from and --to are needed, two stacks.\n\n${usage}`);
    }
    const [source, target] = [from, to].map((stack) => {
        const file = join(folder, `Pulumi.${stack}.yaml`);
        try {
            return { file, text: readFileSync(file, "utf8") };
        } catch {
            throw new PromoteError(`There is no settings file ${file}. Stacks are named by their files, stacks/Pulumi.STACK.yaml.`);
        }
    }) as [{ file: string; text: string }, { file: string; text: string }];
    const { before: name } = replaceBaseline(source.text, source.file, "x");
    const { before, text } = replaceBaseline(target.text, target.file, name);
    if (before === name) {
        return `${to} has the baseline ${name} of ${from} already. Nothing was changed.`;
    }
    const lines = describePromotion(before, name);
    writeFileSync(target.file, text);
    const changes = lines.length === 0 ? ["  nothing: they have the same settings"] : lines;
    return [`${to}: ${before} -> ${name}, which ${from} has:`, ...changes, "", `Written: ${target.file}. Commit it and open a pull request; its preview shows what changes on each server.`].join("\n");
}

if (require.main === module) {
    try {
        console.log(process.argv.includes("--help") ? usage : promote(process.argv.slice(2)));
    } catch (error) {
        if (!(error instanceof PromoteError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS"))) throw error;
        console.error((error as Error).message);
        process.exitCode = 2;
    }
}
