import type { PretendHost } from "./host";
import { AccessDenied } from "./registry";
import type { Output } from "./reg";

const RECORDS = "HKLM\\SOFTWARE\\HybridIdentity";
const OWN = /^(HKLM(32)?\\SOFTWARE\\(WOW6432Node\\)?HybridIdentityConformance\\|conformance[0-9]{3}\.)/i;

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
        case "forget":
            for (const key of [`${RECORDS}\\Values`, `${RECORDS}\\Documents`]) {
                const own = host.registry.values(key).filter(value => OWN.test(value.name));
                own.forEach(value => host.registry.deleteValue(key, value.name));
            }
            return said("");
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
