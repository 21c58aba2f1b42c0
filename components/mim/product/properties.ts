import { scryptSync } from "crypto";
import { multi } from "../../../drift/desired";
import { fitsOnLine } from "../../../drift/secretLine";
import { show } from "../../../drift/show";
import type { Observation, Problem, Product, ValueTree } from "../../../drift/types";
import { rebootName, reservedProperties, setupKey, setupName } from "../../../drift/virtual";
import { mapOf, secretText } from "../../internal/checkArgs";
import { productProblems } from "../serviceSettings/settings";
import { isVersion, judgeBuild, productName } from "../shared/server";

/** Properties by name, and of the secret ones what stands for them. */
export interface Given {
    properties?: Record<string, string>;
    secretProperties?: Record<string, string>;
    heldBackBy?: string;
}

export interface Gate {
    minimumBuild?: string;
    allowTemporaryTls11?: boolean;
    audited: boolean;
}

/** Source: learn.microsoft.com, "TLS registry settings". */
const tlsKey = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.1";
const tlsRoles = ["Client", "Server"];
const tlsNames = ["Enabled", "DisabledByDefault"];

export const productReads = {
    [setupKey]: [setupName, rebootName],
    ...Object.fromEntries(tlsRoles.map((role) => [`${tlsKey}\\${role}`, tlsNames])),
};

/** A shorter one could stand by chance elsewhere in the log, which is masked by its text. */
const shortestSecret = 8;

const longest = 1000;

export function checkProperties({ properties = {}, secretProperties = {} }: Given, refused: ReadonlySet<string> = new Set()): Problem[] {
    const names = [...Object.keys(properties).map((name) => ["properties", name]), ...Object.keys(secretProperties).map((name) => ["secretProperties", name])] as [string, string][];
    const twice = Object.keys(secretProperties).filter((name) => name in properties);
    return [
        ...(names.length === 0 && !refused.has("properties") && !refused.has("secretProperties") ? [{ property: "properties", message: "must name at least one property; received none. Without one setup changes nothing" }] : []),
        ...names.flatMap(([argument, name]) => badName(name).map((message) => ({ property: `${argument}[${show(name)}]`, message }))),
        ...twice.map((name) => ({ property: `secretProperties[${show(name)}]`, message: "is among properties too; leave it in one of them" })),
        ...Object.entries(properties).flatMap(([name, value]) => badValue(name, value).map((message) => ({ property: `properties[${show(name)}]`, message }))),
    ];
}

/** Messages never show what was received. */
export function checkSecretProperties(secrets: Record<string, string>): Problem[] {
    const shape = mapOf(secretText)(secrets, "secretProperties");
    if (shape.length > 0) {
        return shape;
    }
    const problems = Object.entries(secrets).flatMap(([name, value]) => {
        const rule = `must be a text of ${shortestSecret} to ${longest} characters without control characters`;
        const wrong = value.length < shortestSecret || value.length > longest ? `${value.length} characters` : badText(value);
        const why = value.length < shortestSecret ? ". A shorter one could not be told from other text in the log of setup, which is kept masked" : "";
        return wrong === undefined ? [] : [{ property: `secretProperties[${show(name)}]`, message: `${rule}; received ${wrong}${why}` }];
    });
    const long = { property: "secretProperties", message: "do not fit on one line together: a character beyond ASCII takes six there. Use shorter ones" };
    return problems.length > 0 || fitsOnLine({ properties: secrets }) ? problems : [long];
}

/** What stands for each secret in documents and records: 32 bits of it, so that another value is seen as one, and slow to try values against. */
export function standIns(hostName: string, secrets: Record<string, string>): Record<string, string> {
    const digest = (name: string, value: string): string => scryptSync(value, `${hostName}\0${name}`, 4).toString("hex");
    return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, `(secret ${digest(name, value)})`]));
}

export function desiredProperties({ properties = {}, secretProperties = {} }: Given): ValueTree {
    const all = Object.entries({ ...properties, ...secretProperties }).sort(([a], [b]) => (a < b ? -1 : 1));
    return { [setupKey]: { [setupName]: multi(all.map(([name, value]) => `${name}=${value}`)) } };
}

/** Where setup would have to run, everything that it needs is looked at; where it need not, TLS 1.1 may be off again. */
export function productDesired(given: Given, gate: Gate, { values, products }: Observation): { desired: ValueTree; problems: string[] } {
    const desired = desiredProperties(given);
    const runs = !gate.audited && values[setupKey]?.[setupName] !== desired[setupKey]![setupName];
    const off = runs && !gate.allowTemporaryTls11 ? tlsOff(values) : "";
    const tls =
        `TLS 1.1 is off on this host (${off}), and setup of MIM that nobody answers needs it until it is done (Microsoft says so). ` +
        "Set allowTemporaryTls11, which turns it on for the time of setup and puts it back; or turn it on yourself, change the product, and harden after";
    const held = runs && given.heldBackBy ? [given.heldBackBy] : [];
    return { desired, problems: [...productProblems(products?.[productName], "be changed", gate.minimumBuild), ...held, ...(off === "" ? [] : [tls])] };
}

/** What a change by setup that is allowed to does about TLS 1.1. */
export function temporaryTls({ values }: Observation): string | undefined {
    const off = tlsOff(values);
    return off === "" ? undefined : `TLS 1.1 is off (${off}): it is turned on for the time of setup, and put back as it was`;
}

/** What says that it is off; a value that is missing is left to the operating system, which has it on. */
function tlsOff(values: ValueTree): string {
    const found = tlsRoles.flatMap((role) => tlsNames.map((name) => `${role} ${name} ${values[`${tlsKey}\\${role}`]?.[name]}`));
    return found.filter((one) => /Enabled dword:0$|DisabledByDefault dword:[1-9]/.test(one)).join(", ");
}

/** The installed build, and what is advised about it; both empty where it is not known. */
export function buildOf(found: Product[] | string | undefined): { build: string; advice?: string } {
    const [one] = Array.isArray(found) ? found : [];
    return one === undefined ? { build: "" } : { build: one.version, advice: judgeBuild(one.version).advice };
}

export function checkGate({ minimumBuild, keepLogs = 3, waitSeconds = 300, timeLimit = 3600 }: { minimumBuild?: string; keepLogs?: number; waitSeconds?: number; timeLimit?: number }): Problem[] {
    const whole = (property: string, value: number, least: number, most: number): Problem[] =>
        Number.isInteger(value) && value >= least && value <= most ? [] : [{ property, message: `must be a whole number from ${least} to ${most}; received ${show(value)}` }];
    return [
        ...(minimumBuild === undefined || isVersion(minimumBuild) ? [] : [{ property: "minimumBuild", message: `must be a build such as 4.6.673.0; received ${show(minimumBuild)}` }]),
        ...whole("keepLogs", keepLogs, 0, 100),
        ...whole("waitSeconds", waitSeconds, 1, 3600),
        ...whole("timeLimit", timeLimit, 60, 86_400),
        ...(timeLimit > waitSeconds ? [] : [{ property: "timeLimit", message: `must be more than waitSeconds (${waitSeconds}), which is a part of it; received ${show(timeLimit)}` }]),
    ];
}

function badName(name: string): string[] {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
        return ["is no public property: only names of A-Z, 0-9 and _ reach setup"];
    }
    return reservedProperties.includes(name) ? ["cannot be given: it decides whether setup changes, adds, removes or reboots, and this component only changes"] : [];
}

function badValue(name: string, value: string): string[] {
    if (/PASSWORD|SECRET|PWD/.test(name)) {
        return ["looks like a secret by its name, and previews, state and the host's records would show it. Give it in secretProperties"];
    }
    if (/^\(secret [0-9a-f]{8}\)$/.test(value)) {
        return ["is what stands for a secret in records. Give the secret itself, in secretProperties"];
    }
    const wrong = value.length > longest ? `${value.length} characters` : badText(value);
    return wrong === undefined ? [] : [`must be a text of at most ${longest} characters without control characters; received ${wrong}`];
}

function badText(value: string): string | undefined {
    return /[\x00-\x1f\x7f]|\p{Surrogate}/u.test(value) ? "one with a control character or half a surrogate pair" : undefined;
}
