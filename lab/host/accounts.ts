import { createHash } from "node:crypto";
import type { PretendHost } from "./host";
import { upper } from "./paths";

/** Windows' own, in upper case; the first three as services name them. */
const WELL_KNOWN: Record<string, string> = {
    LOCALSYSTEM: "S-1-5-18",
    "NT AUTHORITY\\LOCALSERVICE": "S-1-5-19",
    "NT AUTHORITY\\NETWORKSERVICE": "S-1-5-20",
    "NT AUTHORITY\\SYSTEM": "S-1-5-18",
    "NT AUTHORITY\\LOCAL SERVICE": "S-1-5-19",
    "NT AUTHORITY\\NETWORK SERVICE": "S-1-5-20",
    "BUILTIN\\ADMINISTRATORS": "S-1-5-32-544",
    "BUILTIN\\USERS": "S-1-5-32-545",
    EVERYONE: "S-1-1-0",
};

/** The SID of an account, `absent`, or `unknown:REASON`. */
export function sidOf(host: PretendHost, account: string): string {
    const own = upper(account).replace(/^\.\\/, "");
    const known = WELL_KNOWN[own] ?? virtualSid(host, own);
    if (known !== undefined) {
        return known;
    }
    if (host.accountFault !== "") {
        return `unknown:${host.accountFault}`;
    }
    const full = own.length < account.length ? `${upper(host.facts.computerName)}\\${own}` : own;
    return Object.entries(host.accounts).find(([name]) => upper(name) === full)?.[1] ?? "absent";
}

/** `NT SERVICE\X` is made of the name of a service that is there: the SHA-1 of it as five numbers. */
function virtualSid(host: PretendHost, account: string): string | undefined {
    const name = /^NT SERVICE\\(.+)$/.exec(account)?.[1];
    if (name === undefined || !Object.keys(host.services).some(service => upper(service) === name)) {
        return undefined;
    }
    const hash = createHash("sha1").update(name, "utf16le").digest();
    return ["S-1-5-80", ...[0, 4, 8, 12, 16].map(at => hash.readUInt32LE(at))].join("-");
}
