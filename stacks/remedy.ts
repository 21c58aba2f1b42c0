import type { Problem } from "../drift/types";

/** Values for a line, by the last name of what it sets. */
const values: Record<string, string> = { address: "mim01.contoso.com", from: "test", hostKey: '"ssh-ed25519 AAAA..."', maximumAge: "24", minimumSoak: "24", port: "22", setting: '"TLS 1.0"' };
/** What is an object, and is set by a first member. */
const firsts: Record<string, string> = { application: "displayName", exchangeServer: "address", smtp: "address" };

/**
 * A line to run that mends a problem of a stack's settings. Where a text stands in place of a number, a list or an object, the CLI would keep the text, or
 * refuse: then it is taken out first.
 * @param example What sets the setting as a whole.
 */
export function remedyOf({ property, message }: Problem, example: string): string {
    const path = pathOf(property);
    const isOneOfList = path.endsWith("]");
    const first = /^must be an object with the members (\w+)/.exec(message)?.[1];
    if (message.endsWith("; keep one")) {
        return `Take it out: ${takeOut(path.replace(/\.\w+$/, ""))}`;
    }
    // Of a list: once that is out, the next one would be set in its place.
    if (/^is not known here|; leave it out$|^"[^]* ended with /.test(message) || (isOneOfList && first !== undefined)) {
        return `Take it out: ${takeOut(path)}`;
    }
    return `Set it: ${lineOf(path, message, first, example)}`;
}

function lineOf(path: string, message: string, first: string | undefined, example: string): string {
    const name = path.split(".").at(-1)!;
    const anew = `${takeOut(path)}; `;
    if (first !== undefined) {
        return anew + set(`${path}.${first}`);
    }
    if (/^must be (a list|servers)/.test(message)) {
        return anew + set(`${path}[0]`);
    }
    if (!/[.[]/.test(path)) {
        return `${message.startsWith("must be an object") ? anew : ""}pulumi config set ${example}`;
    }
    if (message.startsWith("must be an object")) {
        return anew + set(`${path}.NAME`);
    }
    if (/^must be a (whole )?number/.test(message)) {
        return `${/received "/.test(message) ? anew : ""}pulumi config set --path --type float '${path}' ${values[name] ?? 1}`;
    }
    if (message.startsWith("must be true or false")) {
        return anew + set(path, "true");
    }
    if (/password$/i.test(name)) {
        return `pulumi config set --secret --path '${path}'`;
    }
    return firsts[name] !== undefined ? set(`${path}.${firsts[name]}`) : set(path, meantBy(message));
}

/** Of a misspelt word the right one, of a choice the first. */
function meantBy(message: string): string | undefined {
    const [, word] = /; "([^"]*)" is meant, perhaps$/.exec(message) ?? /^must be one of ([^,;]*)/.exec(message) ?? /^unknown choice [^]*; use one of ([^,]*)/.exec(message) ?? [];
    return word === undefined || /^[\w.-]+$/.test(word) ? word : `"${word}"`;
}

function set(path: string, value = values[path.split(".").at(-1)!] ?? "VALUE"): string {
    return `pulumi config set --path '${path}' ${value}`;
}

function takeOut(path: string): string {
    return `pulumi config rm --path '${path}'`;
}

/** Without quotes where no name needs them: Windows PowerShell takes them away. */
function pathOf(property: string): string {
    return property.replace(/\["([\w-]+)"\]/g, ".$1");
}
