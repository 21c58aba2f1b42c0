// The organisation's list of application ids that may use EWS: one string of comma-separated GUIDs that administrators, Microsoft and this
// library all write whole. What is not ours goes back byte for byte, also what is no GUID.
import { guidPattern } from "./inputs";

/** The string, however the service wraps it: bare, in an array of one, or null for none. */
export function ewsListOf(value: unknown): string {
    return Array.isArray(value) ? value.map(ewsListOf).join(",") : typeof value === "string" ? value : "";
}

/** The application ids, in lower case, each once. */
export function appIdsOf(list: string): string[] {
    return [...new Set(list.split(",").map(normal).filter(entry => guidPattern.test(entry)))];
}

/** What stands in the list and is no GUID, as it is written. The service allows nobody for it. */
export function malformedEntriesOf(list: string): string[] {
    return list.split(",").filter(entry => entry.trim() !== "" && !guidPattern.test(entry.trim()));
}

/** The list with the application id in it: as it was where it is there already, else at the end. */
export function withAppId(list: string, appId: string): string {
    if (appIdsOf(list).includes(normal(appId))) return list;
    return list.trim() === "" ? appId : `${list},${appId}`;
}

/** The list without the application id, however often and in whatever case it stands there. */
export function withoutAppId(list: string, appId: string): string {
    return list
        .split(",")
        .filter(entry => normal(entry) !== normal(appId))
        .join(",");
}

/** The organisation's EWS switch, which has three positions. */
export function ewsEnabledOf(value: unknown): "true" | "false" | "unset" {
    const text = String(value ?? "").toLowerCase();
    return text === "true" || text === "false" ? text : "unset";
}

function normal(entry: string): string {
    return entry.trim().toLowerCase();
}
