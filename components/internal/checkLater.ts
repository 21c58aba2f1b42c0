import * as pulumi from "@pulumi/pulumi";
import { Problem } from "../../drift/types";
import { checkArgs, Check, Checks } from "./checkArgs";
import { argument } from "./checkSound";
import { isPlain, settled, shownSecrets } from "./inputs";
import { problemText, refusal } from "./report";

/** Of these arguments those that were none of plain values when the program was built. */
export function laterOnes<Args extends object>(args: Args, names: readonly (keyof Args & string)[]): (keyof Args & string)[] {
    return names.filter((name) => !isPlain(args[name]));
}

/**
 * What is wrong with arguments that were outputs, once they are known, in the words in which plain ones are refused: a secret, which messages would show, and
 * what its check finds. Of what stays unknown in a preview, or is an error that is told elsewhere, nothing is said.
 */
export async function laterProblems<Args extends object>(args: Args, checks: Checks<Args>, names: readonly (keyof Args & string)[]): Promise<Problem[]> {
    const later = laterOnes(args, names);
    const given = Object.fromEntries(later.map((one) => [one, args[one]]));
    const secrets = await shownSecrets(given);
    const secret = (one: string) => secrets.some(({ property }) => argument(property) === one);
    const problems = await Promise.all(later.filter((one) => !secret(one)).map((one) => checkOne(one, args[one], checks[one])));
    return [...secrets, ...problems.flat()];
}

/** The same where nothing else is to be said. */
export async function refuseLater<Args extends object>(type: string, name: string, args: Args, checks: Checks<Args>, names: readonly (keyof Args & string)[]): Promise<void> {
    const problems = await laterProblems(args, checks, names);
    if (problems.length > 0) {
        throw refusal(problemText(type, name, problems));
    }
}

async function checkOne(name: string, value: unknown, check: Check): Promise<Problem[]> {
    const known = await settled(pulumi.output(value)).catch(() => undefined);
    return known === undefined ? [] : checkArgs({ [name]: known }, { [name]: check });
}
