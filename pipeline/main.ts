import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { github, PipelineError, type GitHub } from "./github";
import { lastDeployed, refuseChangedWorkflow, runOfArtifact } from "./lookUp";
import { bodyOf, publishComment, publishIssue } from "./publish";

const usage = `Usage: npm run pipeline -- COMMAND ..., in a workflow of GitHub with GITHUB_TOKEN

comment   --stack NAME --file FILE --pull NUMBER   one comment on a pull request, made or replaced
issue     --stack NAME --file FILE --code NUMBER   one issue, opened, replaced, or closed where the exit code of the report is 0
deployed  --environment NAME                       prints sha=..., the commit last applied there
artifact  --name NAME --branch NAME                prints run-id=..., of the newest artifact of that name, or nothing
guard     --base REF --head SHA                    fails where that commit changes a workflow or what workflows call

Exit codes: 0 done, 1 GitHub refused or gave no answer, or the guard refused, 2 the command line is wrong.`;

/** A mistake of whoever wrote the workflow. */
class UsageError extends PipelineError {}

type Options = (name: string) => string;

const commands: Record<string, { options: string[]; run(api: GitHub, option: Options, env: NodeJS.ProcessEnv): Promise<string> }> = {
    comment: {
        options: ["stack", "file", "pull"],
        run: async (api, option, env) => `Comment of ${option("stack")}: ${await publishComment(api, number(option, "pull"), option("stack"), body(option, env))}.`,
    },
    issue: {
        options: ["stack", "file", "code"],
        run: async (api, option, env) => `Issue of ${option("stack")}: ${await publishIssue(api, option("stack"), body(option, env), number(option, "code") === 0)}.`,
    },
    deployed: { options: ["environment"], run: async (api, option) => `sha=${await lastDeployed(api, option("environment"))}` },
    artifact: {
        options: ["name", "branch"],
        run: async (api, option) => {
            const id = await runOfArtifact(api, option("name"), option("branch"));
            return id === undefined ? "" : `run-id=${id}`;
        },
    },
    guard: {
        options: ["base", "head"],
        run: async (api, option) => {
            await refuseChangedWorkflow(api, option("base"), option("head"));
            return `${option("head")} changes no workflow.`;
        },
    },
};

/** What one call prints. */
export async function pipeline([name = "", ...args]: string[], env: NodeJS.ProcessEnv = process.env, send: typeof fetch = fetch): Promise<string> {
    const command = Object.hasOwn(commands, name) ? commands[name]! : undefined;
    if (command === undefined) {
        throw new UsageError(name === "" ? "A command is needed." : `There is no command ${JSON.stringify(name)}.`);
    }
    const { values } = parseArgs({ args, options: Object.fromEntries(command.options.map((option) => [option, { type: "string" as const }])) });
    const missing = command.options.filter((option) => !values[option]);
    if (missing.length > 0) {
        throw new UsageError(`${name}: ${missing.map((option) => `--${option}`).join(", ")} must be given, and not be empty.`);
    }
    return command.run(github(env, send), (option) => String(values[option]), env);
}

function body(option: Options, env: NodeJS.ProcessEnv): string {
    return bodyOf(option("stack"), textOf(option("file")), env);
}

/** Undefined where the report was not written. */
function textOf(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT") {
            return undefined;
        }
        throw new UsageError(`--file: ${JSON.stringify(file)} could not be read (${code}). Name the file that "report --comment" wrote.`);
    }
}

function number(option: Options, name: string): number {
    if (!/^\d+$/.test(option(name))) {
        throw new UsageError(`--${name} must be a number; received ${JSON.stringify(option(name))}.`);
    }
    return Number(option(name));
}

if (require.main === module) {
    pipeline(process.argv.slice(2)).then(
        (text) => text !== "" && console.log(text),
        (error: Error & { code?: string }) => {
            const isUsage = error instanceof UsageError || error.code?.startsWith("ERR_PARSE_ARGS") === true;
            console.error(isUsage ? `${error.message}\n\n${usage}` : error instanceof PipelineError ? error.message : error);
            process.exitCode = isUsage ? 2 : 1;
        },
    );
}
