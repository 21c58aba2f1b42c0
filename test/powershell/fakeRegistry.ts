import { createServer, type AddressInfo, type Server } from "node:net";
import { sidOf } from "../../lab/host/accounts";
import { keyFact } from "../../lab/host/certificates";
import { addCertificate, grantAccess, removeCertificate, repairStore } from "../../lab/host/certificateStore";
import { eventsSince } from "../../lab/host/events";
import { runInstaller } from "../../lab/host/msiexec";
import { upper } from "../../lab/host/paths";
import { filesIn } from "../../lab/host/smtpLogs";
import type { PretendHost } from "../../lab/host/host";
import { AccessDenied, NotVolatile, type Registry } from "../../lab/host/registry";
import { Failure } from "../../lab/host/reply";
import { clearTask, encrypt } from "../../lab/host/scheduler";
import { askService, configureService, controlService, startsOf } from "../../lab/host/control";

type Certificates = "certificates" | "keyFact" | "addCertificate" | "removeCertificate" | "grantAccess" | "repairStore";

interface Question {
    do: "sid" | "events" | "files" | "file" | "read" | "list" | "write" | "protect" | "delete" | "copy" | "others" | "unfinished" | "service" | "control" | "configure" | "starts" | "encrypt" | "clearTask" | "setup" | "busy" | Certificates;
    /** Or a log, a service, or a certificate. */
    key: string;
    to?: string;
    names?: string[];
    name?: string;
    notation?: string;
    readers?: string[];
}

/** Answers the functions of fakes.ps1 from a pretend host: one question a connection. */
export async function serveRegistry(host: PretendHost): Promise<{ port: number; stop: () => void }> {
    const server: Server = createServer(socket => {
        let text = "";
        socket.setEncoding("utf8").on("error", () => undefined);
        socket.on("data", (part: string) => {
            text += part;
            if (text.endsWith("\n")) {
                socket.end(ascii(answer(host, JSON.parse(text) as Question)));
            }
        });
    });
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    return { port: (server.address() as AddressInfo).port, stop: () => server.close() };
}

function answer(host: PretendHost, { key, ...asked }: Question): object {
    const { registry } = host;
    try {
        switch (asked.do) {
            case "read":
                return { values: (asked.names ?? []).map(name => readOne(registry, key, name)) };
            case "list":
                return {
                    names: registry.list(key).map(({ name }) => (name === "(default)" ? "" : name)),
                    below: registry.below(key),
                    state: registry.hasKey(key) ? "found" : registry.read(key, ""),
                };
            case "sid":
                return { sid: sidOf(host, asked.name ?? "") };
            case "events":
                return { events: filtered(host, key, asked.name ?? "") };
            case "files":
                return { names: filesIn(host, key)?.map(([name]) => name) };
            case "file":
                return { content: Buffer.from(new Map(filesIn(host, key)).get(asked.name ?? "") ?? "", "latin1").toString("base64") };
            case "write":
                registry.write(key, asked.name ?? "", asked.notation ?? "");
                return {};
            case "protect":
                if (asked.readers || !registry.hasKey(key)) {
                    registry.protect(key, asked.readers ?? []);
                }
                return {};
            case "delete":
                registry.deleteKey(key);
                return {};
            case "copy":
                registry.list(key).forEach(({ name }) => registry.copy(key, name, asked.to ?? ""));
                return {};
            case "others":
                registry
                    .list(key)
                    .filter(({ name }) => upper(name) !== upper(asked.name ?? ""))
                    .forEach(({ name }) => registry.write(key, name, "absent"));
                return {};
            case "unfinished":
                registry
                    .keysBelow(key)
                    .filter(each => each !== key && registry.list(each).length !== 1)
                    .forEach(each => registry.deleteKey(each));
                return {};
            case "service":
                return askService(host, key);
            case "control":
                controlService(host, key, asked.notation ?? "");
                return {};
            case "configure":
                configureService(host, key, asked.notation ?? "");
                return {};
            case "encrypt":
                return { text: encrypt(host, { clientSecret: asked.name ?? "", accountPassword: asked.notation ?? "" }) };
            case "clearTask":
                clearTask(host);
                return {};
            case "setup":
                return ended(runInstaller(host, key, asked.name ?? ""));
            case "busy":
                return { busy: host.installer.busy };
            case "certificates":
            case "keyFact":
            case "addCertificate":
            case "removeCertificate":
            case "grantAccess":
            case "repairStore":
                return ofCertificates(host, asked.do, key, asked.name);
            case "starts":
                return { starts: startsOf(host) };
        }
    } catch (error) {
        if (error instanceof Failure || error instanceof AccessDenied || error instanceof NotVolatile) {
            return { denied: error.message, ...(error instanceof Failure && error.code === "secret" && { code: error.code }) };
        }
        throw error;
    }
}

/** `key` is a certificate, as hex. */
function ofCertificates(host: PretendHost, what: Certificates, key: string, keyed = ""): object {
    const one = host.certificates.find(({ der }) => der === key);
    switch (what) {
        case "certificates":
            return { certificates: host.certificates.map(({ der }) => der) };
        case "keyFact":
            return keyFact(host, one!);
        case "addCertificate":
            addCertificate(host, key, keyed !== "");
            return {};
        case "removeCertificate":
            removeCertificate(host, key);
            return {};
        case "grantAccess":
            grantAccess(host, one!);
            return {};
        case "repairStore":
            return { found: repairStore(host, one!) };
    }
}

/** `code` is that of a failure. */
function ended({ code, log }: { code: number; log: string }): object {
    return { exit: code, log };
}

/** The XPath of the module, read for what it says. */
function filtered(host: PretendHost, log: string, filter: string): object | string {
    const [, which, since = ""] = /^\*\[System\[\((EventID=\d+(?: or EventID=\d+)*)\) and TimeCreated\[@SystemTime>='([^']+)'\]\]\]$/.exec(filter) ?? [];
    if (which === undefined) {
        throw new Error(`no filter of the module: ${filter}`);
    }
    return eventsSince(host, log, which.match(/\d+/g)!.map(Number), since);
}

function readOne(registry: Registry, key: string, name: string): string {
    try {
        return registry.read(key, name);
    } catch (error) {
        if (error instanceof AccessDenied) {
            return "unknown:denied";
        }
        throw error;
    }
}

function ascii(value: object): string {
    return JSON.stringify(value).replace(/[^\x20-\x7e]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
