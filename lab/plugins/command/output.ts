// What a command printed: kept whole for the outputs and for the error message, and told to the engine line by line.
import type { Readable } from "node:stream";
import type { Log } from "../shared/engine";

// The plugin reads lines with a buffer of this size. A line that does not fit with its line feed ends the reading for good, and
// as nobody takes the output any more, the command blocks on writing and the run never ends.
const lineBuffer = 64 * 1024;

/** Which of the two streams the `logging` input tells to the engine; both without it. */
export function logged(logging: string | undefined, stream: "stdout" | "stderr"): boolean {
    return logging === undefined || logging === "stdoutAndStderr" || logging === stream;
}

/** Collects what a command prints. */
export class Output {
    private readonly chunks: { stdout: Buffer[]; stderr: Buffer[]; both: Buffer[] } = { stdout: [], stderr: [], both: [] };
    private pending: Buffer = Buffer.alloc(0);
    private reading: Promise<void> = Promise.resolve();

    constructor(
        private readonly logging: string | undefined,
        private readonly log: Log,
    ) {}

    /** Reads a stream to its end. Never returns once a logged line did not fit into the line buffer. */
    async read(name: "stdout" | "stderr", stream: Readable): Promise<void> {
        for await (const chunk of stream) {
            const bytes = Buffer.from(chunk);
            this.chunks[name].push(bytes);
            this.chunks.both.push(bytes);
            if (logged(this.logging, name)) {
                // Both streams go through one reader, one after the other.
                this.reading = this.reading.then(() => this.tell(bytes));
                await this.reading;
            }
        }
    }

    /** Tells the last line if it did not end with a line feed. */
    async end(): Promise<void> {
        if (this.pending.length > 0) await this.tellLine(this.pending);
    }

    /** One stream as an output: without one trailing line feed. */
    text(name: "stdout" | "stderr"): string {
        return Buffer.concat(this.chunks[name]).toString("utf8").replace(/\n$/, "");
    }

    /** Everything printed, in the order in which it came. */
    all(): string {
        return Buffer.concat(this.chunks.both).toString("utf8");
    }

    private async tell(bytes: Buffer): Promise<void> {
        this.pending = Buffer.concat([this.pending, bytes]);
        for (let end = this.pending.indexOf(10); end >= 0 && end < lineBuffer; end = this.pending.indexOf(10)) {
            const line = this.pending.subarray(0, end);
            this.pending = this.pending.subarray(end + 1);
            await this.tellLine(line);
        }
        if (this.pending.length >= lineBuffer) await new Promise(() => {});
    }

    private tellLine(line: Buffer): Promise<void> {
        return this.log("info", line.toString("utf8").replace(/\r$/, ""), { ephemeral: true });
    }
}
