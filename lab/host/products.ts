import type { PretendHost } from "./host";
import { upper } from "./paths";
import { AccessDenied } from "./registry";

interface Product {
    code: string;
    version: string;
    view: string;
    uninstallString: string;
}

const UNINSTALL = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall";

/** What the Uninstall keys have under that name; `unknown:REASON` where one entry could not be read. */
export function findProduct({ registry }: PretendHost, name: string): Product[] | string {
    const found: Product[] = [];
    for (const [view, hive] of [["64", "HKLM"], ["32", "HKLM32"]] as const) {
        const above = `${hive}\\${UNINSTALL}`;
        try {
            for (const code of registry.below(above).sort((a, b) => (upper(a) < upper(b) ? -1 : 1))) {
                const read = (value: string): string => registry.read(`${above}\\${code}`, value);
                const text = (value: string): string => /^(?:string|expand):([^]*)$/.exec(read(value))?.[1] ?? "";
                if (upper(text("DisplayName")) === upper(name)) {
                    found.push({ code, version: text("DisplayVersion"), view, uninstallString: text("UninstallString") });
                }
            }
        } catch (error) {
            if (error instanceof AccessDenied) {
                return `unknown:${error.path}: denied`;
            }
            throw error;
        }
    }
    return found;
}
