import { show } from "../../../drift/show";
import type { Problem } from "../../../drift/types";
import { cleanTlsName, tlsNamePattern } from "../../../drift/virtual";
import { printed, tlsNameOf } from "./tlsName";

/** What a program declares of the certificate of a connector: its name, or a certificate that has it. */
export interface Named {
    tlsName?: string;
    certificate?: string;
    otherNames?: string[];
}

/** @param refused arguments that have a problem already, so that they are not missing */
export function checkNames(named: Named, refused: ReadonlySet<string> = new Set()): Problem[] {
    const { tlsName, certificate, otherNames = [] } = named;
    const given: [string, string][] = [...(tlsName === undefined ? [] : [["tlsName", tlsName] as [string, string]]), ...otherNames.map((name, at): [string, string] => [`otherNames[${at}]`, name])];
    const both = (tlsName === undefined) === (certificate === undefined) && !refused.has("tlsName") && !refused.has("certificate");
    return [
        ...(both ? [{ property: "tlsName", message: `must be given, or a certificate that has the name, and not both; received ${tlsName === undefined ? "neither" : "both"}` }] : []),
        ...given.flatMap(([property, name]) => (tlsNamePattern.test(cleanTlsName(name)) ? [] : [{ property, message: nameProblem(name) }])),
        ...(certificate === undefined ? [] : certificateProblem(certificate)),
    ];
}

/** The name as the host is asked for it; empty where `checkNames` has something to say. */
export function nameIn(named: Named): string {
    const { tlsName, certificate = "" } = named;
    return checkNames(named).length > 0 ? "" : tlsName === undefined ? tlsNameOf(certificate) : cleanTlsName(tlsName);
}

function nameProblem(name: string): string {
    const rule = "must be the TLS name of a connector, <I>issuer<S>subject";
    return /[\r\n]/.test(name.trim()) ? `${rule}, in one line; received one with a line break, as consoles make them in long ones: ${show(name)}. ${printed} whole` : `${rule}; received ${show(name)}. ${printed}`;
}

function certificateProblem(certificate: string): Problem[] {
    try {
        tlsNameOf(certificate);
        return [];
    } catch (error) {
        return [{ property: "certificate", message: (error as Error).message }];
    }
}
