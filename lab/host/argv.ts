/** Splits a command line as Windows programs written in C do: backslashes count only before a quote. */
export function splitArguments(line: string): string[] {
    const found: string[] = [];
    let word: string | undefined;
    let quoted = false;
    for (let at = 0; at < line.length; at++) {
        const slashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0;
        if (slashes > 0 && line[at + slashes] === '"') {
            word = (word ?? "") + "\\".repeat(Math.floor(slashes / 2));
            at += slashes;
            if (slashes % 2 === 1) {
                word += '"';
                continue;
            }
        } else if (slashes > 0) {
            word = (word ?? "") + "\\".repeat(slashes);
            at += slashes - 1;
            continue;
        }
        if (line[at] === '"') {
            quoted = !quoted;
            word ??= "";
        } else if (/\s/.test(line[at] ?? "") && !quoted) {
            if (word !== undefined) {
                found.push(word);
            }
            word = undefined;
        } else {
            word = (word ?? "") + (line[at] ?? "");
        }
    }
    return word === undefined ? found : [...found, word];
}
