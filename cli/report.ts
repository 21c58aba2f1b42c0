import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent, PreviewOptions } from "@pulumi/pulumi/automation";
import { report as previewed, type StackReport } from "../components/report";
import { htmlOf } from "../report/html";
import { earlierReport, jsonOf, withSince } from "../report/json";
import { markdownOf } from "../report/markdown";
import { exitCodeOf, summaryOf, summaryText } from "../report/summary";
import { UsageError, type ReportArguments } from "./arguments";

/** `report`: previews the stack of this folder and writes what was found. Gives the exit code. */
export async function report({ stack: stackName, out, comment, policyPack, configFile }: ReportArguments): Promise<number> {
    // Before a preview of some minutes, whose findings would have no place.
    const earlier = out === undefined ? undefined : earlierReport(startFolder(out), stackName);
    const found = await lookedAt(stackName, { ...(policyPack === undefined ? {} : { policyPacks: [policyPack] }), configFile });
    if (found instanceof Error) {
        console.error(`${stackName} could not be looked at: ${said(found)}`);
        return 1;
    }
    const createdAt = new Date().toISOString();
    const seen = withSince(found, earlier, createdAt);
    if (out !== undefined) {
        write(join(out, "report.md"), markdownOf(stackName, seen, { limit: Infinity }));
        write(join(out, "report.html"), htmlOf(stackName, seen, { createdAt }));
        write(join(out, "report.json"), jsonOf(stackName, seen, { createdAt }));
    }
    if (comment !== undefined) {
        write(comment, markdownOf(stackName, seen));
    }
    if (out === undefined && comment === undefined) {
        console.log(markdownOf(stackName, seen, { limit: Infinity }));
    }
    console.error(`${stackName}: ${summaryText(summaryOf(seen))}`);
    return exitCodeOf(seen);
}

async function lookedAt(stackName: string, options: PreviewOptions): Promise<StackReport | Error> {
    try {
        const stack = await selected(stackName);
        console.error(`${stackName}: a preview looks at every host, and changes nothing.`);
        return await previewed(stack, { onEvent: progress(), ...options });
    } catch (error) {
        if (error instanceof UsageError) {
            throw error;
        }
        return error as Error;
    }
}

/** Makes the folder where it is not there; gives the text of the report that is in it, or none. */
function startFolder(folder: string): string {
    try {
        mkdirSync(folder, { recursive: true });
        return readFileSync(join(folder, "report.json"), "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return "";
        }
        throw unwritten("--out", folder, error);
    }
}

async function selected(stackName: string) {
    // Only here, since it takes a second; and a directory is none to an import.
    const { LocalWorkspace } = await import("@pulumi/pulumi/automation/index.js");
    try {
        return await LocalWorkspace.selectStack({ stackName, workDir: process.cwd() });
    } catch (error) {
        if (/no stack named|no Pulumi\.yaml|fully qualified name/.test((error as Error).message)) {
            throw new UsageError(`--stack: ${JSON.stringify(stackName)} is no stack of ${process.cwd()}. Name one that "pulumi stack ls" lists there`);
        }
        throw error;
    }
}

/** Of an error of the Automation API what the CLI said. */
function said({ message }: Error): string {
    const [, stderr = message] = /\n stderr: ([^]*)\n err\?:/.exec(message) ?? [];
    return stderr.trim();
}

/** At a terminal, how far it is. */
function progress(): (event: EngineEvent) => void {
    let seen = 0;
    return ({ resOutputsEvent }) => {
        if (resOutputsEvent !== undefined && process.stderr.isTTY) {
            process.stderr.write(`\r${++seen} resources\r`);
        }
    };
}

function write(file: string, text: string): void {
    try {
        writeFileSync(file, text);
    } catch (error) {
        throw unwritten("--out, --comment", file, error);
    }
}

function unwritten(option: string, path: string, error: unknown): UsageError {
    return new UsageError(`${option}: ${JSON.stringify(path)} could not be written (${(error as NodeJS.ErrnoException).code}). Name a place where you may write`);
}
