import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";

/** A page of headless Chromium, driven by its DevTools protocol over a pipe. */
export interface Tab {
    /** Opens a file in a new document. */
    open(file: string): Promise<void>;
    /** Value of an expression in the page. */
    evaluate<T>(expression: string): Promise<T>;
    press(key: string, code?: number, text?: string): Promise<void>;
    prefer(scheme: "light" | "dark"): Promise<void>;
    /** PNG. */
    screenshot(): Promise<Buffer>;
    /** What the browser said since the page was opened: violations of the policy, errors, dialogs. */
    said: string[];
    close(): Promise<void>;
}

type Reply = { id?: number; method?: string; params?: any; result?: any; error?: { message: string } };

/** Undefined where this machine has none. */
export function findChromium(): string | undefined {
    const names = [process.env["CHROMIUM"], "chromium", "chromium-headless-shell", "google-chrome"].filter((name) => name !== undefined);
    return names.find((name) => {
        try {
            return execFileSync(name, ["--version"], { stdio: ["ignore", "pipe", "ignore"] }).length > 0;
        } catch {
            return false;
        }
    });
}

export async function openTab(chromium: string, size = "1280,800"): Promise<Tab> {
    const profile = mkdtempSync(join(tmpdir(), "report-chromium-"));
    // Root has no sandbox, and the page is one that was made here.
    const switches = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe", `--user-data-dir=${profile}`, `--window-size=${size}`];
    const browser = spawn(chromium, [...switches, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    const ended = new Promise((resolve) => browser.once("exit", resolve));
    const [to, from] = [browser.stdio[3] as Writable, browser.stdio[4] as Readable];
    const waiting = new Map<number, (reply: Reply) => void>();
    const said: string[] = [];
    let [next, rest, session, loaded] = [0, "", undefined as string | undefined, () => {}];

    const onMessage = ({ id, method, params, ...reply }: Reply): void => {
        waiting.get(id ?? -1)?.(reply);
        if (method === "Page.loadEventFired") {
            loaded();
        } else if (method === "Log.entryAdded") {
            said.push(params.entry.text);
        } else if (method === "Runtime.exceptionThrown") {
            said.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
        } else if (method === "Page.javascriptDialogOpening") {
            said.push(`dialog: ${params.message}`);
            void send("Page.handleJavaScriptDialog", { accept: true });
        }
    };
    from.setEncoding("utf8").on("data", (chunk: string) => {
        const messages = (rest + chunk).split("\0");
        rest = messages.pop()!;
        messages.forEach((one) => onMessage(JSON.parse(one) as Reply));
    });
    const send = async (method: string, params: object = {}): Promise<any> => {
        const id = ++next;
        const answer = new Promise<Reply>((resolve) => waiting.set(id, resolve));
        to.write(`${JSON.stringify({ id, method, params, sessionId: session })}\0`);
        const { result, error } = await answer;
        if (error !== undefined) {
            throw new Error(`${method}: ${error.message}`);
        }
        return result;
    };

    const { targetInfos } = await send("Target.getTargets");
    const { targetId } = targetInfos.find(({ type }: { type: string }) => type === "page");
    ({ sessionId: session } = await send("Target.attachToTarget", { targetId, flatten: true }));
    await Promise.all(["Page", "Runtime", "Log"].map((domain) => send(`${domain}.enable`)));
    return {
        said,
        async open(file) {
            said.length = 0;
            const done = new Promise<void>((resolve) => (loaded = resolve));
            await send("Page.navigate", { url: pathToFileURL(file).href });
            await done;
        },
        async evaluate(expression) {
            const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
            if (exceptionDetails !== undefined) {
                throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
            }
            return result.value;
        },
        async press(key, code = 0, text) {
            const shared = { key, windowsVirtualKeyCode: code, ...(text === undefined ? {} : { text }) };
            await send("Input.dispatchKeyEvent", { type: "keyDown", ...shared });
            await send("Input.dispatchKeyEvent", { type: "keyUp", ...shared });
        },
        async prefer(scheme) {
            await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
        },
        async screenshot() {
            const { data } = await send("Page.captureScreenshot", { format: "png" });
            return Buffer.from(data, "base64");
        },
        async close() {
            // What it started ends with it, where it may end itself.
            void send("Browser.close").catch(() => browser.kill());
            await ended;
            [to, from].forEach((pipe) => pipe.destroy());
            rmSync(profile, { recursive: true, force: true });
        },
    };
}
