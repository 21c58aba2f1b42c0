/** Those that are alike, in the order in which the first of each came. */
export function grouped<T>(all: T[], by: (one: T) => string): [string, T[]][] {
    const found = new Map<string, T[]>();
    for (const one of all) {
        const alike = found.get(by(one)) ?? [];
        found.set(by(one), alike);
        alike.push(one);
    }
    return [...found];
}
