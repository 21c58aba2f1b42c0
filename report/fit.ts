import { count } from "./summary";

/** Lines that belong together, and how many of what the section counts they tell. */
export interface Item {
    text: string;
    counts: number;
}

export interface Section {
    title: string;
    /** What it counts. */
    word: string;
    items: Item[];
    /** So many items stand there without a click. */
    open: number;
    /** The part of the limit that it may take, so that room stays for the next ones; 1 where undefined. */
    share?: number;
}

const end = "\n\n</details>";

/** Bytes that the last line and the end of a fold take at most. */
const reserve = 600;

/** The sections that have items, below the head: whole items only, as many as there is room for below the limit, and the count of the rest. */
export function fit(head: string, sections: Section[], limit: number): string {
    let text = head;
    let size = Buffer.byteLength(text);
    const left: string[] = [];
    const add = (more: string, most: number): boolean => {
        const needed = Buffer.byteLength(more);
        const fits = size + needed + reserve < most;
        [text, size] = fits ? [text + more, size + needed] : [text, size];
        return fits;
    };
    for (const { title, word, items, open, share = 1 } of sections) {
        const most = Math.min(limit, size + share * limit);
        const total = sum(items);
        let at = 0;
        const heading = `\n\n#### ${title}: ${count(total, word)}\n`;
        const fold = `${open === 0 ? "" : "\n"}\n<details><summary>${open === 0 ? "All" : "More"}</summary>\n`;
        // With its heading, which alone would say nothing.
        while (at < items.length && add(`${at === 0 ? heading : ""}${at === open ? fold : ""}\n${items[at]!.text}`, most)) {
            at++;
        }
        if (at > open) {
            text += end;
            size += end.length;
        }
        if (at < items.length) {
            left.push(count(sum(items.slice(at)), word));
        }
    }
    return `${text}\n${left.length === 0 ? "" : `\nNot shown for want of room: ${left.join(", ")}. All of it is in \`report.html\` and \`report.json\` of the artifact.\n`}`;
}

function sum(items: Item[]): number {
    return items.reduce((total, { counts }) => total + counts, 0);
}
