// The one asset that a copy has: a file of this machine, or a text.
import { bare, isArchive, isAsset, isObject, isSecret, secret, type Properties, type Value } from "../shared/values";
import type { Failure } from "./schema";

/** An asset as the plugin keeps it; what is not set is empty. */
export interface Asset {
    hash: string;
    path: string;
    text: string;
    uri: string;
}

/** Checks and completes an asset, which may be a secret. One that is not known yet is refused, as the plugin does. */
export function checkAsset(value: Value, property: string, failures: Failure[]): Value {
    const asset = bare(value);
    if (isArchive(asset)) {
        failures.push({ property, reason: `${property}: the stand-in of the command plugin takes no archives; use the plugin itself, or one FileAsset a file` });
    } else if (!isObject(asset) || !isAsset(asset)) {
        failures.push({ property: "asset", reason: "either asset or archive must be set" });
    } else if (asset["uri"]) {
        failures.push({ property: "asset", reason: "asset must be a path-based file asset or a text asset" });
    } else {
        const complete: Properties = { hash: "", path: "", text: "", uri: "", ...asset };
        return isSecret(value) ? secret(complete) : complete;
    }
    return value;
}
