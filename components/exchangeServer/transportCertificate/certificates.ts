import { show } from "../../../drift/show";
import type { CertificateReading, CertificateRepair, FoundCertificate, Observation, Problem, ValueTree } from "../../../drift/types";
import { certificateKey, cleanTlsName, usable } from "../../../drift/virtual";
import { nameIn, Named } from "./names";

/** What may be done, and whether a certificate with its key is given. */
export interface Allowed extends Omit<CertificateRepair, "otherNames"> {
    pfx?: boolean;
}

export const transport = "MSExchangeTransport";
/** Of a mailbox server, and not of an Edge. */
export const frontEnd = "MSExchangeFrontEndTransport";

export function checkRepair({ remove }: CertificateRepair, expiresWithin: number | undefined): Problem[] {
    return [
        ...(remove === undefined || /^[0-9a-f]{40}$/i.test(remove)
            ? []
            : [{ property: "repair.remove", message: `must be a whole thumbprint, 40 hex digits without blanks; received ${show(remove)}` }]),
        ...(expiresWithin === undefined || (Number.isInteger(expiresWithin) && expiresWithin >= 0 && expiresWithin <= 3650)
            ? []
            : [{ property: "expiresWithin", message: `must be a whole number of days from 0 to 3650; received ${expiresWithin}` }]),
    ];
}

export function reads(named: Named): Record<string, string[]> {
    return { [certificateKey]: [nameIn(named)] };
}

export function certificateDesired(named: Named): ValueTree {
    return { [certificateKey]: { [nameIn(named)]: usable } };
}

/** What an update would refuse; a preview must not be greener. What HTTP.SYS uses only the host knows. An audit is refused what can never be right. */
export function checkOnHost(named: Named, allowed: Allowed, { values, certificates, facts }: Observation, audited = false): string[] {
    const tlsName = nameIn(named);
    const state = values[certificateKey]?.[tlsName] ?? usable;
    const reading = certificates?.[tlsName];
    // What cannot be read is said with the value itself; an older module is replaced first.
    if (state.startsWith("unknown:") || reading === undefined || typeof reading === "string") {
        return [];
    }
    const { remove, pfx = false } = allowed;
    const of = reading.others?.[remove ?? ""];
    if (of !== undefined) {
        return [`The certificate ${remove} is not removed: it is for ${of}, not for ${tlsName}. Give the thumbprint of one of this name`];
    }
    const target = reading.certificates.find(({ thumbprint }) => thumbprint === remove);
    if (state === usable || (audited && target?.key !== "opens")) {
        return [];
    }
    const why = target && keepsFrom(target, reading, named, allowed, facts.now);
    if (why !== undefined) {
        return [`The certificate ${remove} is not removed: ${why}`];
    }
    const near = nearText(tlsName, reading);
    if (near !== undefined && !pfx) {
        return [near];
    }
    const bad = reading.certificates.filter((one) => one.key !== "opens" || one.access !== "yes");
    const left = bad.filter((one) => one !== target && !(one.key === "opens" ? allowed.access && one.access === "no" : allowed.repairStore)).map(({ thumbprint }) => thumbprint);
    if (left.length === 0 && (bad.length > 0 || pfx)) {
        return [];
    }
    const is = `The certificate of ${tlsName} is ${wordOf(state)}`;
    return left.length === bad.length && !pfx ? [`${is}, and nothing that "repair" allows mends that. ${adviceFor(reading)}`] : [`${is}, and all that "repair" allows leaves ${left.join(", ")} without a key that transport can use. ${furtherFor(left, remove)}`];
}

/** What a run says where it does not end for it. */
export function remarks(named: Named, remove: string | undefined, { values, certificates }: Observation): string[] {
    const tlsName = nameIn(named);
    const reading = certificates?.[tlsName];
    const works = values[certificateKey]?.[tlsName] === usable && certificatesOf(reading).some((one) => one.thumbprint === remove && one.key === "opens");
    const near = nearText(tlsName, reading);
    return [...(works ? [`The certificate ${remove} is not removed: its private key works. Take "remove" out`] : []), ...(near === undefined ? [] : [near])];
}

/** The name that was meant, where a certificate has it but for blanks or case. */
function nearText(name: string, reading: CertificateReading | string | undefined): string | undefined {
    const plain = (text: string): string => text.replace(/\s+/g, "").toUpperCase();
    const meant = typeof reading === "object" && reading.certificates.length === 0 ? Object.values(reading.others ?? {}).find((one) => plain(one) === plain(name)) : undefined;
    return meant && `No certificate is named ${name}, and one is named ${meant}, which is the same but for blanks or case. Give that as tlsName`;
}

/** One is removed in a run, after which the name has to be usable. */
function furtherFor(left: string[], remove: string | undefined): string {
    const others = remove === undefined ? left.slice(1) : left;
    const byHand = others.map((thumbprint) => `certutil -delstore My ${thumbprint}`).join("; ");
    return [...(remove === undefined ? [`Allow remove: "${left[0]}", too`] : []), ...(others.length > 0 ? [`Of several take the others away by hand, on the server: ${byHand}`] : [])].join(". ");
}

/** Why a certificate stays where it is. */
function keepsFrom(target: FoundCertificate, { certificates }: CertificateReading, named: Named, { access, pfx }: Allowed, now: string): string | undefined {
    const tlsName = nameIn(named);
    if (target.key === "opens") {
        return 'its private key works. Take "remove" out';
    }
    const twin = certificates.some((one) => one !== target && one.key === "opens" && one.notBefore <= now && now < one.notAfter && (one.access === "yes" || access));
    if (!twin && !pfx) {
        return `no other certificate of ${tlsName} has a key that transport can use and is in date. Import one, or allow access, first`;
    }
    const other = named.otherNames?.some((name) => cleanTlsName(name).toUpperCase() === tlsName.toUpperCase());
    return other ? "another connector has the same name (otherNames). Look after that one first, and take its name out" : undefined;
}

function adviceFor({ certificates }: CertificateReading): string {
    const denied = certificates.filter((one) => one.key === "opens" && one.access === "no").map(({ thumbprint }) => thumbprint);
    const keyless = certificates.filter((one) => one.key !== "opens").map(({ thumbprint }) => thumbprint);
    const steps = [
        ...(denied.length > 0 ? [`access, for ${denied.join(", ")}`] : []),
        ...(keyless.length > 0 ? [`repairStore, for ${keyless.join(", ")}`] : []),
        "a certificate with its key (pfx)",
        ...(keyless.length > 0 && keyless.length + denied.length < certificates.length ? [`remove: "${keyless[0]}", which has no key that works`] : []),
    ];
    return `It can have ${steps.join("; or ")}`;
}

/** Certificates that are usable, and for how many days, where that is not long. */
export function expiring(reading: CertificateReading | string | undefined, now: string, within: number): string[] {
    const found = reading === undefined || typeof reading === "string" ? [] : reading.certificates;
    return found.flatMap(({ chosen, thumbprint, notAfter }) => {
        const days = Math.floor((Date.parse(notAfter) - Date.parse(now)) / 86_400_000);
        return chosen && days < within ? [`${thumbprint} expires in ${days === 1 ? "1 day" : `${days} days`}, at ${notAfter}`] : [];
    });
}

/** What is said of a certificate that an update removes. */
export function removalText(thumbprint: string): string {
    const file = `"$env:TEMP\\${thumbprint}.cer"`;
    const command = `[IO.File]::WriteAllBytes(${file}, (Get-ItemProperty HKLM:\\SOFTWARE\\HybridIdentity\\Certificates).'${thumbprint}'); certutil -addstore My ${file}`;
    return `the certificate ${thumbprint} may be removed, after its public part was kept. This puts it back, there: ${command}`;
}

export function certificatesOf(reading: CertificateReading | string | undefined): FoundCertificate[] {
    return reading === undefined || typeof reading === "string" ? [] : reading.certificates;
}

function wordOf(state: string): string {
    return state === "absent" ? "not there" : state.replace(/^string:/, "");
}
