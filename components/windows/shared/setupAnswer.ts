import { isObject } from "../../../drift/json";

// What the reply of a host says of a change by setup: its exit code, how long another installation was waited for, the service's file, the log.

export function setupNeedsReboot(setup: unknown): boolean {
    return isObject(setup) && (setup["exitCode"] === 3010 || setup["exitCode"] === 1641);
}

/** What the user has to know of it. */
export function setupTexts(setup: unknown): string[] {
    if (!isObject(setup)) {
        return [];
    }
    const { waitedSeconds, config, log } = setup;
    return [
        ...(Number(waitedSeconds) > 0 ? [`Setup waited ${waitedSeconds} seconds for another installation.`] : []),
        ...(setupNeedsReboot(setup) ? [`Setup has changed the product and asks for a reboot (${setup["exitCode"]}). Reboot the host in its next window.`] : []),
        ...(String(config).startsWith("changed") ? [`Setup has changed the configuration file of the MIM Service (${config}). Compare both, and bring your own settings back.`] : []),
        ...(log === "" ? ["Setup left no log that could be kept."] : []),
    ];
}
