import { printable } from "../drift/show";

/** Characters of one message. */
const longestMessage = 3_000;

/** A code span that holds exactly this text, whatever it is. For one line outside of a table: there alone a pipe would act. */
export function code(text: string): string {
    const fence = "`".repeat(longestRun(text) + 1);
    // One blank at both ends goes away again, where not all is blank.
    const pad = /^[` ]|[` ]$/.test(text) && /[^ ]/.test(text) ? " " : "";
    return text === "" ? '`""`' : `${fence}${pad}${text}${pad}${fence}`;
}

/** A block of code with the lines of a text. */
export function fenced(text: string): string {
    const lines = text.split(/\r?\n/).map((line) => printable(line, longestMessage));
    const cut = `${lines.join("\n").slice(0, longestMessage)}${text.length > longestMessage ? "..." : ""}`.replace(/\p{Surrogate}$/u, "");
    const fence = "`".repeat(Math.max(3, longestRun(cut) + 1));
    return `${fence}text\n${cut}\n${fence}`;
}

function longestRun(text: string): number {
    return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
