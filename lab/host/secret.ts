import type { Document } from "./document";
import type { PretendHost } from "./host";
import { asciiString, sha256 } from "./json";
import { isSecretKey, SECRET_ID, upper } from "./paths";
import { Failure } from "./reply";
import type { SetupRun } from "./installer";
import { clearTask, encrypt, type Secrets } from "./scheduler";

const HOME = "HKLM\\SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const NAME = "EncryptedExchangeOnlineClientSecret";
const ROOT = "HKLM\\SOFTWARE\\HybridIdentity";
const LINE = /^HYBRID-IDENTITY-SECRETS [^\n]*\n/;

/** What one run of the module has of the client secret. */
export interface SecretRun {
    given: Secrets;
    /** Secret properties of setup, by name. */
    properties: Record<string, string>;
    setup?: SetupRun;
    /** The line of secrets was not as the protocol has it. */
    damaged: boolean;
    encrypted: string;
    /** Texts that the run has overwritten, by notation. */
    overwritten: Record<string, string>;
}

/** The document, and what came before it on stdin. */
export function splitSecrets(stdin: string): { text: string; run: SecretRun } {
    const line = LINE.exec(stdin)?.[0] ?? "";
    const run: SecretRun = { given: { clientSecret: "", accountPassword: "" }, properties: {}, damaged: false, encrypted: "", overwritten: {} };
    if (line === "") {
        return { text: stdin, run };
    }
    try {
        const { properties, ...json } = JSON.parse(line.slice(line.indexOf(" "))) as Partial<Secrets> & { properties?: Record<string, string> };
        if (properties !== undefined && Object.keys(json).length === 0 && Object.entries(properties).every(([name, one]) => /^[A-Z][A-Z0-9_]*$/.test(name) && typeof one === "string")) {
            return { text: stdin.slice(line.length), run: { ...run, properties } };
        }
        const { clientSecret, accountPassword = "", ...more } = json;
        if (typeof clientSecret === "string" && typeof accountPassword === "string" && Object.keys(more).length === 0) {
            return { text: stdin.slice(line.length), run: { ...run, given: { clientSecret, accountPassword } } };
        }
    } catch {
        // What it holds is not to be shown.
    }
    return { text: stdin.slice(line.length), run: { ...run, damaged: true } };
}

/** Throws AccessDenied. */
export function readSecret({ registry }: PretendHost): string {
    const found = registry.read(HOME, NAME);
    if (/^(absent|string:|expand:)$/.test(found) || found.startsWith("unknown:")) {
        return found.startsWith("unknown:") ? found : "absent";
    }
    const [, text] = /^(?:string|expand):([^]+)$/.exec(found) ?? [];
    if (text === undefined) {
        return `unknown:${NAME} is no text`;
    }
    const [, keyId, hash] = /^string:([0-9a-f-]{36}) ([0-9a-f]{64})$/.exec(registry.read(`${ROOT}\\Secrets`, "ClientSecretKeyId")) ?? [];
    return hash === sha256(text) ? `string:${keyId}` : `string:sha256:${sha256(text)}`;
}

/** Encrypts the secret where another one has to be put in place, before anything is changed. Throws Failure `secret`. */
export function prepareSecret(host: PretendHost, { desired }: Document): void {
    const wanted = desired.find(({ key }) => isSecretKey(key))?.desired;
    const run = host.secrets;
    if (wanted === undefined || run === undefined) {
        return;
    }
    clearTask(host);
    if (readSecret(host) !== wanted) {
        if (run.given.clientSecret === "") {
            throw new Failure("secret", `The document declares the client secret ${wanted.slice("string:".length)}, and no secret came with it`);
        }
        run.encrypted = encrypt(host, run.given);
    }
}

/** Throws AccessDenied and what write observers throw. */
export function writeSecret(host: PretendHost, notation: string): void {
    const type = host.registry.read(HOME, NAME).startsWith("expand:") ? "expand" : "string";
    writeText(host, notation, `${type}:${host.secrets?.encrypted}`);
}

/** What was there before: what this run has overwritten, or what is kept. */
export function restoreSecret(host: PretendHost, notation: string): void {
    const kept = host.secrets?.overwritten[notation] ?? host.registry.read(keptKey(notation), NAME);
    if (notation !== "absent" && kept === "absent") {
        throw new Failure("denied", `${SECRET_ID} cannot get ${notation} back: what was kept of it is gone`);
    }
    writeText(host, notation, notation === "absent" ? "absent" : kept);
}

/** Keeps the encrypted text that is there. */
export function keepSecret({ registry }: PretendHost, notation: string): void {
    registry.deleteKey(keptKey(notation));
    registry.write(keptKey(notation), NAME, registry.read(HOME, NAME));
}

/** The text first, then the record. */
function writeText(host: PretendHost, notation: string, text: string): void {
    const { registry, secrets } = host;
    const present = readSecret(host);
    if (secrets) {
        secrets.overwritten[present] = registry.read(HOME, NAME);
    }
    if (present.startsWith("string:sha256:")) {
        keepSecret(host, present);
    }
    registry.write(HOME, NAME, text);
    if (/^string:[0-9a-f-]{36}$/.test(notation)) {
        registry.write(`${ROOT}\\Secrets`, "ClientSecretKeyId", `${notation} ${sha256(text.replace(/^[a-z]+:/, ""))}`);
    }
}

function keptKey(notation: string): string {
    return `${ROOT}\\Originals\\${sha256(asciiString(upper(`${SECRET_ID} ${notation}`)))}`;
}
