import { formatRegFile, parseRegFile, textData, type RawTree } from "../../lab/host/regFile";
import type { Host } from "./host";
import { exportKey, importFile } from "./scripts";

/** As a case writes it: data is hexadecimal digits, or `text` and what stands after the blank, with the NUL that ends it. */
export type { RawTree };

// Through files of reg.exe: neither its command line nor .NET writes and shows every type, every name and every byte.

/** Writes values of any type. */
export async function importValues(host: Host, tree: RawTree): Promise<void> {
    await host.ask(importFile(formatRegFile(bytesOnly(tree))));
}

/** Everything at and below a key; nothing where there is no key. */
export async function exportTree(host: Host, key: string): Promise<RawTree> {
    return parseRegFile((await host.ask(exportKey(key))).replace(/\\u([0-9a-f]{4})/g, (_, unit: string) => String.fromCharCode(parseInt(unit, 16))));
}

/** The same with hexadecimal data only, and the default value under its empty name. */
export function bytesOnly(tree: RawTree): RawTree {
    return Object.fromEntries(
        Object.entries(tree).map(([key, values]) => {
            const entries = Object.entries(values).map(([name, [type, data]]) => {
                const bytes = data.startsWith("text ") ? textData(data.slice("text ".length)) : data;
                return [name === "(default)" ? "" : name, [type, bytes]] as [string, [number, string]];
            });
            return [key, Object.fromEntries(entries)];
        }),
    );
}
