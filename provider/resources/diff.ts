// What differs between two sets of inputs, and how what the service tells is written down so that only real differences show.
import { isDeepStrictEqual } from "node:util";
import type { Shape } from "../schema";
import { isUnknown, type Properties, type Value } from "../values";
import type { Context, Found, ResourceType } from "./resource";

/** How a property changes, in the words of the plugin protocol. */
export type Kind = "ADD" | "UPDATE" | "ADD_REPLACE" | "UPDATE_REPLACE";

type Comparing = Pick<ResourceType, "replaceOn" | "same">;

/**
 * The inputs that change. An input that is left out is not enforced, so leaving it out changes nothing; a value that is not known yet may
 * become any.
 */
export function changes(type: Comparing, olds: Properties, news: Properties): Map<string, Kind> {
    const found = new Map<string, Kind>();
    for (const [property, now] of Object.entries(news)) {
        const old = olds[property] ?? null;
        if (now === null || alike(type, property, old, now)) continue;
        const kind = old === null ? "ADD" : "UPDATE";
        found.set(property, type.replaceOn.includes(property) ? `${kind}_REPLACE` : kind);
    }
    return found;
}

/** The changes without those that only name the same object in another way. */
export async function realChanges(
    type: ResourceType,
    { olds, news, state }: { olds: Properties; news: Properties; state: Properties },
    context: () => Context,
): Promise<Map<string, Kind>> {
    const found = changes(type, olds, news);
    if (!type.means) return found;
    for (const [property, kind] of found) {
        const now = news[property] ?? null;
        if (kind !== "UPDATE_REPLACE" || isUnknown(now)) continue;
        if (await type.means(property, now, state, context())) found.delete(property);
    }
    return found;
}

/** What was found, in the words of the program where they mean the same, and without inputs that it leaves out. */
export function inWordsOf(declared: Properties, found: Found, type: Comparing, shape: Shape): Found {
    const worded = (values: Properties) =>
        Object.fromEntries(
            Object.entries(values)
                .filter(([property]) => declared[property] !== undefined || !(property in shape.inputs))
                .map(([property, now]) => {
                    const old = declared[property];
                    return [property, old !== undefined && alike(type, property, old, now) ? old : now];
                }),
        );
    return { id: found.id, inputs: worded(found.inputs), state: worded(found.state) };
}

/** The outputs of a refresh: an input that is as declared stays as it was, whatever it is called in the program now. */
export function refreshed(declared: Properties, before: Properties, { inputs, state }: Found, shape: Shape): Properties {
    const kept = Object.keys(shape.inputs).filter(name => before[name] !== undefined && isDeepStrictEqual(inputs[name], declared[name]));
    return { ...state, ...Object.fromEntries(kept.map(name => [name, before[name] as Value])) };
}

function alike({ same }: Comparing, property: string, old: Value, now: Value): boolean {
    if (isUnknown(old) || isUnknown(now) || hasUnknown(old) || hasUnknown(now)) return false;
    return isDeepStrictEqual(old, now) || (old !== null && now !== null && (same?.(property, old, now) ?? false));
}

function hasUnknown(value: Value): boolean {
    return Array.isArray(value) && value.some(isUnknown);
}
