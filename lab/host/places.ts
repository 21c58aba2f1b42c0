import { repairCertificate } from "./certificateRepair";
import { certificateState } from "./certificates";
import type { PretendHost } from "./host";
import { isCertificateKey, isSecretKey, isSetupKey, serviceOf, splitValueId, upper } from "./paths";
import { readSecret, writeSecret } from "./secret";
import { readSetup, writeSetup } from "./setup";
import { serviceState, setServiceState, setStartType, settle, startType } from "./control";

// A managed value is a value of the registry, one of the two properties of a service, the client secret of the MIM Service, what its setup was given, or the
// state of a connector's certificate.

/** Throws AccessDenied. */
export function readPlace(host: PretendHost, key: string, name: string): string {
    const service = serviceOf(key);
    if (isSecretKey(key)) {
        return readSecret(host);
    }
    if (isSetupKey(key)) {
        return readSetup(host, name);
    }
    if (isCertificateKey(key)) {
        return certificateState(host, name);
    }
    if (service === undefined) {
        return host.registry.read(key, name);
    }
    const found = upper(name) === "STATE" ? serviceState(host, service) : startType(host, service);
    return /^(absent$|unknown:)/.test(found) ? found : `string:${found}`;
}

/** Throws AccessDenied, NotVolatile, Failure `service`, and what write observers throw. */
export function writePlace(host: PretendHost, key: string, name: string, notation: string): void {
    const service = serviceOf(key);
    const word = notation.replace(/^string:/, "");
    if (isSecretKey(key)) {
        writeSecret(host, notation);
    } else if (isSetupKey(key)) {
        writeSetup(host, notation);
    } else if (isCertificateKey(key)) {
        repairCertificate(host, name);
    } else if (service === undefined) {
        host.registry.write(key, name, notation);
    } else if (upper(name) === "STATE") {
        setServiceState(host, service, word);
    } else {
        setStartType(host, service, word);
    }
}

/** A service that is on its way from one state to another has none that could be written down. Throws Failure `service`. */
export function settlePlace(host: PretendHost, key: string, name: string): void {
    const service = serviceOf(key);
    if (service !== undefined && upper(name) === "STATE") {
        settle(host, service);
    }
}

/** In the order in which values are put back: a service is started after it was enabled, and disabled after it was started. */
export function inOrder<T>(steps: readonly T[], valueOf: (step: T) => { id: string; notation: string }): T[] {
    const rank = (step: T): number => {
        const { id, notation } = valueOf(step);
        const { key, name } = splitValueId(id);
        return serviceOf(key) === undefined ? 0 : upper(name) === "STATE" ? 1 : notation === "string:Disabled" ? 2 : 0;
    };
    return [...steps].sort((a, b) => rank(a) - rank(b));
}
