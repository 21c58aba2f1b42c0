import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { moduleText } from "./moduleText";

/** `npm run module -- FOLDER`: the module as the library would install it, for administrators who sign and deploy it themselves. */
function main([folder, ...more]: string[]): number {
    if (folder === undefined || folder.startsWith("-") || more.length > 0) {
        console.error("Usage: npm run module -- FOLDER\nWrites HybridIdentity.psd1 and HybridIdentity.psm1 into FOLDER, which is made where it is missing.");
        return 2;
    }
    const { version, sha256, psd1, psm1 } = moduleText();
    try {
        makeFolder(resolve(folder));
        writeFileSync(join(folder, "HybridIdentity.psd1"), psd1, "latin1");
        writeFileSync(join(folder, "HybridIdentity.psm1"), psm1, "latin1");
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        console.error(`${folder} cannot be written to (${code ?? message}). Name a folder, or one that can be made, where you may write.`);
        return 1;
    }
    console.log(`${folder}: HybridIdentity ${version}, sha256 ${sha256}`);
    console.log(`Sign both files, then copy them to %ProgramFiles%\\WindowsPowerShell\\Modules\\HybridIdentity\\${version} on each host.`);
    return 0;
}

/** One after the other: where no folder can be made though the one above is there, Node's own recursion never ends. */
function makeFolder(folder: string): void {
    if (!existsSync(folder)) {
        makeFolder(dirname(folder));
        mkdirSync(folder);
    }
}

try {
    process.exitCode = main(process.argv.slice(2));
} catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
}
