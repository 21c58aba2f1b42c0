/**
 * Reads what `pulumi preview --diff` shows as drift: the lines that a person sees, not the engine's data.
 * @param {string} text its output without colours
 * @returns {{ drift: import("./tamperings.mjs").Shown[], counts: Record<string, number> }} `counts` are those of the closing `Resources:`,
 * by word
 * (`update`, `unchanged`, ...)
 */
export function readPreview(text) {
    const drift = [];
    const counts = {};
    let command = "";
    let key = "";
    let within = "";
    for (const line of text.split(/\r?\n/).map((one) => one.trim())) {
        const urn = /^\[urn=.*::([^:]+)\]$/.exec(line);
        const opened = /^\+ (.+?) *: \{$/.exec(line);
        const value = /^\+ (.+?) *: "(.*)"$/.exec(line);
        const count = /^[-+~±]* ?(\d+) (?:to )?([a-z]+)$/.exec(line);
        if (urn) command = urn[1];
        else if (line === "Resources:") within = "resources";
        else if (opened?.[1].startsWith("drift seen ")) within = "drift";
        else if (within === "drift" && opened) key = opened[1];
        else if (within === "drift" && value && key) drift.push({ command, key, name: value[1], change: value[2] });
        else if (within === "drift" && line === "}") [within, key] = key ? [within, ""] : ["", ""];
        else if (within === "resources" && count) counts[count[2]] = Number(count[1]);
    }
    return { drift, counts };
}

/**
 * Compares what a preview shows with what was done.
 * @param {ReturnType<typeof readPreview>} preview
 * @param {import("./tamperings.mjs").Shown[]} expected
 * @returns {string[]} one line a difference; empty where it shows exactly that
 */
export function previewProblems({ drift, counts }, expected) {
    const line = ({ command, key, name, change }) => `${command}: ${key}\\\\${name}: ${change}`;
    const shown = drift.map(line);
    const wanted = expected.map(line);
    const updates = new Set(expected.map(({ command }) => command)).size;
    const others = Object.entries(counts).filter(([word]) => word !== "update" && word !== "unchanged");
    return [
        ...wanted.filter((one) => !shown.includes(one)).map((one) => `not shown: ${one}`),
        ...shown.filter((one, at) => !wanted.includes(one) || shown.indexOf(one) !== at).map((one) => `shown, but nobody did it: ${one}`),
        ...(counts.update === updates ? [] : [`${counts.update ?? 0} resources to update instead of ${updates}`]),
        ...others.map(([word, count]) => `${count} resources to ${word}`),
    ];
}
