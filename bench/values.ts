/** Registry values by key and name, in notation. */
export type Values = Record<string, Record<string, string>>;

const valuesPerKey = 10;

/** What every host of a cell is to have: `count` values, ten to a key, numbers and texts in turn. */
export function valuesOf(count: number): Values {
    const values: Values = {};
    for (let at = 0; at < count; at++) {
        const key = `HKLM\\SOFTWARE\\Contoso\\Bench\\Key ${String(Math.floor(at / valuesPerKey)).padStart(3, "0")}`;
        (values[key] ??= {})[`Setting ${at % valuesPerKey}`] = at % 2 === 0 ? `dword:${at}` : `string:value number ${at}`;
    }
    return values;
}

/** Every tenth value, as somebody changed it behind Pulumi's back. */
export function tamperedOf(count: number): Values {
    const keys = Object.keys(valuesOf(count));
    return Object.fromEntries(keys.map((key, at) => [key, { "Setting 0": at === 0 ? "absent" : "dword:4711" }]));
}
