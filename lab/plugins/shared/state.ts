// From inputs to state and back: what a preview can tell, what state keeps of the inputs, and what a refresh makes of the inputs.
import { diff } from "./diff";
import type { Resource } from "./resource";
import type { Fields } from "./schema";
import { bare, isObject, isSecret, reveal, same, secret, unknown, type Properties, type Value } from "./values";

/** The inputs without marks of secrecy and without the engine's bookkeeping, at any depth. */
export function plain(given: Properties): Properties {
    const strip = (value: Value): Value => {
        if (Array.isArray(value)) return value.map(strip);
        if (!isObject(value)) return value;
        const members = Object.entries(value).filter(([name, item]) => !name.startsWith("__") && item !== null);
        return Object.fromEntries(members.map(([name, item]) => [name, strip(item)]));
    };
    return strip(reveal(given)) as Properties;
}

/** The state that a preview of a creation tells: the inputs, and everything else not known. */
export function plannedCreate<C>(resource: Resource<C>, inputs: Properties): Properties {
    const computed = Object.entries(resource.fields).filter(([, field]) => field.computed);
    const told = [...resource.outputs, ...computed.map(([name]) => name)];
    return marked(resource, inputs, { ...Object.fromEntries(told.map(name => [name, unknown])), ...plain(inputs) });
}

/** The state that a preview of an update tells: what is given, what the service decides stays as it is, the rest is gone. */
export function plannedUpdate<C>(resource: Resource<C>, olds: Properties, news: Properties): Properties {
    const state = plain(olds);
    for (const [name, field] of Object.entries(resource.fields)) if (!field.computed) delete state[name];
    return marked(resource, news, { ...state, ...plain(news) });
}

/** The state after an operation: what was read, and what the service does not tell as it was given (`fresh`) or known before. */
export function settledState<C>(resource: Resource<C>, read: Properties, known: Properties, fresh: boolean): Properties {
    const state: Properties = { ...read };
    for (const [name, field] of Object.entries(resource.fields)) {
        const value = known[name] ?? field.default;
        if (field.kept && value !== undefined && state[name] === undefined) state[name] = value;
        if (field.late && fresh && known[name] === undefined && same(state[name], [])) delete state[name];
    }
    return state;
}

/** Marks as secret what the resource says is one, and what was given as one. */
export function marked<C>(resource: Resource<C>, inputs: Properties, state: Properties): Properties {
    const secrets = new Set([...(resource.secrets ?? []), ...Object.keys(inputs).filter(name => holdsSecret(inputs[name]))]);
    return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, secrets.has(name) ? secret(value) : value]));
}

function holdsSecret(value: Value | undefined): boolean {
    if (Array.isArray(value)) return value.some(holdsSecret);
    return isObject(value) && (isSecret(value) || Object.values(value).some(holdsSecret));
}

/**
 * The inputs as a bridge carries a refresh into them. Only what was given before, and of a list only as many items as were given: what was
 * added to an empty list stands in the state alone, so that whoever takes the old inputs for unchanged takes it away.
 */
export function carriedInputs(olds: Properties, state: Properties): Properties {
    const entries = Object.entries(olds).filter(([name]) => name.startsWith("__") || (state[name] ?? null) !== null);
    return Object.fromEntries(entries.map(([name, old]) => [name, name.startsWith("__") ? old : carried(old, bare(state[name]!))]));
}

function carried(old: Value, now: Value): Value {
    if (isSecret(old)) return secret(carried(bare(old), now));
    if (Array.isArray(old) && Array.isArray(now)) return old.slice(0, now.length).map((item, index) => carried(item, now[index]!));
    return isObject(old) && isObject(now) ? carriedInputs(old, now) : now;
}

/** The inputs as azure-native finds them: those given before, with what the service now says; after any import, all that says something. */
export function refreshedInputs(fields: Fields, olds: Properties, state: Properties, imported: boolean): Properties {
    const inputs: Properties = { __defaults: olds["__defaults"] ?? [] };
    for (const [name, field] of Object.entries(fields)) {
        const [old, now] = [olds[name] ?? null, state[name] ?? null];
        const empty = now === null || now === "" || now === false || same(now, []) || same(now, {}) || same(now, field.default ?? null);
        if (!imported && field.kept && old !== null && now === null) inputs[name] = old;
        if (imported ? empty : old === null || now === null) continue;
        const { kind } = field;
        const [before, told] = [bare(old), bare(now)];
        const fieldsBelow = typeof kind === "object" && !Array.isArray(kind) ? kind : undefined;
        const changed = diff({ [name]: field }, { [name]: now }, { [name]: old }).names.length > 0;
        if (!changed && old !== null) inputs[name] = old;
        else if (fieldsBelow && isObject(before) && isObject(told)) {
            const below = refreshedInputs(fieldsBelow, before, told, false);
            inputs[name] = isSecret(old) ? secret(below) : below;
        } else inputs[name] = isSecret(old) && now !== null ? secret(now) : now;
    }
    return inputs;
}
