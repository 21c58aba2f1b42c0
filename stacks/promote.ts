import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { differencesOf, settingsFor } from "../promotion/baseline";
import { baselines as own } from "./baselines";
import type { Baselines } from "./meaning";

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

const order = /^( *)hybrid-identity:promotion:.*\n?(?:\1 +.*\n?|[ \t]*(?:#.*)?\n)*/m;

/** @throws PromoteError where the settings of a stack name another one before it, or none: the gate would refuse what is written, or there is no gate */
function checkOrder(settings: string, file: string, from: string, to: string): void {
    const [, , named] = /(?:^ +|[{,] *)from: *(["']?)([\w./-]+)\1/m.exec(order.exec(settings)?.[0] ?? "") ?? [];
    if (named === undefined) {
        throw new PromoteError(`${to} takes its baselines from no stack: ${file} has no "hybrid-identity:promotion". Where it is the first of the order, write the baseline there by hand; else add\n  hybrid-identity:promotion:\n    from: ${from}`);
    }
    if (named.split("/").at(-1) !== from) {
        throw new PromoteError(`${to} takes its baselines from ${named}, and not from ${from}, as ${file} has it ("promotion", "from"). Promote from ${named}, or change the order in that file.`);
    }
}

/** What a promotion changes, in lines: on every server, and on those of a role where that is something else. */
export function describePromotion(before: string, after: string, baselines: Baselines = own): string[] {
    const [one, other] = [before, after].map((name) => {
        if (baselines[name] === undefined) {
            throw new PromoteError(`There is no baseline ${name} in stacks/baselines. There are ${Object.keys(baselines).join(", ")}.`);
        }
        return baselines[name];
    }) as [Baselines[string], Baselines[string]];
    const changes = (roles: string[]) => new Map(differencesOf(settingsFor(one, roles), settingsFor(other, roles)).map(({ setting, before: was, after: will }) => [setting, `${was} -> ${will}`]));
    const common = changes([]);
    const ofRoles = [...new Set([one, other].flatMap(({ roles = {} }) => Object.keys(roles)))].sort().flatMap((role) => {
        const ofRole = changes([role]);
        const settings = [...new Set([...common.keys(), ...ofRole.keys()])].sort().filter((setting) => ofRole.get(setting) !== common.get(setting));
        return settings.map((setting) => `  ${role}: ${setting}: ${ofRole.get(setting) ?? `stays ${settingsFor(other, [role])[setting] ?? "not managed"}`}`);
    });
    return [...[...common].map(([setting, change]) => `  ${setting}: ${change}`), ...ofRoles];
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
    checkOrder(target.text, target.file, from, to);
    const { before: name } = replaceBaseline(source.text, source.file, "x");
    const { before, text } = replaceBaseline(target.text, target.file, name);
    if (before === name) {
        return `${to} has the baseline ${name} of ${from} already. Nothing was changed.`;
    }
    const lines = describePromotion(before, name);
    writeFileSync(target.file, text);
    const changes = lines.length === 0 ? ["  nothing: they have the same settings"] : lines;
    return [`${to}: ${before} -> ${name}, which ${from} has as its settings file says; the gate asks the stack itself:`, ...changes, "", `Written: ${target.file}. Commit it and open a pull request; its preview shows what changes on each server.`].join("\n");
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
