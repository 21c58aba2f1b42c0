// Recipient filters (OPATH) as text. The service answers a filter with other spaces, quotes and parentheses than it was given.

type Part = string | Part[];

/**
 * One form for all texts that mean the same by spaces, kind of quotes, parentheses around the whole or around one comparison, and case of
 * operators and property names. Undefined where quotes or parentheses do not pair. Which of -and and -or binds first is not assumed.
 */
export function normalFilter(text: string): string | undefined {
    const parts = parse(text);
    return parts && print(unwrap(parts));
}

/** Whether two filters mean the same, as far as `normalFilter` can tell. */
export function sameFilter(one: string, other: string): boolean {
    const normal = normalFilter(one);
    return one === other || (normal !== undefined && normal === normalFilter(other));
}

// As the service writes them.
const truths: { [word: string]: string | undefined } = { $true: "'True'", $false: "'False'" };

function parse(text: string): Part[] | undefined {
    const open: Part[][] = [[]];
    const tokens = /\s+|([()])|'((?:[^']|'')*)'|"((?:[^"]|"")*)"|([^\s()'"]+)|(.)/gy;
    for (const [, parenthesis, single, double, word, stray] of text.matchAll(tokens)) {
        const last = open.at(-1) as Part[];
        if (stray !== undefined) return undefined;
        if (parenthesis === "(") open.push([]);
        else if (parenthesis === ")") {
            open.pop();
            const around = open.at(-1);
            if (around === undefined) return undefined;
            around.push(last);
        } else if (single !== undefined) last.push(quoted(single.replaceAll("''", "'")));
        else if (double !== undefined) last.push(quoted(double.replaceAll('""', '"')));
        else if (word !== undefined) last.push(truths[word.toLowerCase()] ?? word.toLowerCase());
    }
    return open.length === 1 ? open[0] : undefined;
}

function quoted(value: string): string {
    return `'${value.replaceAll("'", "''")}'`;
}

// Parentheses around parentheses, around the whole, and around one comparison say nothing.
function unwrap(parts: Part[]): Part[] {
    const inner = parts.flatMap(part => {
        if (typeof part === "string") return [part];
        const group = unwrap(part);
        return group.some(joins) || negates(parts) ? [group] : group;
    });
    const [only] = inner;
    return inner.length === 1 && Array.isArray(only) ? only : inner;
}

function joins(part: Part): boolean {
    return part === "-and" || part === "-or" || part === "-not" || part === "!";
}

// What -not covers is told by its parentheses.
function negates(parts: Part[]): boolean {
    return parts.includes("-not") || parts.includes("!");
}

function print(parts: Part[]): string {
    return parts.map(part => (typeof part === "string" ? part : `(${print(part)})`)).join(" ");
}
