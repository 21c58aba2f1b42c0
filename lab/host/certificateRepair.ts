import { createSecureContext } from "node:tls";
import { certificateState, datesOf, findCertificates, isInDate, isUsable, SAVED, savedCertificates, thumbprintOf, tlsNameOf } from "./certificates";
import { addCertificate, grantAccess, removeCertificate, repairStore } from "./certificateStore";
import type { PretendCertificate } from "./certificateTypes";
import type { CertificateRepair, Document } from "./document";
import type { PretendHost } from "./host";
import { isCertificateKey, splitValueId, upper } from "./paths";
import { Failure } from "./reply";
import type { SecretRun } from "./secretTypes";

const BINDINGS = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters";

/** Refuses what cannot be done, before anything is done. Throws Failure `certificate`. */
export function prepareCertificate(host: PretendHost, { desired, repair }: Document): void {
    for (const { key, name } of desired.filter(one => isCertificateKey(one.key))) {
        if (host.secrets) {
            host.secrets.repair = repair;
        }
        const state = certificateState(host, name);
        if (state === "string:usable") {
            continue;
        }
        const pfx = hasPfx(host, name);
        checkRemoval(host, name, repair, pfx);
        const found = findCertificates(host, name);
        const mends = found.some(one => (one.key === "opens" ? repair.access && one.access === "no" : repair.repairStore) || one.thumbprint === repair.remove);
        if (!pfx && !mends) {
            throw refused(`The certificate of ${name} is ${state}, and nothing that "repair" allows mends that (${key}). Allow access, repairStore or remove, or give a PFX`);
        }
    }
}

/** In this order, until the certificate is usable. Throws Failure `certificate` and `mismatch`, and what write observers throw. */
export function repairCertificate(host: PretendHost, name: string): void {
    const { repair, pfx } = host.secrets ?? {};
    if (!repair || !pfx) {
        throw refused(`${name} was not looked at before`);
    }
    const named = (): PretendCertificate[] => host.certificates.filter(({ der }) => upper(tlsNameOf(der)) === upper(name));
    const isDone = (): boolean => certificateState(host, name) === "string:usable";
    const grant = (): void =>
        named().filter(one => one.key === "there" && !one.access).forEach(one => grantAccess(host, one));
    if (repair.access) {
        grant();
    }
    if (repair.repairStore) {
        named().forEach(one => repairStore(host, one));
        if (repair.access) {
            grant();
        }
    }
    if (pfx.content.length > 0 && !isDone()) {
        const der = openPfx(pfx);
        // One that works already would not for a moment.
        if (!findCertificates(host, name).some(one => one.thumbprint === thumbprintOf(der) && isUsable(one))) {
            addCertificate(host, der, true);
        }
        grant();
    }
    const state = certificateState(host, name);
    if (repair.remove !== "" && state.startsWith("string:two match: ") && state.includes(repair.remove)) {
        const gone = named().filter(({ der }) => thumbprintOf(der) === repair.remove);
        gone.forEach(one => {
            host.registry.write(SAVED, repair.remove, `binary:${one.der}`);
            removeCertificate(host, one.der);
        });
    }
    if (!isDone()) {
        throw new Failure("mismatch", `The certificate of ${name} is still ${certificateState(host, name)} after all that "repair" allows. Import one with its key (pfx)`);
    }
}

/** Puts those back that were removed and that a notation names, without keys. */
export function restoreCertificate(host: PretendHost, name: string, notation: string): void {
    for (const [thumbprint, der] of restorable(host, name, notation)) {
        if (!host.certificates.some(one => one.der === der)) {
            addCertificate(host, der, false);
        }
        host.registry.write(SAVED, thumbprint, "absent");
    }
}

/** Whether there is anything to put back of a value. */
export function isRestorable(host: PretendHost, id: string, original: string): boolean {
    const { key, name } = splitValueId(id);
    return !isCertificateKey(key) || restorable(host, name, original).length > 0;
}

function restorable(host: PretendHost, name: string, notation: string): [string, string][] {
    return Object.entries(savedCertificates(host, name)).filter(([thumbprint]) => notation.includes(thumbprint));
}

function checkRemoval(host: PretendHost, name: string, { remove, otherNames, access }: CertificateRepair, pfx: boolean): void {
    if (remove === "") {
        return;
    }
    const keep = (why: string): Failure => refused(`The certificate ${remove} is not removed: ${why}`);
    const found = findCertificates(host, name);
    const fact = found.find(one => one.thumbprint === remove);
    if (fact === undefined) {
        const stored = host.certificates.find(({ der }) => thumbprintOf(der) === remove);
        if (stored !== undefined) {
            throw keep(`it is for ${tlsNameOf(stored.der)}, not for ${name}`);
        }
        return;
    }
    if (fact.key === "opens") {
        throw keep('its private key works. Take "remove" out');
    }
    if (!pfx && !found.some(one => one !== fact && one.key === "opens" && isInDate(host, one) && (one.access === "yes" || access))) {
        throw keep(`no other certificate of ${name} has a key that transport can use and is in date`);
    }
    if (otherNames.some(other => upper(other) === upper(name))) {
        throw keep("another connector has the same name (otherNames)");
    }
    for (const key of ["SslBindingInfo", "SslSniBindingInfo"].map(kind => `${BINDINGS}\\${kind}`)) {
        const binding = host.registry.below(key).find(one => host.registry.read(`${key}\\${one}`, "SslCertHash") === `binary:${remove.toLowerCase()}`);
        if (binding !== undefined) {
            throw keep(`HTTP.SYS uses it for ${binding}`);
        }
    }
}

function hasPfx(host: PretendHost, name: string): boolean {
    const { pfx } = host.secrets ?? {};
    if (!pfx || pfx.content.length === 0) {
        return false;
    }
    const der = openPfx(pfx);
    const named = tlsNameOf(der);
    if (upper(named) !== upper(name)) {
        throw refused(`The PFX is not for ${name}: it has ${named}`);
    }
    if (!isInDate(host, datesOf(der))) {
        throw refused(`The PFX has the certificate of ${name}, and it is out of date`);
    }
    return true;
}

/** What OpenSSL finds in it: the certificate, which has a key. */
function openPfx({ content, password }: SecretRun["pfx"]): string {
    try {
        const { context } = createSecureContext({ pfx: content, passphrase: password }) as { context: { getCertificate(): Buffer } };
        return context.getCertificate().toString("hex");
    } catch (error) {
        throw refused(/mac verify failure/.test((error as Error).message) ? "The PFX has another password" : "The PFX could not be opened: it is damaged, or has no key");
    }
}

function refused(message: string): Failure {
    return new Failure("certificate", `${message}. Nothing was changed.`);
}
