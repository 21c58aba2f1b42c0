import type { Document } from "./document";
import type { PretendHost } from "./host";
import { asciiString, sha256 } from "./json";
import { isSecretKey, SECRET_ID, upper } from "./paths";
import { Failure } from "./reply";
import { clearTask, encrypt } from "./scheduler";
import type { SecretRun, Secrets } from "./secretTypes";

const HOME = "HKLM\\SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const NAME = "EncryptedExchangeOnlineClientSecret";
const ROOT = "HKLM\\SOFTWARE\\HybridIdentity";
const STRING = String.raw`("(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")`;
const OF_SECRET = new RegExp(`^HYBRID-IDENTITY-SECRETS \\{"clientSecret":${STRING}(?:,"accountPassword":${STRING})?\\}\\r?\\n`);
const OF_SETUP = new RegExp(`^HYBRID-IDENTITY-SECRETS (\\{"properties":\\{"[A-Z][A-Z0-9_]*":${STRING}(?:,"[A-Z][A-Z0-9_]*":${STRING})*\\}\\})\\r?\\n`);

const OF_PFX = new RegExp(`^((?:HYBRID-IDENTITY-SECRETS \\{"pfx":"[0-9a-f]+"\\}\\r?\\n)+)HYBRID-IDENTITY-SECRETS \\{"pfxPassword":${STRING}\\}\\r?\\n`);

/** The document, and what came before it on stdin. */
export function splitSecrets(stdin: string): { text: string; run: SecretRun } {
    const [first, json = '{"properties":{}}'] = OF_SETUP.exec(stdin) ?? [];
    const [second, clientSecret = '""', accountPassword = '""'] = OF_SECRET.exec(stdin) ?? [];
    const [third, parts = "", pfxPassword = '""'] = OF_PFX.exec(stdin) ?? [];
    const line = first ?? second ?? third ?? "";
    const damaged = line === "" && stdin.startsWith("HYBRID-IDENTITY-SECRETS");
    const given = { clientSecret: JSON.parse(clientSecret) as string, accountPassword: JSON.parse(accountPassword) as string };
    const { properties } = JSON.parse(json) as { properties: Record<string, string> };
    const pfx = { content: Buffer.from([...parts.matchAll(/"pfx":"([0-9a-f]+)"/g)].map(([, part]) => part).join(""), "hex"), password: JSON.parse(pfxPassword) as string };
    return { text: stdin.slice(line.length), run: { given, properties, pfx, damaged, encrypted: "", overwritten: {} } };
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
