// Checks of single inputs, as the resource types and functions share them. What is not known yet passes.
import { isUnknown, type Failure, type Properties, type Value } from "../values";

/** Any GUID, in any case. */
export const guidPattern = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const smtpPattern = /^[^\s@,;<>()]+@[^\s@,;<>()]+$/;
/** Source: RFC 5321, section 4.5.3.1: 64 characters before the "@", 255 after it. */
const longestAddress = 320;

/** What an input has to be. `expected` reads on after "expected". */
export interface Rule {
    property: string;
    expected: string;
    optional?: boolean;
    accepts(value: Value): boolean;
}

/** What the rules find wrong, each with the property, the rule and what was received. */
export function checked(inputs: Properties, rules: Rule[]): Failure[] {
    return rules.flatMap(({ property, expected, optional, accepts }) => {
        const value = inputs[property] ?? null;
        if (isUnknown(value) || (value === null ? optional : hasUnknown(value) || accepts(value))) return [];
        return [{ property, reason: `expected ${expected}; received ${JSON.stringify(value)}` }];
    });
}

/** Accepts a text of 1 to `most` characters, not of blanks alone. */
export function text(most = 1024): (value: Value) => boolean {
    return value => typeof value === "string" && value.trim() !== "" && value.length <= most;
}

/** Accepts a GUID. */
export function guid(value: Value): boolean {
    return typeof value === "string" && guidPattern.test(value);
}

/** Accepts an SMTP address. */
export function smtpAddress(value: Value): boolean {
    return typeof value === "string" && value.length <= longestAddress && smtpPattern.test(value);
}

/** Accepts a recipient by its SMTP address or its GUID. */
export function recipientId(value: Value): boolean {
    return guid(value) || smtpAddress(value);
}

/** Accepts true and false. */
export function flag(value: Value): boolean {
    return typeof value === "boolean";
}

/** Accepts a list of what `accepts` accepts. */
export function listOf(accepts: (value: Value) => boolean): (value: Value) => boolean {
    return value => Array.isArray(value) && value.every(accepts);
}

/** Whether two identifiers or names are the same; Exchange does not tell upper from lower case in them. */
export function sameText(one: unknown, other: unknown): boolean {
    return typeof one === "string" && typeof other === "string" && one.toLowerCase() === other.toLowerCase();
}

function hasUnknown(value: Value): boolean {
    return Array.isArray(value) && value.some(isUnknown);
}
