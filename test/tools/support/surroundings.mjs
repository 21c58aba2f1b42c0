import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/** A folder for a repository, what may lie beside it, and a PATH; programs there are what a test writes, and each call is written down. */
export function createSurroundings() {
    const above = mkdtempSync(join(tmpdir(), "execution-"));
    const calls = join(above, "calls");
    writeFileSync(calls, "");
    return {
        root: join(above, "repository"),
        env: { PATH: join(above, "path"), HOME: above },
        inside: (...parts) => join(above, ...parts),
        /** @param {string} body of a shell script that finds no program but the shell's own */
        program(file, body) {
            const path = join(above, file);
            mkdirSync(dirname(path), { recursive: true });
            writeFileSync(path, `#!/bin/sh\necho "${basename(file)} $*" >> "${calls}"\n${body}\n`);
            chmodSync(path, 0o755);
        },
        calls: () => readFileSync(calls, "utf8").split("\n").filter(Boolean),
        dispose: () => rmSync(above, { recursive: true }),
    };
}
