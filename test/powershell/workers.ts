import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Output } from "../conformance/reply";

const options = ["-NoLogo", "-NoProfile", "-NonInteractive"];

/** Runs a command in a process of its own, as a host does. */
export function pwsh(script: string, stdin: string, env: NodeJS.ProcessEnv): Promise<Output> {
    return new Promise((resolve, reject) => {
        const child = spawn("pwsh", [...options, "-Command", script], { env });
        const output = { stdout: "", stderr: "" };
        child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
        child.on("error", reject).on("close", code => resolve({ ...output, exitCode: code ?? -1 }));
        child.stdin.on("error", () => undefined).end(stdin);
    });
}

/** Processes that run one command after the other, each as if it had a process of its own (worker.ps1): a start costs more than most commands. */
export class Workers {
    private readonly idle: Worker[] = [];
    private readonly all: Worker[] = [];

    /** `folder` is empty, and theirs. */
    constructor(
        private readonly folder: string,
        private readonly env: NodeJS.ProcessEnv,
    ) {}

    async run(script: string, stdin: string): Promise<Output> {
        const worker = this.idle.pop() ?? this.start();
        const output = await worker.run(script, stdin);
        if (worker.alive) {
            this.idle.push(worker);
        }
        return output;
    }

    stop(): void {
        this.all.forEach(worker => worker.stop());
    }

    private start(): Worker {
        const worker = new Worker(join(this.folder, `${this.all.length}.ps1`), this.env);
        this.all.push(worker);
        return worker;
    }
}

class Worker {
    alive = true;
    private readonly child: ChildProcess;
    private stdout = "";
    private stderr = "";
    private mark = "";
    private ended: (output: Output) => void = () => undefined;

    constructor(file: string, env: NodeJS.ProcessEnv) {
        this.child = spawn("pwsh", [...options, "-File", join(__dirname, "worker.ps1"), file], { env });
        this.child.stdout!.setEncoding("utf8").on("data", (text: string) => this.take(text));
        this.child.stderr!.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
        this.child.stdin!.on("error", () => undefined);
        this.child.on("close", code => {
            this.alive = false;
            this.ended({ stdout: this.stdout, stderr: this.stderr, exitCode: code ?? -1 });
        });
    }

    run(script: string, stdin: string): Promise<Output> {
        this.mark = randomUUID();
        this.stdout = "";
        const line = asciiLine({ script, stdin, mark: this.mark });
        return new Promise(resolve => {
            this.ended = resolve;
            this.child.stdin!.write(`${line}\n`);
        });
    }

    stop(): void {
        this.child.stdin!.end();
    }

    private take(text: string): void {
        this.stdout += text;
        const at = this.stdout.lastIndexOf(`\0${this.mark}`);
        if (at >= 0 && this.stdout.endsWith("}\n")) {
            const { exitCode, stderr } = JSON.parse(this.stdout.slice(at + 1 + this.mark.length)) as Output;
            this.ended({ stdout: this.stdout.slice(0, at), stderr, exitCode });
        }
    }
}

function asciiLine(value: object): string {
    return JSON.stringify(value).replace(/[^\x20-\x7e]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
