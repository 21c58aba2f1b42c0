import type { PretendHost } from "./host";
import { upper } from "./paths";
import { unknown } from "./registry";
import { serviceFact } from "./services";

const HIVE_OF_SERVICE = /^(HKU\\)<([^<>\\]+)>(?=\\|$)/i;

/** The service whose account's hive a key is in; undefined for every other key. */
export function hiveService(key: string): string | undefined {
    return HIVE_OF_SERVICE.exec(key)?.[2];
}

/** The names of a key's values, `absent`, or `unknown:REASON`. */
export function valueNames(host: PretendHost, key: string): string[] | string {
    const service = hiveService(key);
    if (service === undefined) {
        return namesOf(host, key);
    }
    const { state, account, sid } = serviceFact(host, service);
    if (state === "absent") {
        return `unknown:there is no service ${service}`;
    }
    if (sid.startsWith("unknown:")) {
        return sid;
    }
    if (!sid.startsWith("S-1-")) {
        return `unknown:the service ${service} runs as "${account}", which is no account that this host knows`;
    }
    return namesOf(host, key.replace(HIVE_OF_SERVICE, `HKU\\${sid}`));
}

function namesOf({ registry }: PretendHost, key: string): string[] | string {
    try {
        const missing = registry.read(key, "(default)");
        if (!registry.hasKey(key)) {
            return missing;
        }
        const names = registry.list(key).map(({ name }) => (name === "" ? "(default)" : name));
        return names.sort((a, b) => (upper(a) < upper(b) ? -1 : 1));
    } catch (error) {
        return unknown(error);
    }
}
