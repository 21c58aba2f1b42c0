import * as pulumi from "@pulumi/pulumi";
import { changeText, describe } from "../../drift/describe";
import { valuePath } from "../../drift/document";
import { printable } from "../../drift/show";
import { DriftEntry, Problem } from "../../drift/types";
import { shownSecrets } from "./inputs";
import { refuseUnknownSettings } from "./knownSettings";
import { prepareProgram } from "./programOfCli";

/** Values in one warning, and characters of one of them. */
const longestWarning = 20;
const longestValue = 200;

/** Where a run's findings go; replaced in tests. */
export interface Reporter {
    warn(message: string, resource: pulumi.Resource): void;
    info(message: string, resource: pulumi.Resource): void;
    /** The run ends with this error, but not before every other resource was registered and its drift shown. */
    fail(message: string): void;
}

export const reporter: Reporter = {
    warn(message, resource) {
        void pulumi.log.warn(message, resource);
    },
    info(message, resource) {
        void pulumi.log.info(message, resource);
    },
    fail(message) {
        void Promise.reject(refusal(message));
    },
};

/**
 * Once all that was said so far has reached the engine. What a plugin refuses ends the run at once, and what is still on its way then is lost.
 */
export async function heard(): Promise<void> {
    // A rejection is said once whoever made it has come to an end.
    await new Promise((resolve) => setImmediate(resolve));
    // Messages go one after the other.
    await pulumi.log.debug("hybrid-identity: all of it is said");
}

/** An error that is thrown where outputs are computed, so that nothing is made of them. */
export function refusal(message: string): pulumi.RunError {
    const error = new pulumi.RunError(message);
    // Once the program's own code has ended, the SDK prints the stack of a rejection, if there is one: of no use to whoever is called at night.
    error.stack = "";
    // The SDK writes the name of each input before it that was to be made of the value: it is the same error for all of them.
    Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
    return error;
}

/** All problems of one component in one error, in the form that the engine shows without a stack; and of the stack's settings, which are for all of them. Every component begins with this. */
export function throwProblems(type: string, name: string, problems: Problem[]): void {
    prepareProgram();
    refuseUnknownSettings();
    if (problems.length > 0) {
        throw new pulumi.RunError(problemText(type, name, problems));
    }
}

/** Ends what a component does where one of these arguments is a secret, before any of them is shown. */
export async function refuseSecrets(type: string, name: string, args: Record<string, unknown>): Promise<void> {
    const problems = await shownSecrets(args);
    if (problems.length > 0) {
        throw refusal(problemText(type, name, problems));
    }
}

/** `windows.RegistryValues "extra": values["..."]: ...`, one line a problem. */
export function problemText(type: string, name: string, problems: Problem[]): string {
    return [`${type} "${name}" cannot be used as it is written:`, ...problems.map((one) => `  ${one.property}: ${one.message}`)].join("\n");
}

/** One line a value: path, name, found and desired; at most 20 and a count of the rest. */
export function driftText(host: string, byDocument: { document: string; drift: DriftEntry[] }[]): string {
    const lines = byDocument.flatMap(({ document, drift }) =>
        drift.map((one) => `${document}: ${valuePath({ key: one.path, name: one.name })}: ${shown(describe(one, longestValue))}`),
    );
    return differencesText(host, lines);
}

/** The same for anything that has values. */
export function findingsText(what: string, findings: { where: string; found: string; declared: string }[]): string {
    return differencesText(
        what,
        findings.map((one) => `${one.where}: ${shown(changeText(one.found, one.declared, longestValue))}`),
    );
}

/** In one line. What is given is short already; the limit only has to be longer. */
function shown(change: string): string {
    return printable(change, 4 * longestValue);
}

function differencesText(what: string, lines: string[]): string {
    const more = lines.length - longestWarning;
    return [
        `${what}: ${lines.length} ${lines.length === 1 ? "value differs" : "values differ"} from what is declared (found -> declared):`,
        ...lines.slice(0, longestWarning).map((line) => `  ${line}`),
        ...(more > 0 ? [`  and ${more} more; the output "drift" and "pulumi preview --diff" show all`] : []),
    ].join("\n");
}
