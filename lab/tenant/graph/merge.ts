import { isObject, type Json } from "../http";

/**
 * What PATCH does: only what is sent is changed, null clears, lists are replaced whole, and complex properties such as `api` and `web` are merged in
 * turn (facts: azuread-observed.md section 2, "PATCH must merge"). Annotations such as `@odata.type` are not kept.
 */
export function merged<Target extends Json>(target: Target, given: Json): Target {
    const result: Json = { ...target };
    for (const [property, value] of Object.entries(given)) {
        const before = result[property];
        if (!property.includes("@")) {
            result[property] = isObject(before) && isObject(value) ? merged(before, value) : value;
        }
    }
    return result as Target;
}
