import type { PretendHost } from "./host";
import { AccessDenied } from "./registry";
import type { Output } from "./reg";

const RECORDS = "HKLM\\SOFTWARE\\HybridIdentity";
/** Names as the script gives them, which are the same in both languages. */
const OWN = /^\$own = '(.*)'$/m;

/** What a script of test/conformance/scripts.ts gives here. */
export function asked(host: PretendHost, script: string): Output {
    const [, name] = /^# conformance: (\w+)\n/.exec(script) ?? [];
    switch (name) {
        case "wmi":
        case "eventLog":
        case "acl":
            return said("met");
        case "sam":
            return said(isDenied(host, "HKLM\\SAM\\SAM\\Domains\\Account") ? "met" : "this account may read HKLM\\SAM\\SAM");
        case "forget": {
            const own = new RegExp(OWN.exec(script)?.[1] ?? "$^", "i");
            for (const key of [`${RECORDS}\\Values`, `${RECORDS}\\Documents`]) {
                const found = host.registry.values(key).filter(value => own.test(value.name));
                found.forEach(value => host.registry.deleteValue(key, value.name));
            }
            return said("");
        }
        default:
            return { stdout: "", stderr: `pretend host: no answer to the script ${name}.\r\n`, exitCode: 1 };
    }
}

function isDenied(host: PretendHost, key: string): boolean {
    try {
        host.registry.read(key, "(default)");
        return false;
    } catch (error) {
        return error instanceof AccessDenied;
    }
}

function said(text: string): Output {
    return { stdout: `${text}\r\n`, stderr: "", exitCode: 0 };
}
