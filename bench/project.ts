import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

/** What one run of the Pulumi CLI took. Times in milliseconds, memory in megabytes (2^20 bytes). */
export interface Taken {
    ms: number;
    /** The Node process of the program alone: from start to end, its processor time, its peak of resident memory. */
    programMs: number;
    programCpuMs: number;
    programPeakMb: number;
    /** Size of the stack's state afterwards, in kilobytes: the engine reads it whole, and writes it whole at each step of an `up`. */
    stateKb: number;
}

const blind = ["template", "perHost", "perValue", "bare"];
const nativeProvider = { name: "hybrid-identity", path: join(__dirname, "..", "dist", "provider") };

/** A Pulumi project with a stack in a folder of its own: nothing of it is left after `remove`, or when this process ends. */
export class Project {
    private readonly folder = mkdtempSync(join(tmpdir(), "hybrid-identity-bench-"));
    private readonly probeFile = join(this.folder, "probe.json");

    /**
     * @param program folder under `programs`
     * @param environment in which `pulumi` works, from the set-up
     * @param settings of the stack, under `bench:`; `privateKey` goes into a file beside
     */
    constructor(
        program: string,
        private readonly environment: NodeJS.ProcessEnv,
        { privateKey, ...settings }: { privateKey?: string } & Record<string, unknown> = {},
    ) {
        const privateKeyFile = join(this.folder, "key");
        const config = Object.fromEntries(Object.entries({ ...settings, privateKeyFile }).map(([name, value]) => [`bench:${name}`, value]));
        const project = {
            name: "bench",
            runtime: "nodejs",
            main: join(__dirname, "programs", program, "index.ts"),
            // As in this repository's Pulumi.yaml; programs of commands without the library gain nothing from it and do without.
            ...(blind.includes(program) ? {} : { options: { refresh: "always" }, plugins: { providers: [nativeProvider] } }),
        };
        process.once("exit", this.remove);
        mkdirSync(join(this.folder, "state"));
        writeFileSync(privateKeyFile, privateKey ?? "", { mode: 0o600 });
        writeFileSync(join(this.folder, "Pulumi.yaml"), JSON.stringify(project));
        writeFileSync(join(this.folder, "Pulumi.bench.yaml"), JSON.stringify({ config }));
    }

    /** Makes the stack and everything in it. */
    async first(): Promise<Taken> {
        await this.run(["stack", "init", "bench", "--no-select"]);
        return this.up("created");
    }

    /** @param expected what has to stand in the summary ("~ 10 to update"); no change at all where it is left out. */
    async preview(expected?: string): Promise<Taken> {
        return this.measured(["preview"], expected);
    }

    /** @param expected as for `preview` ("~ 10 updated"). */
    async up(expected?: string): Promise<Taken> {
        return this.measured(["up", "--yes", "--skip-preview"], expected);
    }

    readonly remove = (): void => {
        process.off("exit", this.remove);
        rmSync(this.folder, { recursive: true, force: true });
    };

    private async measured(command: string[], expected?: string): Promise<Taken> {
        rmSync(this.probeFile, { force: true });
        const args = [...command, "--stack", "bench", ...(expected === undefined ? ["--expect-no-changes"] : [])];
        const start = performance.now();
        const output = await this.run(args);
        const ms = performance.now() - start;
        if (!output.includes(expected ?? "")) {
            throw new Error(`pulumi ${args.join(" ")}: "${expected}" was expected in\n${output}`);
        }
        const probed = JSON.parse(readFileSync(this.probeFile, "utf8")) as Record<"fromMs" | "toMs" | "cpuMs" | "peakKb", number>;
        const stateKb = statSync(join(this.folder, "state", ".pulumi", "stacks", "bench", "bench.json")).size / 1024;
        const { fromMs, toMs, cpuMs, peakKb } = probed;
        return { ms, programMs: toMs - fromMs, programCpuMs: cpuMs, programPeakMb: peakKb / 1024, stateKb };
    }

    private run(args: string[], switches: NodeJS.ProcessEnv = {}): Promise<string> {
        const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
            cwd: this.folder,
            stdio: ["ignore", "pipe", "pipe"],
            env: {
                ...this.environment,
                PULUMI_BACKEND_URL: `file://${join(this.folder, "state").replaceAll("\\", "/")}`,
                NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, "probe.cjs"))}`,
                BENCH_PROBE_FILE: this.probeFile,
                ...switches,
            },
        });
        const chunks: Buffer[] = [];
        child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
        child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
        return new Promise((resolve, reject) => {
            child.on("error", reject);
            child.on("close", (code) => {
                const output = Buffer.concat(chunks).toString();
                if (code === 0) {
                    resolve(output);
                } else {
                    reject(new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output.slice(-4000)}`));
                }
            });
        });
    }
}
