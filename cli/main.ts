#!/usr/bin/env node
import { adopt } from "./adopt";
import { adoptArguments, lookArguments, prepareArguments, reportArguments, UsageError } from "./arguments";
import { look } from "./look";
import { prepare } from "./prepare";
import { report } from "./report";

const usage = `Usage: hybrid-identity COMMAND ...

look     what a Windows server is, and whether it can be managed. Nothing is installed or changed on it.
  --host NAME | --hosts FILE   one server, or several: a line each, NAME[:PORT] [HOST KEY], or JSON
  --user NAME --key FILE       whom to log on as, and the private key. In place of the key: a password in the variable
                               HYBRID_IDENTITY_PASSWORD. The key's passphrase: HYBRID_IDENTITY_KEY_PASSPHRASE
  --port N                     default 22
  --host-key LINE | --pin      the server's public host key, or take the one that it shows. Without either a terminal asks
  --powershell EXE             default powershell.exe
  --preinstalled               by the module that administrators have deployed there
  --json

adopt    prints the program that declares the server as it is today. Takes the options of look for one host.
  --to FILE                    in place of stdout; never over a file that is there

prepare  prints the PowerShell that an administrator runs once on a server, so that it can be reached.
  --user NAME                  whom Pulumi logs on as
  --public-key FILE            its public key
  --to FILE                    as of adopt

report   previews a stack of the Pulumi program in this folder, and tells what drifted. Nothing is changed.
  --stack NAME
  --out FOLDER                 report.md, report.html and report.json there; without it, and without --comment, Markdown to stdout
  --comment FILE               for a pull request: as much as a comment of GitHub holds
  --policy-pack FOLDER         what it does not let through is an error of the report
  --config-file FILE           settings in place of the stack's own file, as "pulumi preview" takes them

Exit codes: 0 all is known, 1 something could not be read, 2 the command line is wrong; of report also 3, something drifted.`;

async function main([command, ...args]: string[]): Promise<number> {
    switch (command) {
        case "look":
            return look(lookArguments(args));
        case "adopt":
            return adopt(adoptArguments(args));
        case "prepare":
            return prepare(prepareArguments(args));
        case "report":
            return report(reportArguments(args));
        case "help":
        case "--help":
        case "-h":
            console.log(usage);
            return 0;
        default:
            throw new UsageError(command === undefined ? "a command is needed" : `there is no command ${JSON.stringify(command)}`);
    }
}

// Who reads may have enough: `look ... | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") {
        throw error;
    }
});

// A run that ends in the middle is no good news.
process.exitCode = 1;
main(process.argv.slice(2)).then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
        const isUsage = error instanceof UsageError;
        console.error(isUsage ? `${error.message}\n\nhybrid-identity help says more.` : error);
        process.exitCode = isUsage ? 2 : 1;
    },
);
