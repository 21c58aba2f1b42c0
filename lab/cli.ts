import { join, resolve } from "node:path";
import { USAGE } from "./commands";
import { ask, runningLab } from "./control";
import { serve, startDaemon, stopDaemon } from "./daemon";
import { UsageError } from "./host/faults";
import { DEFAULT_HOSTS } from "./profiles";
import { pulumi, report, type Running } from "./pulumi";

const usualDir = resolve(join(__dirname, "..", ".lab"));

/** Returns the exit code. Throws UsageError. */
async function main(argv: string[]): Promise<number> {
    const { dir, args } = folder(argv);
    const [command, ...rest] = args;
    switch (command) {
        case undefined:
        case "help":
        case "--help":
            console.log(USAGE);
            return 0;
        case "start":
            return start(dir, rest);
        case "serve":
            await serve(dir, rest);
            return 0;
        case "stop":
            console.log(await stopDaemon(dir));
            return 0;
        case "pulumi":
            return pulumi(rest, await running(dir));
        case "report": {
            const lab = await running(dir);
            return lab === undefined ? forward(dir, args) : report(rest, lab);
        }
        default:
            return forward(dir, args);
    }
}

async function start(dir: string, args: string[]): Promise<number> {
    if ((await runningLab(dir)) !== undefined) {
        console.log(`The lab runs already; ${commandIn(dir)} stop ends it.`);
        return forward(dir, ["status"]);
    }
    const started = await startDaemon(dir, args);
    if ("said" in started) {
        process.stderr.write(started.said);
        return started.exitCode;
    }
    console.log(`The lab runs (process ${started.pid}); its state is in ${dir}\n`);
    await forward(dir, ["status"]);
    console.log(nextSteps(dir, Object.keys((await running(dir))?.ports ?? {})));
    return 0;
}

async function forward(dir: string, args: string[]): Promise<number> {
    const answer = await ask(dir, args);
    if (!answer) {
        console.error(`No lab runs. Start it with: ${commandIn(dir)} start`);
        return 1;
    }
    (answer.exitCode === 0 ? console.log : console.error)(answer.text);
    return answer.exitCode;
}

/** What Pulumi needs to know of the lab; undefined where none runs. */
async function running(dir: string): Promise<Running | undefined> {
    const answer = await ask(dir, ["environment"]);
    return answer?.exitCode === 0 ? { dir, ...(JSON.parse(answer.text) as Omit<Running, "dir">) } : undefined;
}

/** Takes --dir out, which is the lab's; what follows pulumi is Pulumi's. */
function folder(argv: string[]): { dir: string; args: string[] } {
    const at = argv[0] === "pulumi" ? -1 : argv.indexOf("--dir");
    const given = at < 0 ? process.env["LAB_DIR"] || undefined : argv[at + 1];
    if (at >= 0 && given === undefined) {
        throw new UsageError("--dir needs a folder");
    }
    return { dir: resolve(given ?? usualDir), args: at < 0 ? argv : [...argv.slice(0, at), ...argv.slice(at + 2)] };
}

function nextSteps(dir: string, hosts: string[]): string {
    const missing = DEFAULT_HOSTS.filter(name => !hosts.includes(name));
    const note = missing.length === 0 ? "" : `\nThe stack dev declares ${missing.join(", ")} too: for pulumi up, start the lab with all three, or take them out of stacks/Pulumi.dev.yaml.`;
    const lab = commandIn(dir);
    return `
Log on as administrator with the key ${join(dir, "keys", "administrator")} or the password beside it, as observer with ${join(dir, "keys", "observer")}.${note}
  ${lab} pulumi up
  ${lab} registry delete ${hosts[0]} 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.0\\Server' Enabled
  ${lab} tenant show
  ${lab} pulumi preview --diff
  ${lab} stop`;
}

/** How this lab is spoken to: what follows pulumi is Pulumi's, so the folder stands before it. */
function commandIn(dir: string): string {
    return `npm run lab --${dir === usualDir ? "" : ` --dir ${/^[\w./:\\-]+$/.test(dir) ? dir : `'${dir}'`}`}`;
}

// Who reads may have enough: `start | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") {
        throw error;
    }
});

main(process.argv.slice(2)).then(
    code => {
        process.exitCode = code;
    },
    (error: unknown) => {
        console.error(error instanceof UsageError ? error.message : error);
        process.exitCode = error instanceof UsageError ? 2 : 1;
    },
);
