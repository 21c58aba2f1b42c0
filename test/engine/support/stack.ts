import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, type PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { report, type StackReport } from "../../../index";
import { environment, secretsProvider } from "./engine";
import { newRun, note, type Run } from "./run";

/** Registers resources as a user's program does; what it returns becomes the stack's outputs. */
export type Program = () => Record<string, unknown> | Promise<Record<string, unknown>>;

export interface RunOptions {
    /** Of a refresh: forget what a killed run was creating. */
    clearPendingCreates?: boolean;
    /** The run has to end with an error; without it, it must not. */
    fails?: true;
    /** `--diff`. */
    diff?: true;
    expectNoChanges?: true;
    /** `--refresh`. */
    refresh?: true;
    /** `--continue-on-error`. */
    continueOnError?: true;
    /** Folders for `--policy-pack`. */
    policyPacks?: string[];
    /** Files for `--policy-pack-config`. */
    policyPackConfigs?: string[];
    /** URNs for `--target`. */
    target?: string[];
    /** URNs for `--replace`. */
    replace?: string[];
}

/** A resource as state has it. */
export interface StateResource {
    urn: string;
    type: string;
    id: string;
    inputs: Record<string, unknown>;
    outputs?: Record<string, unknown>;
}

/** One stack on a file backend, and the program that is run for it. */
export class EngineStack {
    program: Program = () => ({});
    /** `hybrid-identity:*` settings of the stack, and others by their whole name. */
    settings: Record<string, unknown> = {};
    private current: Run = newRun();

    private constructor(
        private readonly stack: Stack,
        private settingsFile: string,
        private stateFile: string,
        private readonly salt: string,
    ) {}

    /** Makes the stack `name` of the project `lab`, whose program is a function in this process. */
    static async create(cli: PulumiCommand, backend: string, name: string): Promise<EngineStack> {
        const program = async (): Promise<Record<string, unknown>> => made.runProgram();
        // A folder that the API makes itself would stay behind.
        const workDir = join(backend, `stack-${name}`);
        mkdirSync(workDir);
        const stack = await LocalWorkspace.createOrSelectStack(
            { stackName: `organization/lab/${name}`, projectName: "lab", program },
            { workDir, pulumiCommand: cli, envVars: environment(backend), secretsProvider },
        );
        const made = EngineStack.of(stack, name, stack.workspace.workDir, stateFileOf(backend, "lab", name));
        return made;
    }

    /** Makes the stack `name` of the repository's own project in `folder`, which the CLI runs through the language host. */
    static async ofProject(cli: PulumiCommand, backend: string, name: string, folder: string): Promise<EngineStack> {
        const stack = await LocalWorkspace.createOrSelectStack(
            { stackName: `organization/hybrid-identity/${name}`, workDir: folder },
            { pulumiCommand: cli, envVars: environment(backend), secretsProvider },
        );
        return EngineStack.of(stack, name, join(folder, "stacks"), stateFileOf(backend, "hybrid-identity", name));
    }

    /** Makes the stack `name` of a project in any language, which lies in `folder`. */
    static async ofFolder(cli: PulumiCommand, backend: string, project: string, name: string, folder: string): Promise<EngineStack> {
        const envVars = { ...environment(backend), PATH: process.env["PATH"]! };
        const stack = await LocalWorkspace.createOrSelectStack({ stackName: `organization/${project}/${name}`, workDir: folder }, { pulumiCommand: cli, envVars, secretsProvider });
        return EngineStack.of(stack, name, folder, stateFileOf(backend, project, name));
    }

    private static of(stack: Stack, name: string, settingsFolder: string, stateFile: string): EngineStack {
        // After every update the Automation API starts the CLI three times more, for what no test here asks: a third of an update's time.
        Object.assign(stack, { outputs: async () => ({}), info: async () => undefined });
        const settingsFile = join(settingsFolder, `Pulumi.${name}.yaml`);
        return new EngineStack(stack, settingsFile, stateFile, readFileSync(settingsFile, "utf8"));
    }

    /** `pulumi stack rename`, with the settings that the stack has. */
    async rename(name: string): Promise<void> {
        await this.stack.rename({ stackName: `organization/lab/${name}` });
        this.settingsFile = join(dirname(this.settingsFile), `Pulumi.${name}.yaml`);
        this.stateFile = join(dirname(this.stateFile), `${name}.json`);
    }

    preview(options: RunOptions = {}): Promise<Run> {
        return this.run(options, (to) => this.stack.preview(to));
    }

    /** What `report` of the library says of a preview. */
    report(options: Parameters<typeof report>[1] = {}): Promise<StackReport> {
        writeFileSync(this.settingsFile, this.settingsText);
        this.current = newRun();
        return report(this.stack, { color: "never", ...options });
    }

    up(options: RunOptions = {}): Promise<Run> {
        return this.run(options, (to) => this.stack.up(to));
    }

    /** Without the program, as `pulumi refresh` does it. */
    refresh(options: RunOptions = {}): Promise<Run> {
        return this.run(options, (to) => this.stack.refresh(to));
    }

    /** `pulumi cancel`: takes away the lock that a run left which was killed. */
    cancel(): Promise<void> {
        return this.stack.cancel();
    }

    /** `pulumi state delete`. */
    forget(urn: string): void {
        const { pulumiCommand, workDir: cwd, envVars } = this.stack.workspace;
        const env = { ...process.env, ...envVars };
        execFileSync(pulumiCommand.command, ["state", "delete", urn, "--yes", "--stack", this.stack.name], { cwd, env, stdio: "pipe" });
    }

    /** Without the program, as `pulumi destroy` does it. */
    destroy(options: RunOptions = {}): Promise<Run> {
        return this.run(options, (to) => this.stack.destroy(to));
    }

    /** The state as the backend keeps it: secrets are encrypted in it. */
    get stateText(): string {
        return readFileSync(this.stateFile, "utf8");
    }

    /** Puts an earlier state back, as from a backup. */
    set stateText(text: string) {
        writeFileSync(this.stateFile, text);
    }

    /** The resources in state. */
    get resources(): StateResource[] {
        return (JSON.parse(this.stateText) as { checkpoint: { latest: { resources?: StateResource[] } } }).checkpoint.latest.resources ?? [];
    }

    /** The inputs of all commands in state, by the command's name. */
    get commands(): Record<string, Record<string, unknown>> {
        const found = this.resources.filter(({ type }) => type === "command:remote:Command");
        return Object.fromEntries(found.map(({ urn, inputs }) => [urn.slice(urn.lastIndexOf("::") + 2), inputs]));
    }

    private async run(
        { fails, ...options }: RunOptions,
        start: (options: object) => Promise<{ stdout: string; stderr: string }>,
    ): Promise<Run> {
        const run = newRun();
        this.current = run;
        writeFileSync(this.settingsFile, this.settingsText);
        let failed = false;
        try {
            const { stdout, stderr } = await start({
                ...options,
                color: "never",
                onEvent: (event: Parameters<typeof note>[1]) => note(run, event),
            });
            run.text = stdout + stderr;
        } catch (error) {
            run.text = (error as Error).message;
            failed = true;
        }
        assert.equal(failed, fails === true, `the run ${failed ? "failed" : "did not fail"}:\n${run.text}`);
        return run;
    }

    private get settingsText(): string {
        // JSON is YAML.
        return `${this.salt.trimEnd()}\nconfig: ${JSON.stringify(qualified(this.settings))}\n`;
    }

    private async runProgram(): Promise<Record<string, unknown>> {
        const run = this.current;
        const outputs = await this.program();
        for (const [name, output] of Object.entries(outputs)) {
            (pulumi.output(output) as pulumi.Output<unknown>).apply((value) => {
                run.outputs[name] = value;
            });
        }
        return outputs;
    }
}

function stateFileOf(backend: string, project: string, name: string): string {
    return join(backend, ".pulumi", "stacks", project, `${name}.json`);
}

function qualified(settings: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name.includes(":") ? name : `hybrid-identity:${name}`, value]));
}
