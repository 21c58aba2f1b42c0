import { restoreCertificate } from "./certificateRepair";
import type { PretendHost } from "./host";
import { asciiString, sha256 } from "./json";
import { isCertificateKey, isSecretKey, isSetupKey, isVirtual, sameValue, splitValueId, upper } from "./paths";
import { writePlace } from "./places";
import { ROOT } from "./records";
import { Failure } from "./reply";
import { keepSecret, restoreSecret } from "./secret";
import { restoreSetup } from "./setup";

const KEPT = /^(string|expand|multi|hex\([4b]\)):/;

/** Keeps an original of which its notation does not tell every byte as a value of its own, as the module does with reg.exe. */
export function keepOriginal(host: PretendHost, id: string, notation: string): void {
    if (KEPT.test(notation)) {
        const { key, name } = splitValueId(id);
        if (isSecretKey(key)) {
            keepSecret(host, notation);
        }
        if (isVirtual(key)) {
            return;
        }
        host.registry.deleteKey(keptKey(id));
        host.registry.copy(key, name, keptKey(id));
    }
}

/** Writes an original: from what was kept, where that reads as the record says. */
export function putOriginal(host: PretendHost, id: string, notation: string): void {
    const { key, name } = splitValueId(id);
    if (isSecretKey(key)) {
        return restoreSecret(host, notation);
    }
    if (isSetupKey(key)) {
        return restoreSetup(host, notation);
    }
    if (isCertificateKey(key)) {
        return restoreCertificate(host, name, notation);
    }
    if (KEPT.test(notation) && host.registry.read(keptKey(id), name) === notation) {
        host.registry.copy(keptKey(id), name, key);
        return;
    }
    if (notation.startsWith("hex(")) {
        throw new Failure("denied", `${id} cannot get ${notation} back: ${keptKey(id)} is gone. Set the value by hand, and run again`);
    }
    writePlace(host, key, name, notation);
}

/** Where an original is kept; docs/protocol.md says how. */
export function keptKey(id: string): string {
    const { key, name } = splitValueId(id);
    return `${ROOT}\\Originals\\${sha256(asciiString(upper(sameValue(key, name))))}`;
}
