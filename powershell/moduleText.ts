import { createHash } from "crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "fs";
import { tmpdir } from "os";
import { join } from "path";

/** The PowerShell module as it is sent to a host. */
export interface ModuleText {
    /** ModuleVersion of the manifest. */
    version: string;
    /** SHA-256 over the bytes of psm1 followed by psd1, lower-case hex. */
    sha256: string;
    psd1: string;
    psm1: string;
}

/** The module of this repository in its parts, or of the package in one file. */
export const moduleFolder = join(__dirname, "HybridIdentity");

/** The parts of HybridIdentity.psm1, `parts/*.ps1`, in the order in which they are joined: what is used stands before what uses it. */
export const moduleParts = [
    ...["head", "failures", "json", "members", "watchdog", "keys", "secrets", "setup", "certificateKeys", "certificates", "places", "notation", "registry", "contents"],
    ...["kept", "documents", "records"],
    ...["takeover", "services", "control", "certificateChecks", "certificateRepair", "rules", "mutex", "install", "facts", "products", "accounts", "accountTask", "encryption", "installer", "setupLogs", "setupValues", "names", "events", "smtpLines", "smtpLogs", "readings"],
    ...["whatif", "operations", "commands"],
];

let shipped: ModuleText | undefined;
let joined: string | undefined;

/** The module that ships with the library; read once. Throws as `readModule` does. */
export function moduleText(): ModuleText {
    shipped ??= readModule(moduleFolder);
    return shipped;
}

/**
 * The path of a file that holds the psm1: the package's own. The repository has it in parts, so there one is made in the system's temporary folder;
 * what becomes of it there does not matter, because a host takes it by its hash only.
 */
export function moduleFile(): string {
    joined ??= isInParts(moduleFolder) ? joinParts(moduleText()) : join(moduleFolder, "HybridIdentity.psm1");
    return joined;
}

function joinParts({ psm1, sha256 }: ModuleText): string {
    const folder = join(tmpdir(), `hybrid-identity-${sha256.slice(0, 16)}`);
    const file = join(folder, "HybridIdentity.psm1");
    if (!existsSync(file) || readFileSync(file, "latin1") !== psm1) {
        mkdirSync(folder, { recursive: true });
        // Renamed into place: another program may read it now.
        const own = `${file}.${process.pid}`;
        writeFileSync(own, psm1, "latin1");
        renameSync(own, file);
    }
    return file;
}

function isInParts(folder: string): boolean {
    return existsSync(join(folder, "parts"));
}

/**
 * Reads HybridIdentity.psd1 of a folder and its psm1, which is joined where the folder holds its parts. Throws when a file is missing, is not ASCII, or does not end with a
 * line feed, or the manifest names no version.
 */
export function readModule(folder: string): ModuleText {
    const psd1 = readText(join(folder, "HybridIdentity.psd1"));
    const psm1 = isInParts(folder)
        ? [...moduleParts.map((part) => `${heading(part)}\n${readText(join(folder, "parts", `${part}.ps1`))}`), withManifest(psd1)].join("\n")
        : readText(join(folder, "HybridIdentity.psm1"));
    const version = /^\s*ModuleVersion\s*=\s*['"](\d+\.\d+\.\d+)['"]\s*$/m.exec(psd1)?.[1];
    if (version === undefined) {
        throw new Error("HybridIdentity.psd1: no line like ModuleVersion = '1.0.0' was found; restore the file from the package");
    }
    const sha256 = createHash("sha256").update(psm1, "latin1").update(psd1, "latin1").digest("hex");
    return { version, sha256, psd1, psm1 };
}

/** Part and line in it, `registry.ps1:12`, of a line of a joined psm1; undefined where no part has that line. */
export function partOfLine(psm1: string, line: number): string | undefined {
    const all = psm1.split("\n");
    const lines = line < all.length ? all.slice(0, line) : [];
    const at = lines.map((text) => text.startsWith(heading(""))).lastIndexOf(true);
    const inside = lines.length - at - 1;
    return at < 0 || inside < 1 ? undefined : `${lines[at]!.slice(heading("").length)}.ps1:${inside}`;
}

/**
 * What PowerShell or the module said, with the lines of the module that it names led back to their parts.
 * @param before How many lines stand before the module in the text that ran.
 */
export function withParts(said: string, before: number): string {
    const { psm1 } = moduleText();
    const forms = [
        /(At )line:(\d+)(?= char:)/g,
        /(At )\S+HybridIdentity\.psm1:(\d+)(?= char:)/g,
        /(\([\w-]+, )line (\d+)(?=\))/g,
        /()Line \|\s+(\d+)(?= \|)/g,
    ];
    return forms.reduce(
        (text, form) => text.replace(form, (whole, start: string, line: string) => {
            const part = partOfLine(psm1, Number(line) - before);
            return part === undefined ? whole : start + part;
        }),
        said,
    );
}

/** The module writes its manifest itself, so that nobody has to send it beside the module, or to keep it in state. */
function withManifest(psd1: string): string {
    return `${heading("manifest")}\n$Manifest = '${psd1.replaceAll("'", "''")}'\n`;
}

/** What stands above a part in the joined text, so that a line number leads back to it. */
function heading(part: string): string {
    return `# ---------------------------------------------------------------- ${part}`;
}

function readText(file: string): string {
    // A Windows checkout may have turned line feeds into CR LF: the hash must not depend on where the program runs.
    const text = readFileSync(file, "latin1").replace(/\r\n/g, "\n");
    const odd = /[^\n\t\x20-\x7e]/.exec(text);
    if (odd !== null) {
        const line = text.slice(0, odd.index).split("\n").length;
        throw new Error(
            `${file}, line ${line}: byte 0x${text.charCodeAt(odd.index).toString(16)} is not plain ASCII. The code page of a host is ` +
                `unknown: use ASCII only`,
        );
    }
    if (!text.endsWith("\n")) {
        throw new Error(`${file}: does not end with a line feed; it seems to be cut. Restore the file from the package`);
    }
    return text;
}
