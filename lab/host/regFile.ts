/** Type number and data, in lower-case hexadecimal digits, by name by key. The default value has the empty name. */
export type RawTree = Record<string, Record<string, [type: number, data: string]>>;

const HEAD = "Windows Registry Editor Version 5.00";

/** The text of a .reg file, with data of every type as bytes and no line over 2,000 characters. */
export function formatRegFile(tree: RawTree): string {
    const keys = Object.entries(tree).map(([key, values]) => {
        const lines = Object.entries(values).map(([name, [type, data]]) => {
            const bytes = (data.match(/../g) ?? []).join(",").match(/.{1,1800}(?:,|$)/g) ?? [];
            return `${name === "" ? "@" : `"${name.replace(/["\\]/g, "\\$&")}"`}=hex(${type.toString(16)}):${bytes.join("\\\r\n  ")}\r\n`;
        });
        return `\r\n[${longHive(key)}]\r\n${lines.join("")}`;
    });
    return `${HEAD}\r\n${keys.join("")}`;
}

/** What reg.exe exports. Keys without values are left out. */
export function parseRegFile(text: string): RawTree {
    const tree: RawTree = {};
    let values: RawTree[string] = {};
    // Data goes on after a backslash at the end of a line, and a text after a line end inside its quotes.
    const entry = /^\[(.*)\]\r?$|^(?:@|"((?:[^"\\]|\\[^])*)")=(?:"((?:[^"\\]|\\[^])*)"|dword:([0-9a-f]{8})|hex(?:\(([0-9a-f]+)\))?:((?:[0-9a-f,]|\\\r?\n\s*)*))\r?$/gm;
    for (const [, key, name = "", quoted, number, type, bytes = ""] of text.matchAll(entry)) {
        if (key !== undefined) {
            values = tree[shortHive(key)] = {};
        } else if (quoted !== undefined) {
            values[unescaped(name)] = [1, textData(unescaped(quoted))];
        } else if (number !== undefined) {
            values[unescaped(name)] = [4, number.match(/../g)!.reverse().join("")];
        } else {
            values[unescaped(name)] = [parseInt(type ?? "3", 16), bytes.replace(/[^0-9a-f]/g, "")];
        }
    }
    return Object.fromEntries(Object.entries(tree).filter(([, found]) => Object.keys(found).length > 0));
}

/** The bytes of a text and the NUL that ends it. */
export function textData(text: string): string {
    return Buffer.from(`${text}\0`, "utf16le").toString("hex");
}

/** Some hosts escape line ends, too. */
function unescaped(text: string): string {
    return text.replace(/\\([^])/g, (_, unit: string) => ({ n: "\n", r: "\r" })[unit] ?? unit);
}

function longHive(key: string): string {
    return key.replace(/^HKLM(?=\\)/, "HKEY_LOCAL_MACHINE").replace(/^HKU(?=\\)/, "HKEY_USERS");
}

function shortHive(key: string): string {
    return key.replace(/^HKEY_LOCAL_MACHINE(?=\\)/, "HKLM").replace(/^HKEY_USERS(?=\\)/, "HKU");
}
