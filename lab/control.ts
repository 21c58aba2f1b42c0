import { randomBytes } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UsageError } from "./host/faults";
import { readWhole, writeWhole } from "./store";

/** How the command line reaches the running lab; kept in the lab's folder while it runs. */
interface Contact {
    pid: number;
    port: number;
    /** Keeps other accounts of the machine out. */
    token: string;
}

export interface Answer {
    exitCode: number;
    text: string;
}

export function contactFile(dir: string): string {
    return join(dir, "lab.json");
}

/** Listens on the loopback for commands of the lab's owner, and says where in the lab's folder. */
export async function serveControl(dir: string, run: (argv: string[]) => Promise<string>): Promise<http.Server> {
    const token = randomBytes(24).toString("hex");
    const server = http.createServer((request, response) => {
        // No connection outlives its answer, so that the lab ends at once when it is told to.
        response.setHeader("connection", "close");
        if (request.headers["x-lab-token"] !== token) {
            response.writeHead(403).end();
            return;
        }
        let body = "";
        request.setEncoding("utf8").on("data", (part: string) => (body += part));
        request.on("end", () => {
            const argv = JSON.parse(body) as string[];
            void answer(() => run(argv)).then(result => response.end(JSON.stringify(result)));
        });
    });
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
    const contact: Contact = { pid: process.pid, port: (server.address() as AddressInfo).port, token };
    writeWhole(contactFile(dir), JSON.stringify(contact));
    return server;
}

/** The process id of the lab that runs in this folder; undefined where none answers. */
export async function runningLab(dir: string): Promise<number | undefined> {
    return (await ask(dir, ["ping"]))?.exitCode === 0 ? readContact(dir)?.pid : undefined;
}

/** Sends a command to the lab that runs in this folder; undefined where none answers. */
export function ask(dir: string, argv: string[]): Promise<Answer | undefined> {
    const contact = readContact(dir);
    if (!contact) {
        return Promise.resolve(undefined);
    }
    return new Promise((resolve, reject) => {
        const request = http.request({ host: "127.0.0.1", port: contact.port, method: "POST", agent: false, headers: { "x-lab-token": contact.token } });
        request.on("response", response => {
            let body = "";
            response.setEncoding("utf8").on("data", (part: string) => (body += part));
            // Another program may have the port of a lab that was killed.
            response.on("end", () => resolve(response.statusCode === 200 ? (JSON.parse(body) as Answer) : undefined));
        });
        request.on("error", (error: NodeJS.ErrnoException) => (["ECONNREFUSED", "ECONNRESET"].includes(error.code ?? "") ? resolve(undefined) : reject(error)));
        request.end(JSON.stringify(argv));
    });
}

/** Waits for the end of a process; false where it lives on. */
export async function ended(pid: number, milliseconds: number): Promise<boolean> {
    for (const until = Date.now() + milliseconds; Date.now() < until; await delay(50)) {
        try {
            process.kill(pid, 0);
        } catch {
            return true;
        }
    }
    return false;
}

async function answer(work: () => Promise<string>): Promise<Answer> {
    try {
        return { exitCode: 0, text: await work() };
    } catch (error) {
        return error instanceof UsageError
            ? { exitCode: 2, text: error.message }
            : { exitCode: 1, text: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
}

function readContact(dir: string): Contact | undefined {
    const text = readWhole(contactFile(dir));
    return text === undefined ? undefined : (JSON.parse(text) as Contact);
}
