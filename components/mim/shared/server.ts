/**
 * Where MIM 2016 keeps what its mail needs.
 * Source: Microsoft, "Install MIM 2016 with SP2: MIM Service and Portal", "MIM version history" and "gMSA" (MIMDocs); the names of the three values
 * of application context authentication are from a published walk-through, their types were not.
 */
export const productName = "Microsoft Identity Manager Service and Portal";

export const serviceName = "FIMService";

/** Below `HKLM\`, and for what the service itself writes below the hive of its account. */
const settingsPath = "SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";

export const settingsKey = `HKLM\\${settingsPath}`;

/** `<SERVICE>` stands for the account that the service runs as (docs/protocol.md). */
export const tokenKey = (service: string): string => `HKU\\<${service}>\\${settingsPath}`;

export const settingNames = {
    applicationId: "ExchangeOnlineApplicationID",
    tenantId: "ExchangeOnlineTenantID",
    secret: "EncryptedExchangeOnlineClientSecret",
} as const;

/** Application context authentication came with this build, 17 March 2021 (KB4599279). */
export const needed = "4.6.421.0";
/** The last build of SP2, 3 October 2023 (KB5018333). */
const advised = "4.6.673.0";

/** Whether a build is new enough, by default to send mail by application context, and whether a newer one is advised. */
export function judgeBuild(version: string, least = needed): { enough: boolean; advice?: string } {
    if (!isVersion(version)) {
        return { enough: false, advice: `its version reads ${JSON.stringify(version)}, which is none; look at it in the list of installed programs` };
    }
    if (older(version, least) && least !== needed) {
        return { enough: false, advice: `build ${least} or newer is asked for (minimumBuild)` };
    }
    if (older(version, least)) {
        return { enough: false, advice: `application context authentication needs build ${needed} or newer; install ${advised} (KB5018333)` };
    }
    return { enough: true, ...(older(version, advised) ? { advice: `build ${advised} (KB5018333) is advised` } : {}) };
}

export function isVersion(text: string): boolean {
    return /^\d{1,9}(\.\d{1,9}){1,3}$/.test(text);
}

function older(a: string, b: string): boolean {
    const [x, y] = [a, b].map((one) => one.split(".").map(Number));
    const at = y!.findIndex((part, index) => (x![index] ?? 0) !== part);
    return at >= 0 && (x![at] ?? 0) < y![at]!;
}
