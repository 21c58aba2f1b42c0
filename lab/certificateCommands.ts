// What a person does, and looks at, of the certificates of an Exchange server.
import { certificateState, findCertificates, isUsable, thumbprintOf, tlsNameOf } from "./host/certificates";
import type { PretendCertificate } from "./host/certificateTypes";
import { serviceState } from "./host/control";
import { UsageError } from "./host/faults";
import type { LabHost } from "./labHost";
import { transportCertificate } from "./profiles";

export const CERTIFICATE_USAGE = `  certificate HOST                       its certificates, and whether the next connection of transport works
  certificate HOST THUMBPRINT there|denied|none|lost|broken|gone
                                         what becomes of its key: NETWORK SERVICE may read it or may not, there is none, certutil finds it, it does not open; or take it away
  certificate HOST twin                  renew the first one as somebody does who forgets the key`;

export function certificate(host: LabHost, [which, key, ...more]: string[]): string {
    const { certificates } = host.state;
    const [first] = certificates;
    if (which === "twin" && first !== undefined && key === undefined) {
        certificates.push(transportCertificate(/CN=([^,<]*)$/.exec(tlsNameOf(first.der))![1]!, "none"));
    } else if (which !== undefined) {
        const at = certificates.findIndex(({ der }) => thumbprintOf(der) === which.toUpperCase());
        if (at < 0 || more.length > 0 || !["there", "denied", "none", "lost", "broken", "gone"].includes(key ?? "")) {
            throw new UsageError(`certificate takes one of ${certificates.map(({ der }) => thumbprintOf(der)).join(", ") || "none"}, and what becomes of its key:\n${CERTIFICATE_USAGE}`);
        }
        const changed: PretendCertificate = { ...certificates[at]!, key: key === "denied" ? "there" : (key as PretendCertificate["key"]), access: key === "there" };
        certificates.splice(at, 1, ...(key === "gone" ? [] : [changed]));
    }
    host.save();
    return shown(host);
}

function shown({ name, state }: LabHost): string {
    const names = [...new Set(state.certificates.map(({ der }) => tlsNameOf(der)))];
    return names.length === 0 ? `${name}: no certificate` : names.flatMap(one => [`${one}  ${certificateState(state, one)}; the next connection of transport ${nextConnection(state, one)}`, ...lines(state, one)]).join("\n");
}

function lines(state: LabHost["state"], name: string): string[] {
    return findCertificates(state, name).map(({ thumbprint, notAfter, key, access, chosen }) => `    ${thumbprint}  until ${notAfter}  key ${key}${access === "" ? "" : `, access ${access}`}${chosen ? ", chosen" : ""}`);
}

/** Transport sends the certificate that it chooses, and has nothing to send where it cannot use the key. */
function nextConnection(state: LabHost["state"], name: string): string {
    const sent = findCertificates(state, name).find(({ chosen }) => chosen);
    if (serviceState(state, "MSExchangeTransport") !== "Running") {
        return "waits until it runs";
    }
    return sent === undefined ? "fails, 454 4.7.5" : isUsable(sent) ? "works" : "fails, NoCredentials";
}
