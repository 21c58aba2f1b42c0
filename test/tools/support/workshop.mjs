import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const plugin = "pulumi-resource-command";

/**
 * A small repository in a temporary folder, with programs that pretend to be npm, Go and Pulumi: PATH holds nothing else, no network is
 * used.
 * Each program writes down what it was asked.
 */
export function createWorkshop() {
    const root = mkdtempSync(join(tmpdir(), "set-up-"));
    const path = join(root, "path");
    const calls = join(root, "calls");
    const write = (file, text, mode = 0o644) => {
        mkdirSync(dirname(join(root, file)), { recursive: true });
        writeFileSync(join(root, file), text);
        chmodSync(join(root, file), mode);
    };
    const program = (file, body) => write(file, `#!/bin/sh\necho "$(/usr/bin/basename "$0") $*" >> "${calls}"\n${body}`, 0o755);
    mkdirSync(path);
    write("calls", "");
    for (const file of ["tools/pulumi/go.mod", "tools/language-nodejs/go.mod", "tools/setup/download-cli.mjs"]) {
        mkdirSync(dirname(join(root, file)), { recursive: true });
        copyFileSync(join(repository, file), join(root, file));
    }
    write("package-lock.json", JSON.stringify({ packages: { "": {}, "node_modules/a": { version: "1.0.0", integrity: "x" } } }));
    program(`lab/plugins/command/${plugin}`, "");
    // `npm ci` installs what the lock file names; `npm install pulumi@...` is refused as on a closed network.
    write(
        "npm-cli.js",
        `const { appendFileSync, cpSync, mkdirSync, writeFileSync } = require("node:fs");
        appendFileSync(${JSON.stringify(calls)}, "npm " + process.argv.slice(2).join(" ") + "\\n");
        if (process.argv[2] !== "ci") { console.error("getaddrinfo ENOTFOUND registry"); process.exit(1); }
        mkdirSync("node_modules/a", { recursive: true });
        writeFileSync("node_modules/a/package.json", "{}");
        cpSync("package-lock.json", "node_modules/.package-lock.json");`,
    );
    const workshop = {
        root,
        write,
        program,
        read: (file) => readFileSync(join(root, file), "utf8"),
        exists: (file) => existsSync(join(root, file)),
        remove: (file) => rmSync(join(root, file), { recursive: true, force: true }),
        env: { PATH: path, npm_execpath: join(root, "npm-cli.js") },
        plugins: [{ name: "command", version: "1.2.1", standIn: "lab/plugins/command" }],
        shown: [],
        /** What the programs were asked since the last time, without the two questions that a look costs. */
        takeCalls() {
            const lines = readFileSync(calls, "utf8").split("\n").filter(Boolean);
            writeFileSync(calls, "");
            return lines.filter((line) => line !== "pulumi version" && line !== "pulumi-language-nodejs -help");
        },
        /** Puts a Pulumi CLI on PATH, or elsewhere. `download`: the official plugin can be downloaded. */
        pulumi(version, { folder = "path", download = false } = {}) {
            program(`${folder}/pulumi`, pulumiBody(version, download));
        },
        languageHost: (folder = "path") => program(`${folder}/pulumi-language-nodejs`, "exit 0\n"),
        /** Puts a Go on PATH whose builds give a Pulumi CLI of that version. */
        go(version = "3.230.0", before = "") {
            workshop.pulumi(version, { folder: "built" });
            workshop.languageHost("built");
            program(
                "path/go",
                `${before}
                if [ "$1" = list ]; then echo a; echo b; exit 0; fi
                while [ "$1" != "-o" ]; do shift; done
                /bin/cp "${root}/built/$(/usr/bin/basename "$3")" "$2/"\n`,
            );
        },
        dispose: () => rmSync(root, { recursive: true, force: true }),
    };
    workshop.progress = {
        show: (line) => workshop.shown.push(line),
        during: (what, work) => (workshop.shown.push(what), work(() => {})),
    };
    return workshop;
}

function pulumiBody(version, download) {
    const home = `$PULUMI_HOME/plugins/resource-command-v1.2.1`;
    return `case "$*" in
        version) echo v${version} ;;
        *--file*) for folder; do :; done; /bin/mkdir -p "${home}"; /bin/cp "$folder"/* "${home}/" ;;
        *) ${download ? `/bin/mkdir -p "${home}"; echo the official one > "${home}/${plugin}"` : 'echo "no such host"; exit 1'} ;;
    esac\n`;
}

/** Makes a file look cut in the middle of being written. */
export function cut(workshop, file) {
    const text = workshop.read(file);
    workshop.write(file, "", 0o755);
    appendFileSync(join(workshop.root, file), text.slice(0, 5));
}
