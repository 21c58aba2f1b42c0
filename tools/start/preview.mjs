/**
 * Reads what `pulumi preview --diff` shows as drift: the lines that a person sees, not the engine's data.
 * @param {string} text its output without colours
 * @returns {{ drift: import("./tamperings.mjs").Shown[], created: string[], changed: import("./tamperings.mjs").Changed[],
 * restarts: import("./tamperings.mjs").Restart[], foreign: string[], counts: Record<string, number> }} `created`: names of the resources to
 * create. `changed`: properties that an update changes, beside documents. `foreign`: see {@link readForeign}. `counts` are those of the closing `Resources:`, by word (`update`, `unchanged`, ...)
 */
export function readPreview(text) {
    const drift = [];
    const created = [];
    const changed = [];
    const restarts = [];
    const counts = {};
    let command = "";
    let operation = "";
    let key = "";
    let within = "";
    for (const line of text.split(/\r?\n/).map((one) => one.trim())) {
        const urn = /^\[urn=.*::([^:]+)\]$/.exec(line);
        const opened = /^\+ (.+?) *: \{$/.exec(line);
        const value = /^\+ (.+?) *: "(.*)"$/.exec(line);
        const property = /^~ (\w+) *: (.* => .*)$/.exec(line);
        const restart = /^\+ changed \S+ *: "restart of (\S+),/.exec(line);
        const begun = /^\S+ \S+: \((\w+)\)$/.exec(line);
        const count = /^[-+~±]* ?(\d+) (?:to )?([a-z]+)$/.exec(line);
        if (urn) {
            command = urn[1];
            // A secret has the first day of its time in its name.
            if (operation === "create") created.push(command.replace(/\d{4}-\d\d-\d\d$/, "DATE"));
        } else if (begun) operation = begun[1];
        // What the stack itself says stands behind what is done.
        else if (line === "--outputs:--") operation = "";
        else if (restart) restarts.push({ command, service: restart[1] });
        // The time of a restart stands in the document, too.
        else if (operation === "update" && property && !property[2].startsWith('"if started before')) changed.push({ resource: command, property: property[1], change: property[2] });
        else if (line === "Resources:") within = "resources";
        else if (opened?.[1].startsWith("drift seen ")) within = "drift";
        else if (within === "drift" && opened) key = opened[1];
        else if (within === "drift" && value && key) drift.push({ command, key, name: value[1], change: value[2] });
        else if (within === "drift" && line === "}") [within, key] = key ? [within, ""] : ["", ""];
        else if (within === "resources" && count) counts[count[2]] = Number(count[1]);
    }
    return { drift, created, changed, restarts, foreign: readForeign(text), counts };
}

/**
 * The ids of the credentials that a preview or an update warns of, because the program did not make them.
 * @param {string} text output of `pulumi preview` or `pulumi up`
 */
export function readForeign(text) {
    return [...text.matchAll(/^ +(?:secret|certificate|federated credential) (\S+) "/gm)].map(([, id]) => id);
}

/**
 * Compares the credentials that are warned of with those that were added.
 * @param {string[]} found
 * @param {string[]} expected
 * @returns {string[]} one line a difference
 */
export function foreignProblems(found, expected) {
    return differences(found, expected, (id) => `foreign credential ${id}`);
}

/**
 * Compares what a preview shows with what was done.
 * @param {ReturnType<typeof readPreview>} preview
 * @param {Omit<ReturnType<typeof readPreview>, "counts">} expected
 * @returns {string[]} one line a difference; empty where it shows exactly that
 */
export function previewProblems({ drift, created, changed, restarts, foreign, counts }, expected) {
    const updated = [...[...expected.drift, ...expected.restarts].map(({ command }) => command), ...expected.changed.map(({ resource }) => resource)];
    const wanted = { update: new Set(updated).size, create: expected.created.length };
    const others = Object.entries(counts).filter(([word]) => word !== "unchanged" && !(word in wanted));
    return [
        ...differences(drift, expected.drift, ({ command, key, name, change }) => `${command}: ${key}\\\\${name}: ${change}`),
        ...differences(created, expected.created, (name) => `${name} to create`),
        ...differences(changed, expected.changed, ({ resource, property, change }) => `${resource}: ${property}: ${change}`),
        ...differences(restarts, expected.restarts, ({ command, service }) => `${command}: restart of ${service}`),
        ...foreignProblems(foreign, expected.foreign),
        ...Object.entries(wanted).flatMap(([word, count]) =>
            (counts[word] ?? 0) === count ? [] : [`${counts[word] ?? 0} resources to ${word} instead of ${count}`],
        ),
        ...others.map(([word, count]) => `${count} resources to ${word}`),
    ];
}

function differences(found, expected, line) {
    const shown = found.map(line);
    const wanted = expected.map(line);
    return [
        ...wanted.filter((one) => !shown.includes(one)).map((one) => `not shown: ${one}`),
        ...shown.filter((one, at) => !wanted.includes(one) || shown.indexOf(one) !== at).map((one) => `shown, but nobody did it: ${one}`),
    ];
}
