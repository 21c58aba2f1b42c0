import type { Document } from "./document";
import type { PretendHost } from "./host";
import type { SetupRun } from "./installer";
import { POLLING, runInstaller, TLS11 } from "./msiexec";
import { isSetupKey, SETUP_ID, upper } from "./paths";
import { findProduct } from "./products";
import { Failure } from "./reply";

const RECORD = "HKLM\\SOFTWARE\\HybridIdentity\\Setup";
const PRODUCT = "Microsoft Identity Manager Service and Portal";
const SECRET = /^([A-Z0-9_]+)=\(secret [0-9a-f]{8}\)$/;

/** Throws AccessDenied. */
export function readSetup({ registry }: PretendHost, name: string): string {
    return registry.read(RECORD, upper(name) === "PROPERTIES" ? "Properties" : "RebootNeeded");
}

/** Refuses what cannot be done, before anything is done. Throws Failure `setup`. */
export function prepareSetup(host: PretendHost, { desired, waitSeconds, keepLogs, allowTemporaryTls11 }: Document): void {
    const wanted = desired.find(({ key }) => isSetupKey(key))?.desired;
    if (wanted === undefined || host.secrets === undefined || readSetup(host, "Properties") === wanted) {
        return;
    }
    const given = host.secrets.properties;
    const named = listOf(wanted).flatMap(property => SECRET.exec(property)?.[1] ?? []);
    const missing = named.find(name => !(name in given));
    if (missing !== undefined) {
        throw refused(`The property ${missing} is a secret, and none came with the document`);
    }
    if (Object.keys(given).length !== named.length) {
        throw refused("A secret came with the document that is none of its properties");
    }
    const found = findProduct(host, PRODUCT);
    if (typeof found === "string") {
        throw refused(`It is not known whether ${PRODUCT} is installed: ${found.slice("unknown:".length)}`);
    }
    const [first, second] = found;
    if (first === undefined) {
        throw refused(`${PRODUCT} is not installed on this host. Install it first`);
    }
    if (second !== undefined) {
        throw refused(`${PRODUCT} is installed ${found.length} times: ${first.code} and ${second.code}. Take away what an update left behind`);
    }
    if (!/^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/i.test(first.code)) {
        throw refused(`${PRODUCT} stands in the list of programs as ${first.code}, which is no product code of Windows Installer`);
    }
    const off = tlsOff(host);
    if (off.length > 0 && !allowTemporaryTls11) {
        throw refused(`TLS 1.1 is off on this host (${off.join(", ")}), and setup of MIM that nobody answers needs it until it is done. Set allowTemporaryTls11`);
    }
    if (host.installer.busy) {
        throw refused(`Another installation is in progress on this host, and was not done within ${waitSeconds} seconds. Wait until it is done`);
    }
    host.secrets.setup = { code: first.code, tlsOff: off.length > 0, keepLogs };
}

/** Runs setup once. Throws Failure `setup`, AccessDenied, and what write observers throw. */
export function writeSetup(host: PretendHost, notation: string): void {
    const { registry, installer, secrets } = host;
    const run = secrets?.setup;
    if (!secrets || !run) {
        throw refused(`${SETUP_ID} was as declared when this run began, and is not any more`);
    }
    const properties = listOf(notation);
    suspend(host, run.tlsOff);
    const line = ["REINSTALL=ALL REINSTALLMODE=omus REBOOT=ReallySuppress", ...properties.map(property => clear(property, secrets.properties))].join(" ");
    const { code, log } = runInstaller(host, run.code, line);
    const well = [0, 1641, 3010].includes(code);
    const kept = keepLog(host, run, log, Object.values(secrets.properties));
    resume(host, well && properties.some(property => property.startsWith("POLL_EXCHANGE_ENABLED=")));
    if (!well) {
        throw new Failure("setup", `Setup ended with ${code}. ${ADVICE[code] ?? "See the list of error codes of MsiExec.exe"}. Its log, without secrets: ${kept}`);
    }
    if (code !== 0) {
        registry.write(RECORD, "RebootNeeded", `string:${host.clock().toISOString()}`);
    }
    registry.write(RECORD, "Properties", notation);
    const config = installer.config === "changed" ? "changed, what it was is in C:\\ProgramData\\HybridIdentity\\logs" : installer.config;
    run.answer = { exitCode: code, waitedSeconds: 0, config, log: kept };
}

/** Forgets what setup was given; throws Failure `setup` where more is asked. */
export function restoreSetup({ registry }: PretendHost, notation: string): void {
    if (notation !== "absent") {
        throw new Failure("setup", `${SETUP_ID} cannot get back what it was: a change by setup is not undone`);
    }
    registry.write(RECORD, "Properties", "absent");
}

/** What a killed run left; until the installer, which goes on, is done both stay. */
export function completeSetup(host: PretendHost): void {
    if (host.installer.busy) {
        return;
    }
    resume(host, false);
    host.installer.raw = [];
}

const ADVICE: Record<number, string> = {
    1603: "Setup failed and has rolled back. In the log, the lines before the first \"Return value 3\" say why",
    1618: "Another installation has begun meanwhile. Wait until it is done",
    1619: "The package that Windows Installer keeps of the product could not be opened. Repair the product from its media",
    1625: "A policy of this host forbids it",
    1638: "Another version of the product is installed than the package that Windows Installer keeps",
};

/** What is otherwise while setup runs, and under which name of the record it is noted what it was. */
const MEANWHILE = [
    { ...POLLING, note: POLLING.name, during: "dword:0", fits: /^(absent|dword:0)$/, off: undefined },
    ...["Client", "Server"].flatMap(role => [
        { key: `${TLS11}\\${role}`, name: "Enabled", note: `TLS 1.1 ${role} Enabled`, during: "dword:1", fits: /^dword:[1-9]/, off: /^dword:0$/ },
        { key: `${TLS11}\\${role}`, name: "DisabledByDefault", note: `TLS 1.1 ${role} DisabledByDefault`, during: "dword:0", fits: /^dword:0$/, off: /^dword:[1-9]/ },
    ]),
];

/** What says that TLS 1.1 is off, as soon as what a killed run left is put back. */
function tlsOff({ registry }: PretendHost): string[] {
    return MEANWHILE.flatMap(({ key, name, note, during, off }) => {
        const [found, noted] = [registry.read(key, name), registry.read(RECORD, note)];
        const present = noted !== "absent" && found === during ? noted.slice("string:".length) : found;
        return off?.test(present) ? [`${note} ${present}`] : [];
    });
}

function suspend({ registry }: PretendHost, tls: boolean): void {
    for (const { key, name, note, during, fits } of MEANWHILE.filter(({ off }) => tls || off === undefined)) {
        const found = registry.read(key, name);
        if (!fits.test(found)) {
            registry.write(RECORD, note, `string:${found}`);
            registry.write(key, name, during);
        }
    }
}

/** What setup itself was told to write, or wrote, stays. */
function resume({ registry }: PretendHost, pollingTold: boolean): void {
    for (const { key, name, note, during, off } of MEANWHILE) {
        const noted = registry.read(RECORD, note);
        if (noted === "absent") {
            continue;
        }
        if (!(pollingTold && off === undefined) && registry.read(key, name) === during) {
            registry.write(key, name, noted.slice("string:".length));
        }
        registry.write(RECORD, note, "absent");
    }
}

function keepLog({ installer, clock }: PretendHost, { keepLogs }: SetupRun, log: string, secrets: string[]): string {
    const forms = secrets.flatMap(secret => [secret, secret.replaceAll('"', '""')]).sort((a, b) => b.length - a.length);
    installer.raw = [];
    const name = `C:\\ProgramData\\HybridIdentity\\logs\\setup-${clock().toISOString().replaceAll(":", "")}.log`;
    const all = [...Object.entries(installer.logs), [name, forms.reduce((text, form) => text.replaceAll(form, "(secret)"), log)] as const];
    installer.logs = Object.fromEntries(keepLogs === 0 ? [] : all.slice(-keepLogs));
    return keepLogs === 0 ? "" : name;
}

function clear(property: string, given: Record<string, string>): string {
    const [, name = "", value = ""] = /^([A-Z0-9_]+)=(.*)$/.exec(property) ?? [];
    const text = SECRET.test(property) ? given[name]! : value;
    return `${name}="${text.replaceAll('"', '""')}"`;
}

function listOf(notation: string): string[] {
    return JSON.parse(notation.slice("multi:".length)) as string[];
}

function refused(message: string): Failure {
    return new Failure("setup", `${message}. Setup was not run.`);
}
