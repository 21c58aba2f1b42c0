import type { ComponentReport, StackReport } from "../components/report";
import { isObject } from "../drift/json";
import { meaningOf } from "../drift/meaning";
import { splitValueId } from "../drift/path";
import { printable } from "../drift/show";

/** One setting of one component that is not as declared, in texts that can be shown: in one line each, invisible characters written out. */
export interface Finding {
    component: ComponentReport;
    host: string;
    /** Key of the registry; of a component that is on no server its name. */
    key: string;
    name: string;
    found: string;
    desired: string;
    meaning?: string;
    /** UTC time of the first report that had it so; undefined where no report says. */
    since?: string;
}

/** What stands in place of a host's name for what is on no server. */
export const noHost = "(no server)";

/** Characters of one text: a value of the registry may have a million. */
const longest = 2_000;

/** All that drifted, in the order of the report. */
export function findingsOf({ components }: StackReport): Finding[] {
    return components.flatMap((component) => entriesOf(component.drift).map((entry) => finding(component, entry)));
}

/** What waits for a reboot, by host and component, and of what nobody knows whether it does. */
export function pendingOf({ components }: StackReport): { component: ComponentReport; text: string }[] {
    return components.flatMap((component) => {
        const { name, rebootPending } = component;
        const doubt = typeof rebootPending === "string" ? ` (${shown(rebootPending)})` : "";
        return rebootPending === undefined ? [] : [{ component, text: `${hostOf(component)} ${shown(name)}${doubt}` }];
    });
}

/** What the preview warned of, but for what lists the values that are findings. */
export function warningsOf({ warnings }: StackReport): string[] {
    return warnings.filter((one) => !/ from what is declared \(found -> declared\):\n/.test(one));
}

/** Name of the component's host, to be shown. */
export function hostOf({ host }: ComponentReport): string {
    return host === undefined ? noHost : shown(host);
}

interface Entry {
    id: string;
    found: unknown;
    desired: unknown;
    since?: unknown;
}

/** Of documents, by value id; of applications, a list of properties. What has neither form is shown as it is. */
function entriesOf(drift: unknown): Entry[] {
    const entries = Array.isArray(drift)
        ? drift.map((one) => (isObject(one) ? { id: one["property"], found: one["found"], desired: one["declared"] } : undefined))
        : isObject(drift)
          ? Object.entries(drift).map(([id, one]) => (isObject(one) ? { id, found: one["found"], desired: one["desired"], since: one["since"] } : undefined))
          : [undefined];
    const known = entries.every((one) => one !== undefined && [one.id, one.found, one.desired].every((text) => typeof text === "string"));
    return known ? (entries as Entry[]) : [{ id: "drift", found: drift, desired: "absent" }];
}

function finding(component: ComponentReport, { id, found, desired, since }: Entry): Finding {
    const value = splitValueId(id);
    const meaning = value && meaningOf({ path: value.key, name: value.name, found: String(found), desired: String(desired) });
    return {
        component,
        host: hostOf(component),
        key: shown(value?.key ?? component.name),
        name: shown(value?.name ?? id),
        found: shown(found),
        desired: shown(desired),
        ...(meaning === undefined ? {} : { meaning: shown(meaning) }),
        ...(typeof since === "string" ? { since: shown(since) } : {}),
    };
}

function shown(value: unknown): string {
    return printable(typeof value === "string" ? value : JSON.stringify(value), longest);
}
