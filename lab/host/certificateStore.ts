import { thumbprintOf } from "./certificates";
import type { PretendCertificate } from "./certificateTypes";
import type { PretendHost } from "./host";

// What a program does to the certificates of a host. A run shares the list with its host, so it is changed in its place.

/** In the place of the same one. */
export function addCertificate(host: PretendHost, der: string, keyed: boolean): void {
    observed(host, der, keyed ? "imported" : "put back", () => {
        const { certificates } = host;
        const at = certificates.findIndex(one => one.der === der);
        certificates.splice(at < 0 ? certificates.length : at, 1, { der, key: keyed ? "there" : "none", access: false });
    });
}

export function removeCertificate(host: PretendHost, der: string): void {
    observed(host, der, "removed", () => void host.certificates.splice(host.certificates.findIndex(one => one.der === der), 1));
}

export function grantAccess(host: PretendHost, one: PretendCertificate): void {
    observed(host, one.der, "access", () => void (one.access = true));
}

/** What certutil -repairstore does; whether it found the key. */
export function repairStore(host: PretendHost, one: PretendCertificate): boolean {
    if (one.key === "lost") {
        observed(host, one.der, "repairstore", () => void (one.key = "there"));
    }
    return one.key === "there";
}

function observed(host: PretendHost, der: string, what: string, work: () => void): void {
    host.registry.observed({ key: "CERTIFICATE", name: thumbprintOf(der), notation: `string:${what}` }, work);
}
