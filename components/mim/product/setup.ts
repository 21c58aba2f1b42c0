import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../../../drift/types";
import { flag, mapOf, needed, number, plain, secretText, text } from "../../internal/checkArgs";
import { checkSound } from "../../internal/checkSound";
import { isPlain } from "../../internal/inputs";
import type { ProductArgs } from "../product";
import { checkGate, checkProperties, checkSecretProperties, type Given } from "./properties";

/** What setup is given, apart from what every component for a host is. */
export type SetupArgs = Omit<ProductArgs, "host" | "mode" | "failOnDrift" | "document" | "restartServices">;

export const setupChecks = {
    properties: needed(mapOf(secretText), "Give {} where all are secret"),
    secretProperties: mapOf(secretText),
    keepLogs: plain(number),
    waitSeconds: plain(number),
    timeLimit: plain(number),
    minimumBuild: plain(text),
    allowTemporaryTls11: plain(flag),
    heldBackBy: text,
};

/** Of another component, which hands it on: everything that can be refused while the program is built. */
export function checkSetupArgs(setup: SetupArgs, at: string): Problem[] {
    if (pulumi.Output.isInstance(setup) || setup instanceof Promise) {
        return [{ property: at, message: "must be an object, whose properties may be outputs; received an output or a promise" }];
    }
    const problems = checkSound<SetupArgs>(setup, setupChecks, (sound, refused) => {
        const { properties = {}, secretProperties = {} } = sound;
        const known = isPlain(properties) && isPlain(secretProperties);
        return [
            ...checkGate(sound),
            ...(known ? checkProperties({ properties, secretProperties } as Given, refused) : []),
            ...(isPlain(secretProperties) ? checkSecretProperties(secretProperties as Record<string, string>) : []),
        ];
    });
    return problems.map(({ property, message }) => ({ property: property === "arguments" ? at : `${at}.${property}`, message }));
}
