import { createHash } from "node:crypto";
import { schannelProtocols } from "../components/windows/schannelProtocols/schannel";
import { checkDeclaration, listValues } from "../drift/document";
import { asciiString } from "../drift/json";
import { splitValueId, valueId } from "../drift/path";
import { show } from "../drift/show";
import type { Problem, ValueTree } from "../drift/types";

/** What servers shall have. */
export interface BaselineSettings {
    /** What becomes of SSL, TLS and DTLS versions. Those that are left out are left alone. */
    protocols?: Record<string, "enabled" | "disabled">;
    /** Strong cryptography for .NET Framework. Default false: left alone. */
    strongCrypto?: boolean;
    /** Registry values by key and name, as `RegistryValues` takes them. */
    values?: ValueTree;
}

/** A named set of what servers shall have. Once a stack applied it, it is not changed any more: the next one gets another name. */
export interface Baseline extends BaselineSettings {
    /** Of letters, digits, dots and dashes, such as `2026-11`. */
    name: string;
    /** What servers of a role have beside that, or instead. */
    roles?: Record<string, BaselineSettings>;
}

/** A baseline as a list: what one setting is called, and what it shall be. */
export type Settings = Record<string, string>;

/** The one setting of strong cryptography. */
export const strongCrypto = ".NET strong cryptography";

/** What is wrong with a baseline, all at once. */
export function checkBaseline(baseline: Baseline): Problem[] {
    const { name, roles = {}, ...settings } = (baseline ?? {}) as Partial<Baseline>;
    const problems = checkSettings(settings, "", ["name", "roles"]);
    for (const [role, one] of Object.entries(roles ?? {})) {
        problems.push(...(/^[A-Za-z][\w-]{0,31}$/.test(role) ? [] : [{ property: `roles[${show(role)}]`, message: "must be named by letters, digits and dashes, a letter first" }]), ...checkSettings(one ?? {}, `roles.${role}.`, []));
    }
    if (typeof name !== "string" || !/^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/.test(name)) {
        problems.push({ property: "name", message: `must be 1 to 64 letters, digits, dots and dashes, such as "2026-11"; received ${show(name)}` });
    }
    return problems.length > 0 || Object.keys(settingsOf(baseline)).length > 0 ? problems : [{ property: "values", message: "the baseline sets nothing: received no protocol, no strongCrypto and no value" }];
}

function checkSettings(given: BaselineSettings, at: string, beside: string[]): Problem[] {
    const { protocols = {}, strongCrypto: crypto, values = {} } = given;
    const members = [...beside, "protocols", "strongCrypto", "values"];
    const strange = Object.keys(given).filter((one) => !members.includes(one));
    const problems: Problem[] = strange.map((property) => ({ property, message: `is not known here. There are ${members.join(", ")}` }));
    for (const [protocol, wanted] of Object.entries(protocols)) {
        if (!schannelProtocols.includes(protocol)) {
            problems.push({ property: `protocols[${show(protocol)}]`, message: `is no protocol; known are ${schannelProtocols.join(", ")}` });
        } else if (wanted !== "enabled" && wanted !== "disabled") {
            problems.push({ property: `protocols[${show(protocol)}]`, message: `must be enabled or disabled; received ${show(wanted)}` });
        }
    }
    if (crypto !== undefined && typeof crypto !== "boolean") {
        problems.push({ property: "strongCrypto", message: `must be true or false; received ${show(crypto)}` });
    }
    problems.push(...checkDeclaration({ id: "baseline", kind: "registry", resource: "baseline", desired: values, onDestroy: "retain" }, "values"));
    return problems.map(({ property, message }) => ({ property: at + property, message }));
}

/** Every setting of a baseline on its own: protocols by name, registry values by `KEY\\NAME`; those of a role as `ROLE: SETTING`. */
export function settingsOf(baseline: Baseline): Settings {
    const ofRoles = Object.entries(baseline.roles ?? {}).flatMap(([role, one]) => Object.entries(listed(one)).map(([setting, wanted]) => [`${role}: ${setting}`, wanted]));
    return { ...listed(baseline), ...Object.fromEntries(ofRoles.sort(([a], [b]) => (a! < b! ? -1 : 1))) };
}

/** Those of the roles that the baseline has something for, each once. */
export function rolesIn({ roles = {} }: Baseline, given: string[]): string[] {
    return [...new Set(given)].filter((one) => Object.hasOwn(roles, one)).sort();
}

/** What a server of these roles has; a later role before an earlier one. */
export function settingsFor(baseline: Baseline, roles: string[]): Settings {
    return Object.assign({}, listed(baseline), ...roles.map((role) => listed(baseline.roles?.[role] ?? {})));
}

function listed({ protocols = {}, strongCrypto: crypto, values = {} }: BaselineSettings): Settings {
    const entries = listValues(values).map(({ key, name, notation }) => [valueId(key, name), notation] as const);
    return Object.fromEntries([...Object.entries(protocols), ...(crypto ? [[strongCrypto, "on"] as const] : []), ...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The baseline of such a list. */
export function baselineOf(name: string, settings: Settings): Baseline {
    const protocols: NonNullable<Baseline["protocols"]> = {};
    const values: ValueTree = {};
    for (const [setting, wanted] of Object.entries(settings)) {
        const place = splitValueId(setting);
        if (place !== undefined) {
            (values[place.key] ??= {})[place.name] = wanted;
        } else if (setting !== strongCrypto) {
            protocols[setting] = wanted as "enabled" | "disabled";
        }
    }
    return { name, protocols, values, strongCrypto: strongCrypto in settings };
}

/** The hash of what a baseline sets, whatever the order and spelling: the same text for the same settings. */
export function hashOf(baseline: Baseline): string {
    const lines = Object.entries(settingsOf(baseline)).map(([setting, wanted]) => `${asciiString(setting)}: ${asciiString(wanted)}\n`);
    return createHash("sha256").update(lines.join("")).digest("hex").slice(0, 16);
}

/** One line a setting that differs between two baselines. */
export function differencesOf(before: Settings, after: Settings): { setting: string; before: string; after: string }[] {
    const settings = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return settings.flatMap((setting) => {
        const [one, other] = [before[setting] ?? "not managed", after[setting] ?? "not managed"];
        return one === other ? [] : [{ setting, before: one, after: other }];
    });
}
