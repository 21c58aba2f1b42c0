import { certificateReading } from "./certificates";
import { malformed, parseDocument, parseObject, type Document } from "./document";
import type { PretendHost } from "./host";
import type { JsonObject } from "./json";
import { installModule } from "./install";
import { observeHost } from "./observe";
import { isCertificateKey } from "./paths";
import { removeDocument } from "./remove";
import { readRecords, ROOT } from "./records";
import { asFailure, Failure, failureReply, Killed, type Reply } from "./reply";
import { splitSecrets } from "./secret";
import { setDocument } from "./set";
import type { Work } from "./work";

// Stands in for the PowerShell module HybridIdentity: the same operations on a pretend host, in memory and at once. Each returns its reply,
// a failure too; only an observer of the registry that throws Killed ends one without a reply.

/** Answers an `observe` request, given as JSON text or parsed. */
export function observe(host: PretendHost, request: unknown): Reply {
    return reply("observe", () => {
        checkSession(host);
        const json = parseObject(asText(request), "request");
        if (json["operation"] !== "observe") {
            throw malformed("member operation must be observe");
        }
        return observeHost(host, json);
    });
}

/** Answers an `install` request, given as JSON text or parsed. `psm1`: the text that the request leaves out. */
export function install(host: PretendHost, request: unknown, psm1?: string): Reply {
    return reply("install", () => {
        checkSession(host);
        const json = parseObject(asText(request), "request");
        checkElevated(host, "install the module");
        return underMutex(host, () => installModule(host, psm1 === undefined ? json : { ...json, psm1 }));
    });
}

/** Enforces a document, given as the text that came on stdin. */
export function set(pretend: PretendHost, stdin: string): Reply {
    return reply("set", () => {
        const { host, text } = withSecrets(pretend, stdin);
        const document = parse(host, text);
        if (document.timed === "not observed") {
            throw new Failure("not observed", `document ${document.document} was rendered without observing the host; nothing is enforced from it`);
        }
        const answer = enforce(host, document, () => setDocument(host, document, text));
        const named = document.desired.filter(({ key }) => isCertificateKey(key)).map(({ name }): [string, unknown] => [name, certificateReading(host, name)]);
        return named.length === 0 ? answer : { ...answer, certificates: Object.fromEntries(named) };
    });
}

/** Lets go of a document, given as the text that came on stdin. */
export function remove(pretend: PretendHost, stdin: string): Reply {
    return reply("remove", () => {
        const { host, text } = withSecrets(pretend, stdin);
        const document = parse(host, text);
        return enforce(host, document, () => removeDocument(host, document));
    });
}

/** Removes the module and its records, as an administrator would at the host; `force` also where values are still managed. */
export function uninstall(host: PretendHost, force = false): Reply {
    return reply("uninstall", () => {
        checkSession(host);
        checkElevated(host, "uninstall the module");
        const owners = [...readRecords(host).values.values()].map(({ record }) => record.owner).filter(owner => owner !== "");
        if (owners.length > 0 && !force) {
            throw new Failure("owner", `values of this host are still managed by ${[...new Set(owners)].join(", ")}; destroy those first, or use -Force`);
        }
        const removed = Object.keys(host.modules);
        removed.forEach(version => delete host.modules[version]);
        host.registry.deleteKey(ROOT);
        return { removed };
    });
}

function reply(operation: string, work: () => JsonObject): Reply {
    try {
        return { protocol: 1, operation, ok: true, ...work() };
    } catch (error) {
        return failureReply(operation, asFailure(error));
    }
}

/** The host as a run with what came before the document on stdin. Throws Failure `malformed`. */
function withSecrets(pretend: PretendHost, stdin: string): { host: PretendHost; text: string } {
    const { text, run } = splitSecrets(stdin);
    if (run.damaged) {
        throw malformed("the line of secrets is not as the protocol has it");
    }
    return { host: { ...pretend, secrets: run }, text };
}

function parse(host: PretendHost, text: string): Document {
    checkSession(host);
    return parseDocument(text);
}

function enforce(host: PretendHost, document: Document, operation: () => Work): JsonObject {
    checkElevated(host, "change values");
    const { written, released, restarted } = underMutex(host, operation);
    const setup = host.secrets?.setup?.answer;
    return { document: document.document, owner: document.owner, time: document.time, written, released, ...(restarted.length > 0 && { restarted }), ...(setup && { setup }), now: host.clock().toISOString() };
}

/** A killed process leaves its name as the holder; the mutex itself is free again. */
function underMutex<T>(host: PretendHost, work: () => T): T {
    checkMutex(host);
    try {
        const result = work();
        clearHolder(host);
        return result;
    } catch (error) {
        if (!(error instanceof Killed)) {
            clearHolder(host);
        }
        throw error;
    }
}

function clearHolder(host: PretendHost): void {
    if (host.registry.get(ROOT, "Holder") !== "absent") {
        host.registry.write(ROOT, "Holder", "absent");
    }
}

function checkSession({ facts, wow64 }: PretendHost): void {
    if (facts.languageMode !== "FullLanguage") {
        throw new Failure("language", `the session's language mode is ${facts.languageMode}; FullLanguage is needed`);
    }
    if (wow64) {
        throw new Failure("bitness", "a 32-bit process on a 64-bit Windows sees another registry; start the 64-bit PowerShell");
    }
}

function checkElevated({ elevated, user }: PretendHost, what: string): void {
    if (!elevated) {
        throw new Failure("elevation", `${user} has no elevated token, which is needed to ${what}`);
    }
}

function checkMutex({ mutexHeldBy }: PretendHost): void {
    if (mutexHeldBy !== "") {
        throw new Failure("mutex", `Global\\HybridIdentity is not free after 60 s; held by ${mutexHeldBy}`);
    }
}

function asText(request: unknown): string {
    return typeof request === "string" ? request : JSON.stringify(request);
}
