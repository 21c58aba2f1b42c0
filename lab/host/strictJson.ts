/** What the module refuses of JSON that other readers take: a member twice in one object, and more than 16 levels. */
export function jsonFault(json: string): string | undefined {
    /** The names of each object that is open; undefined for an array. */
    const open: Array<Set<string> | undefined> = [];
    const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g) ?? [];
    for (const [index, token] of tokens.entries()) {
        if (token === "{" || token === "[") {
            open.push(token === "{" ? new Set() : undefined);
        } else if (token === "}" || token === "]") {
            open.pop();
        } else if (tokens[index + 1] === ":") {
            const name = JSON.parse(token) as string;
            if (open.at(-1)?.has(name)) {
                return `member ${name} stands there twice`;
            }
            open.at(-1)?.add(name);
        }
        if (open.length > 17) {
            return "more than 16 levels deep";
        }
    }
    return undefined;
}
