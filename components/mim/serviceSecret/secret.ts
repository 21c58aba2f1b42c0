import { string } from "../../../drift/desired";
import { fitsOnLine, type Secrets } from "../../../drift/secretLine";
import type { Observation, Problem, ValueTree } from "../../../drift/types";
import { secretKey, secretName } from "../../../drift/virtual";
import { hidden } from "../../internal/formats";
import { isGuid } from "../../internal/guid";
import { productProblems } from "../serviceSettings/settings";
import { productName } from "../shared/server";

export interface KeyId {
    keyId: string;
}

export const secretReads = { [secretKey]: [secretName] };

/** Entra ID makes secrets of 40 characters. */
const longest = 1000;

export function checkKeyId({ keyId }: KeyId): Problem[] {
    return isGuid(keyId) ? [] : [{ property: "keyId", message: `must be a GUID, the id of the secret that Entra ID gives with it (keyId); received ${hidden(keyId)}` }];
}

/** Messages never show what was received. */
export function checkSecrets(secrets: Secrets): Problem[] {
    const problems = Object.entries(secrets as Record<string, string | undefined>).flatMap(([property, value]) => {
        const wrong = value === undefined ? undefined : badText(value);
        return wrong === undefined ? [] : [{ property, message: `must be a text of 1 to ${longest} characters without line feeds and control characters; received ${wrong}` }];
    });
    const long = { property: "clientSecret", message: "does not fit on one line with accountPassword: a character beyond ASCII takes six there. Use shorter ones" };
    return problems.length > 0 || fitsOnLine(secrets) ? problems : [long];
}

export function secretDesired({ keyId }: KeyId, { products }: Observation): { desired: ValueTree; problems: string[] } {
    return { desired: desiredKeyId(keyId), problems: productProblems(products?.[productName]) };
}

export function desiredKeyId(keyId: string): ValueTree {
    return { [secretKey]: { [secretName]: string(keyId.toLowerCase()) } };
}

function badText(value: unknown): string | undefined {
    if (typeof value !== "string") {
        return hidden(value);
    }
    if (value === "") {
        return "an empty text";
    }
    if (value.length > longest) {
        return `${value.length} characters`;
    }
    return /[\x00-\x1f\x7f]|\p{Surrogate}/u.test(value) ? "one with a control character or half a surrogate pair" : undefined;
}
