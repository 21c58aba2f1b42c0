import { Problem } from "../../drift/types";
import { checkArgs, Checks } from "./checkArgs";
import { memberPath } from "./inputs";

/**
 * What is wrong with the shape of the arguments, and what `rest` says of those whose shape is right: all at once, and nothing twice. Those
 * whose shape is wrong are left out for `rest`, and `refused` names them: they are not missing.
 * @param earlier What was found of the arguments before: it is said first, and what it names is looked at no more.
 */
export function checkSound<Args extends object>(
    args: Args,
    checks: Checks<Args>,
    rest: (sound: Args, refused: ReadonlySet<string>) => Problem[],
    earlier: Problem[] = [],
): Problem[] {
    const shape = beside(earlier, checkArgs<Args>(without(args, earlier), checks));
    const found = [...earlier, ...shape];
    return [...found, ...beside(found, rest((without(args, found) ?? {}) as Args, new Set(found.map(({ property }) => argument(property)))))];
}

/** Of problems those that are none of what is refused already: neither the same place, nor one inside it or around it. */
export function beside(found: Problem[], others: Problem[]): Problem[] {
    const refused = found.map(place);
    const isInside = (one: string, other: string) => one === other || one.startsWith(`${other}[`) || one.startsWith(`${other}.`);
    return others.filter(({ property }) => !refused.some((one) => isInside(property, one) || isInside(one, property)));
}

/** The same value without what the problems name, and without what holds nothing else. */
function without(value: unknown, found: Problem[], at = ""): unknown {
    if (typeof value !== "object" || value === null || !(at === "" || isPlainObject(value))) {
        return value;
    }
    const refused = found.map(place);
    const left = Object.entries(value).flatMap(([name, one]) => {
        const path = at === "" ? name : memberPath(at, name);
        const rest = refused.includes(path) ? undefined : without(one, found, path);
        return rest === undefined || (isEmpty(rest) && !isEmpty(one)) ? [] : [[name, rest]];
    });
    return Object.fromEntries(left);
}

function isPlainObject(value: object): boolean {
    return Object.getPrototypeOf(value) === Object.prototype;
}

function isEmpty(value: unknown): boolean {
    return typeof value === "object" && value !== null && isPlainObject(value) && Object.keys(value).length === 0;
}

/** What is left out: one member of an object with names of any kind (`properties["A"]`), else the whole argument. */
function place({ property }: Problem): string {
    return /^[^.[]*(\["(\\.|[^"\\])*"\])*/.exec(property)![0];
}

/** `keyVault` of `keyVault.vaultName`, `owners` of `owners[1]`. */
export function argument(property: string): string {
    return property.split(/[.[]/)[0]!;
}
