// Docstrings as Markdown.

export const heading = (title) => `### ${title}`;
export const link = (title) => `[${title}](#${title.toLowerCase().replace(".", "")})`;
export const table = (head, rows) => [head, head.replace(/[^|]+/g, "---"), ...rows].join("\n");

/** Lines are broken for the source only; an empty one ends a paragraph. */
export const prose = (text) => text.replace(/(?<!\n)\n(?!\n)/g, " ");
export const cell = (text) => prose(text).replaceAll("|", "\\|").replace(/\n+/g, " ");

/**
 * What a docstring says of the default, and the rest; all of it where that sentence says more.
 * @param {string} text
 * @returns {{ text: string, byDefault: string }}
 */
export function splitDefault(text) {
    const [sentence, said, end] = /(?:Default|By default):? ((?:`[^`]*`|[^.;:`])+)([.;:]|$)/.exec(text) ?? [];
    if (said === undefined) return { text, byDefault: "none" };
    if (end !== "." || said.length > 75) return { text, byDefault: said.split(",")[0] };
    return { text: text.replace(sentence, "").replace(/ {2}/g, " ").trim(), byDefault: said };
}
