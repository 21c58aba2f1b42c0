import * as pulumi from "@pulumi/pulumi";
import { Problem } from "../../../drift/types";
import { Checks, flag, mapOf, needed, noNull, number, plain, secretText, text } from "../../internal/checkArgs";
import { checkSound } from "../../internal/checkSound";
import { checkGate, checkProperties, checkSecretProperties } from "./properties";

/** What setup in change mode is given. */
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
}

export const setupShape: Checks<SetupArgs> = {
    properties: needed(mapOf(secretText), "Give {} where all are secret"),
    secretProperties: mapOf(secretText),
    keepLogs: plain(number),
    waitSeconds: plain(number),
    timeLimit: plain(number),
    minimumBuild: plain(text),
    allowTemporaryTls11: plain(flag),
};

/** Of a component that hands it on: everything that can be refused while the program is built. */
export function checkSetupArgs(setup: SetupArgs, at: string): Problem[] {
    if (pulumi.Output.isInstance(setup) || setup instanceof Promise) {
        return [{ property: at, message: "must be an object, whose properties may be outputs; received an output or a promise" }];
    }
    const odd = noNull(setup, at);
    const problems = odd.length > 0 ? [] : checkSound<SetupArgs>(setup, setupShape, checkMeaning);
    return [...odd, ...problems.map(({ property, message }) => ({ property: property === "arguments" ? at : `${at}.${property}`, message }))];
}

/** What breaks a rule although its shape is right. Of values that are outputs it looks at the names alone. */
function checkMeaning(setup: SetupArgs, refused: ReadonlySet<string>): Problem[] {
    const [properties, secretProperties] = [setup.properties ?? {}, setup.secretProperties ?? {}].map(listed);
    const secrets = Object.entries(secretProperties ?? {}).filter(([, value]) => typeof value === "string") as [string, string][];
    return [
        ...checkGate(setup),
        ...(properties && secretProperties ? checkProperties({ properties: known(properties), secretProperties: known(secretProperties) }, refused) : []),
        ...checkSecretProperties(Object.fromEntries(secrets)),
    ];
}

/** Names and values, some of which may be outputs; undefined where not even the names are known. */
export function listed(given: SetupArgs["properties"]): Record<string, unknown> | undefined {
    return pulumi.Output.isInstance(given) || given instanceof Promise ? undefined : given;
}

/** What is not known yet breaks no rule, as an empty text does not. */
function known(given: Record<string, unknown>): Record<string, string> {
    return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, typeof value === "string" ? value : ""]));
}
