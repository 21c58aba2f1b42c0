/**
 * What a preview's text says about drift: without the members of stdin that are as they were, and without the block of the last repair.
 * @param {string} text output of `pulumi preview --diff`
 */
export function condensePreview(text) {
    let stdin = false;
    let added = 0;
    const kept = text.split(/\r?\n/).filter((one) => {
        const line = one.trim();
        // What is always there: ids, and the stack itself.
        if (/^\[(id|provider)=|^(~ )?pulumi:pulumi:Stack: |^\[urn=.*::pulumi:pulumi:Stack::/.test(line)) return false;
        // The next resource, a warning or the counts end a stdin; its own closing brace stands alone and says nothing.
        if (/^([-+~]+ ?)?[a-z-]+:\S+: \(/.test(line) || /^\S/.test(one)) stdin = false;
        if (stdin) {
            if (added === 0 && !line.startsWith("+ ")) return false;
            if (line.endsWith("{")) added++;
            if (line === "}") added--;
        } else {
            stdin = line.endsWith("stdin: (json) {");
        }
        return true;
    });
    return kept.join("\n");
}

/**
 * The end of an update's text: warnings, which name the drift, with at most `most` values for each host, and the counts. The lines before
 * name
 * each resource several times.
 * @param {string} text output of `pulumi up`
 */
export function condenseUpdate(text, most) {
    const start = text.search(/^(Diagnostics|Resources):/m);
    let values = 0;
    const kept = text
        .slice(Math.max(start, 0))
        .split(/\r?\n/)
        .flatMap((line) => {
            if (line.trim() === "") return [];
            values = /^\s+[a-z0-9-]+: HK[A-Z0-9]+\\|^\s+and \d+ more;/.test(line) ? values + 1 : 0;
            if (values === most + 1) return ["      ..."];
            return values > most ? [] : [line];
        });
    return `${kept.join("\n")}\n`;
}
