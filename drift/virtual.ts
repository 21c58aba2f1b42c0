import { isDesirableProperty, isServiceProperty, serviceKey, serviceOf } from "./services";
import type { Notation } from "./types";

// Keys that are none of the registry: those of services, and the one of the client secret of the MIM Service, whose value is the key id of the secret.

export const secretKey = "MIM\\ExchangeOnline";
export const secretName = "ClientSecretKeyId";

export function isSecretKey(key: string): boolean {
    return /^MIM\\ExchangeOnline$/i.test(key);
}

/** The canonical form of such a key; undefined for any other text. */
export function virtualKey(text: string): string | undefined {
    const service = serviceOf(text);
    return isSecretKey(text) ? secretKey : service === undefined ? undefined : serviceKey(service);
}

/** Whether such a key has a value of that name. */
export function isVirtualName(key: string, name: string): boolean {
    return isSecretKey(key) ? /^ClientSecretKeyId$/i.test(name) : isServiceProperty(name);
}

/** Whether a document may desire it of such a key. */
export function isDesirable(key: string, name: string, notation: Notation): boolean {
    const keyId = /^string:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
    return isSecretKey(key) ? isVirtualName(key, name) && keyId.test(notation) : isDesirableProperty(name, notation);
}
