import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../../../drift/types";
import { Checks, flag, mapOf, needed, number, plain, secretText, text } from "../../internal/checkArgs";
import { checkSound } from "../../internal/checkSound";
import { isPlain } from "../../internal/inputs";
import { checkGate, checkProperties, checkSecretProperties, type Given } from "./properties";

/** What setup is given. */
export interface SetupArgs {
    /** Public properties of the setup (`MAIL_SERVER`), by name. None is given by default; see docs/mim/product.md for how to find out their names. */
    properties: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** The same for those that are secret, such as `SERVICE_ACCOUNT_PASSWORD`; each of 8 characters or more. Treated as secrets whether they are marked or not. */
    secretProperties?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Logs of setup that the host keeps, secrets masked, 0 to 100. Default 3. */
    keepLogs?: number;
    /** Seconds to wait for the end of another installation, 1 to 3600. Default 300. */
    waitSeconds?: number;
    /** Seconds until the command ends itself, the wait included, 60 to 86400. Default 3600. */
    timeLimit?: number;
    /** An older build is refused. Default `4.6.421.0`, the first with application context authentication. */
    minimumBuild?: string;
    /** Where TLS 1.1 is off on the host, with which setup fails (Microsoft says so): turns it on for the time of setup and puts it back. Default false: refused. */
    allowTemporaryTls11?: boolean;
    /** Why setup may not run now, for example because the server that it would tell the product of does not answer. A change is refused with this text; an empty one holds back nothing. Default: nothing does. */
    heldBackBy?: pulumi.Input<string>;
}

export const setupChecks: Checks<SetupArgs> = {
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
