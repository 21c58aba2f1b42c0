/**
 * Reads the first `major.minor.patch` in a program's answer, with or without a leading `v`.
 * @param {string} text for example `v3.230.0-dev.0`
 * @returns {[number, number, number] | undefined} undefined where there is none
 */
export function parseVersion(text) {
    const found = /(?<![\d.])(\d+)\.(\d+)\.(\d+)(?!\.?\d)/.exec(text);
    return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
}

/** True where `version` is `minimum` or newer. A pre-release counts as its numbers. */
export function atLeast(version, minimum) {
    for (let part = 0; part < 3; part++) {
        if (version[part] !== minimum[part]) return version[part] > minimum[part];
    }
    return true;
}
