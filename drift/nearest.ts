/** The known name that a misspelt one most likely means: at most two letters are other, case aside, or only one begins as it does. */
export function nearest(name: string, known: string[]): string | undefined {
    const least = Math.min(4, name.length);
    const begin = (one: string) => one.slice(0, least).toLowerCase();
    const like = known.filter((one) => begin(one) === begin(name));
    return misspelt(name, known) ?? (like.length === 1 ? like[0] : undefined);
}

/** The same, where other names may be meant for something else: only one that differs in at most two letters. */
export function misspelt(name: string, known: string[]): string | undefined {
    const near = known.map((one) => ({ one, letters: otherLetters(name.toLowerCase(), one.toLowerCase()) })).sort((a, b) => a.letters - b.letters)[0];
    return near !== undefined && near.letters <= Math.min(2, name.length / 3) ? near.one : undefined;
}

/** How many letters have to be put in, taken out, replaced, or swapped with their neighbour, to make one text of the other. */
function otherLetters(a: string, b: string): number {
    const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)];
    for (let i = 1; i <= a.length; i++) {
        const row = [i];
        for (let j = 1; j <= b.length; j++) {
            const [above, swapped] = [rows[i - 1]!, a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]];
            row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1), swapped && i > 1 && j > 1 ? rows[i - 2]![j - 2]! + 1 : Infinity));
        }
        rows.push(row);
    }
    return rows[a.length]![b.length]!;
}
