import { isObject, type Json } from "../http";
import { reads, type Cmdlet, type CmdletCall, type Kind } from "./cmdlet";
import { unknownParameters, wrongValue } from "./errors";
import { recipientOf } from "./recipients";

const HASHTABLE = "#Exchange.GenericHashTable";
const BOOLEANS = [true, false];

/** Throws CmdletError for parameters that the cmdlet does not have, that are missing, or of another kind. Null is $null: no value. */
export function checkParameters({ parameters: known, needed = [] }: Cmdlet, name: string, given: Json): void {
    const common: Record<string, Kind> = reads(name) ? {} : { Confirm: "switch", WhatIf: "switch" };
    const all: Record<string, Kind> = { ...common, ErrorAction: "text", WarningAction: "text", ...known };
    const strangers = Object.keys(given).filter(parameter => !(parameter in all));
    const missing = needed.filter(parameter => (given[parameter] ?? "") === "");
    if (strangers.length > 0 || missing.length > 0) {
        throw unknownParameters([...strangers, ...missing].join(", "));
    }
    for (const [parameter, value] of Object.entries(given)) {
        if (value !== null) {
            checkValue(parameter, all[parameter] ?? "text", value);
        }
    }
}

function checkValue(parameter: string, kind: Kind, value: unknown): void {
    const shown = JSON.stringify(value);
    if (kind === "switch") {
        if (!BOOLEANS.includes(value as boolean)) {
            throw wrongValue(parameter, `Cannot convert value ${shown} to type "System.Boolean".`);
        }
    } else if (kind === "texts") {
        if (!isTexts(value)) {
            throw wrongValue(parameter, `Cannot convert value ${shown} to type "System.String[]".`);
        }
    } else if (typeof value !== "string") {
        throw wrongValue(parameter, `Cannot convert value ${shown} to type "System.String".`);
    } else if (kind !== "text" && !kind.some(each => each.toLowerCase() === value.toLowerCase())) {
        const names = kind.join(", ");
        throw wrongValue(
            parameter,
            `Cannot convert value ${shown} to the enumeration. Error: "Unable to match the identifier name ${value} to a valid enumerator ` +
                `name. Specify one of the following enumerator names and try again: ${names}"`,
        );
    }
}

/** A list, or a hashtable that adds and removes. */
function isTexts(value: unknown): boolean {
    if (isObject(value)) {
        return value["@odata.type"] === HASHTABLE && ["add", "remove"].every(key => value[key] === undefined || isTexts(value[key]));
    }
    return Array.isArray(value) && value.every(each => typeof each === "string");
}

/** GUIDs of recipients after a parameter of kind "texts": replaced, or added to and taken from. Throws CmdletError for who is not there. */
export function changedIdentities(call: CmdletCall, before: string[], value: unknown): string[] {
    const guids = (identities: unknown): string[] => {
        const found = ((identities ?? []) as string[]).map(each => recipientOf(call, each).Guid);
        return [...new Set(found)];
    };
    if (!isObject(value)) {
        return guids(value);
    }
    const [added, removed] = [guids(value["add"]), guids(value["remove"])];
    // An empty hashtable clears (facts: wire.md section 1.5).
    return added.length + removed.length > 0 ? [...new Set([...before.filter(each => !removed.includes(each)), ...added])] : [];
}
