import * as pulumi from "@pulumi/pulumi";
import { nearest } from "../../drift/nearest";
import { show } from "../../drift/show";
import { Problem } from "../../drift/types";
import { isPlain, memberPath } from "./inputs";

/** Looks at the shape of one argument; `at` is what the user calls it. What is left out passes, and so does what becomes known only later. */
export type Check = (value: unknown, at: string) => Problem[];

/** A check for every argument that there is. `Checks<XArgs>` does not compile where one is missing. */
export type Checks<Args = Record<string, unknown>> = { [name in keyof Required<Args>]: Check };

/**
 * Every problem of the shape of a component's arguments: unknown, missing, null or of another type. Plain JavaScript and stack settings can hand
 * over anything. To be called before anything else looks at the arguments, and again with the members that were outputs once they are known.
 */
export function checkArgs<Args>(args: unknown, checks: Checks<Args>): Problem[] {
    return members(checks as Checks)(args ?? {}, "");
}

/** Of an argument that is a component's arguments of its own: for a component null is as good as nothing, here it is not. */
export function noNull(value: unknown, at: string): Problem[] {
    return value === null ? [{ property: at, message: "must be an object; received null" }] : [];
}

/** The name of a component in the program. */
export function checkName(name: unknown): Problem[] {
    return typeof name === "string" && name !== "" ? [] : [{ property: "name", message: `must be a text, the component's name in the program; received ${show(name)}` }];
}

export const text = takes("a text", (value) => typeof value === "string");
/** A text that no message may show. */
export const secretText = takes("a text", (value) => typeof value === "string", (value) => (value === null ? "null" : "something else"));
export const flag = takes("true or false", (value) => typeof value === "boolean");
export const number = takes("a number", (value) => typeof value === "number");
/** Something that another check looks at. */
export const anything: Check = () => [];

/** An argument that may not be left out. */
export function needed(check: Check, remedy?: string): Check {
    return (value, at) => (value === undefined ? [{ property: at, message: `is required; received nothing${remedy ? `. ${remedy}` : ""}` }] : check(value, at));
}

/** An argument that decides about what is registered, so that it may not wait for anything. */
export function plain(check: Check): Check {
    const message = "must be known while the program is built; received an output or a promise. Give a plain value";
    return (value, at) => (isPlain(value) ? check(value, at) : [{ property: at, message }]);
}

/** One of the choices of an argument. */
export function choice(known: Record<string, string>): Check {
    const choices = Object.values(known);
    return plain((value, at) =>
        value === undefined || choices.includes(value as string)
            ? []
            : [{ property: at, message: `unknown choice ${show(value)}; use one of ${choices.join(", ")}` }],
    );
}

/** A list, even of one. */
export function listOf(check: Check): Check {
    return (value, at) => {
        if (isLater(value)) {
            return [];
        }
        if (!Array.isArray(value)) {
            const single = typeof value === "string" ? `. Write [${show(value)}]` : "";
            return [{ property: at, message: `must be a list; received ${show(value)}${single}` }];
        }
        // Not map: it leaves out the holes of a list.
        return Array.from(value).flatMap((one, index) => needed(check)(one, `${at}[${index}]`));
    };
}

/** An object with members of any name. */
export function mapOf(check: Check): Check {
    return (value, at) => {
        if (isLater(value)) {
            return [];
        }
        if (typeof value !== "object" || value === null || Array.isArray(value)) {
            return [{ property: at, message: `must be an object of names and values; received ${value === null ? "null" : "something else"}` }];
        }
        return Object.entries(value).flatMap(([name, one]) => needed(check)(one, memberPath(at, name)));
    };
}

/** An object with these members and no others. They may be outputs, but not the object: which of them there are has to be known. */
export function members(checks: Checks): Check {
    const known = Object.keys(checks);
    const inside = (at: string, name: string) => (at === "" ? name : `${at}.${name}`);
    const later = "must be an object, whose members may be outputs; received an output or a promise of one. Write the members, each as what it is";
    return (value, at) => {
        if (value === undefined) {
            return [];
        }
        if (isLater(value)) {
            return [{ property: at, message: later }];
        }
        if (typeof value !== "object" || value === null || Array.isArray(value)) {
            return [{ property: at === "" ? "arguments" : at, message: `must be an object with the members ${known.join(", ")}; received ${show(value)}` }];
        }
        const strange = Object.keys(value).filter((name) => !known.includes(name));
        return [
            ...strange.map((name) => ({ property: inside(at, name), message: `is not known here${meant(name, known)}. There are ${known.join(", ")}` })),
            ...known.flatMap((name) => checks[name]!((value as Record<string, unknown>)[name], inside(at, name))),
        ];
    };
}

/** What a value must be, as the message has it after "must be". */
export function takes(rule: string, fits: (value: unknown) => boolean, shown: (value: unknown) => string = show): Check {
    return (value, at) => (isLater(value) || fits(value) ? [] : [{ property: at, message: `must be ${rule}; received ${shown(value)}` }]);
}

function isLater(value: unknown): boolean {
    return value === undefined || value instanceof Promise || pulumi.Output.isInstance(value);
}

/** The name that was meant, for the end of a sentence. */
export function meant(name: string, known: string[]): string {
    const like = nearest(name, known);
    return like === undefined ? "" : `; "${like}" is meant, perhaps`;
}
