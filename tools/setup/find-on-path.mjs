import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

const windows = process.platform === "win32";

/**
 * The first executable of that name on a PATH.
 * @param {string} name without extension
 * @param {string | undefined} path the value of PATH
 * @returns {string | undefined} its full path
 */
export function findOnPath(name, path) {
    const endings = windows ? [".exe", ".cmd"] : [""];
    for (const directory of (path ?? "").split(delimiter).filter(Boolean)) {
        for (const ending of endings) {
            const file = join(directory, name + ending);
            if (isExecutable(file)) return file;
        }
    }
    return undefined;
}

function isExecutable(file) {
    try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
    } catch {
        return false;
    }
}

/** PATH without one directory. */
export function withoutDirectory(path, directory) {
    return (path ?? "")
        .split(delimiter)
        .filter((entry) => entry !== directory)
        .join(delimiter);
}
