/** The registry of the model: three values, each below a key of its own so that access can be denied to one of them. */
export const valueNames = ["a", "b", "c"] as const;
export type ValueName = (typeof valueNames)[number];

export const keyOf = (value: ValueName): string => `HKLM\\SOFTWARE\\Contoso\\${value}`;
export const nameOf = "Setting";
export const idOf = (value: ValueName): string => `${keyOf(value)}\\\\${nameOf}`;

export const rootKey = "HKLM\\SOFTWARE\\HybridIdentity";
export const valuesKey = `${rootKey}\\Values`;
export const takenOverKey = `${rootKey}\\TakenOver`;
export const documentsKey = `${rootKey}\\Documents`;

/** What a document may want of each value. */
export const wishes: Record<ValueName, string[]> = {
    a: ["dword:1", "dword:2"],
    b: ["dword:1", "dword:2", "absent"],
    c: ["dword:1 or nonzero", "dword:2 or nonzero", "dword:0"],
};

/** What an administrator may leave behind: other numbers, another type, nothing, and what a document may want. */
export const contents = ["dword:0", "dword:1", "dword:2", "dword:9", "string:1", "absent"];

/** Written anew here, so that the model does not believe what it is to check. */
export function asDesired(found: string, wish: string): boolean {
    return wish.endsWith(" or nonzero") ? /^dword:[1-9]/.test(found) : found === wish;
}

export function toWrite(wish: string): string {
    return wish.replace(" or nonzero", "");
}
