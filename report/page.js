// @ts-check
// The script of the page that html.ts makes. It stands in the page as it is here; all that it shows becomes text, never markup.
"use strict";
(() => {
    /** @typedef {import("./html").Cell & { text?: string }} Cell */
    /** @type {import("./html").Page} */
    const page = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("data")).textContent || "");

    /** Rows that are drawn at first, and up to which every group is open. */
    const [atFirst, few] = [200, 40];
    /** Letter of a state: colour alone tells nothing to some. @type {Record<string, string>} */
    const letters = { drifted: "D", unknown: "?", failing: "F", pending: "P", enforced: "E", compliant: "ok", healthy: "ok" };
    /** Rows and columns that an arrow goes. @type {Record<string, [number, number]>} */
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const well = ["enforced", "compliant", "healthy"];
    const rowCount = page.groups.reduce((total, { rows }) => total + rows.length, 0);
    const off = new Set(page.groups.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.filter(({ state }) => !well.includes(state)).map(({ host }) => host))));
    const lost = new Set(page.groups[0].rows.flatMap(({ cells }) => cells.filter(({ state }) => state === "unknown").map(({ host }) => host)));
    const view = { words: /** @type {string[]} */ ([]), everyHost: off.size === 0, most: atFirst, toggled: /** @type {Set<number>} */ (new Set()) };
    /** @type {HTMLElement | undefined} */
    let chosen;

    /**
     * @param {string} tag
     * @param {Record<string, string>} attributes
     * @param {(Node | string)[]} children
     */
    function make(tag, attributes = {}, ...children) {
        const made = document.createElement(tag);
        Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
        made.append(...children);
        return made;
    }

    /**
     * @param {Record<string, string>} attributes
     * @param {string} text
     * @param {(event: Event) => void} act
     */
    function button(attributes, text, act) {
        const made = make("button", { type: "button", ...attributes }, text);
        made.addEventListener("click", act);
        return made;
    }

    /**
     * @param {string} title
     * @param {string} name
     * @param {Cell} cell
     */
    function matches(title, name, cell) {
        const facts = cell.facts.map((fact) => fact.join(" "));
        cell.text ??= [page.hosts[cell.host], title, name, cell.state, ...facts].join("\n").toLowerCase();
        return view.words.every((word) => cell.text?.includes(word));
    }

    /** What the filter leaves: of every group the rows, of every row the cells. */
    function shownGroups() {
        const groups = page.groups.map(({ title, rows }, index) => {
            const left = rows.map(({ name, cells }) => ({ name, cells: cells.filter((cell) => matches(title, name, cell)) }));
            return { title, index, rows: left.filter(({ cells }) => cells.length > 0) };
        });
        return groups.filter(({ rows }) => rows.length > 0);
    }

    const details = make("section", { id: "details", "aria-label": "Details", "aria-live": "polite", hidden: "" });
    const table = make("table", { "aria-label": "Hosts across, settings down" });
    const more = make("p", { class: "more" });

    function close() {
        chosen?.setAttribute("aria-expanded", "false");
        details.hidden = true;
    }

    /**
     * @param {HTMLElement} source
     * @param {string} where
     * @param {Cell} cell
     */
    function open(source, where, cell) {
        const again = chosen === source && !details.hidden;
        close();
        chosen = source;
        if (again) {
            return;
        }
        source.setAttribute("aria-expanded", "true");
        const facts = cell.facts.flatMap(([label, text]) => [make("dt", {}, label), make("dd", {}, text)]);
        const dismiss = button({ class: "close" }, "Close", () => {
            close();
            source.focus();
        });
        details.replaceChildren(dismiss, make("h2", {}, `${page.hosts[cell.host]}: ${cell.state}`), make("p", {}, where), make("dl", {}, ...facts));
        // Never over the cell itself.
        details.classList.toggle("left", source.getBoundingClientRect().left > innerWidth / 2);
        details.hidden = false;
    }

    /**
     * @param {string} title
     * @param {string} name
     * @param {Cell[]} cells
     * @param {number[]} hosts
     * @param {boolean} ofStates
     */
    function row(title, name, cells, hosts, ofStates) {
        const byHost = new Map(cells.map((cell) => [cell.host, cell]));
        const drawn = hosts.map((host) => {
            const cell = byHost.get(host);
            if (cell === undefined) {
                return lost.has(host) && !ofStates ? make("td", { class: "unknown", title: "not everything of this host is known" }, "?") : make("td");
            }
            const where = ofStates ? name : `${title}\\${name}`;
            const label = `${page.hosts[host]}, ${where}: ${cell.state}`;
            const attributes = { class: cell.state, "aria-label": label, title: label, "aria-expanded": "false", "aria-controls": "details" };
            const made = button(attributes, letters[cell.state] ?? cell.state, () => open(made, where, cell));
            return make("td", {}, made);
        });
        return make("tr", {}, make("th", { scope: "row" }, name), ...drawn);
    }

    function draw() {
        const focused = document.activeElement?.id;
        close();
        const groups = shownGroups();
        const found = new Set(groups.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.map(({ host }) => host))));
        const hosts = [...page.hosts.keys()].filter((host) => (view.words.length > 0 ? found.has(host) : view.everyHost || off.has(host)));
        let room = view.most;
        const bodies = groups.map(({ title, index, rows: all }) => {
            // None that is empty because its hosts are folded.
            const rows = all.filter(({ cells }) => cells.some((cell) => hosts.includes(cell.host)));
            const isOpen = (view.words.length > 0 || rowCount <= few || index === 0) !== view.toggled.has(index);
            const toggle = button({ id: `group${index}`, "aria-expanded": `${isOpen}`, "aria-controls": `rows${index}` }, `${title} (${rows.length})`, () => {
                view.toggled.delete(index) || view.toggled.add(index);
                draw();
            });
            const counts = hosts.map((host) => {
                const many = rows.filter(({ cells }) => cells.some((cell) => cell.host === host && !well.includes(cell.state))).length;
                return make("td", {}, many > 0 ? `${many}` : "");
            });
            const drawn = isOpen ? rows.slice(0, room) : [];
            room -= drawn.length;
            const lines = drawn.map(({ name, cells }) => row(title, name, cells, hosts, index === 0));
            return make("tbody", { id: `rows${index}` }, make("tr", { class: "group" }, make("th", { scope: "rowgroup" }, toggle), ...counts), ...lines);
        });
        const heads = hosts.map((host) => make("th", { scope: "col" }, make("span", {}, page.hosts[host] ?? "")));
        table.replaceChildren(make("thead", {}, make("tr", {}, make("th", { scope: "col" }, groups.length === 0 ? "Nothing matches" : "Setting"), ...heads)), ...bodies);
        table.classList.toggle("many", hosts.length > 6);
        more.replaceChildren(...(room > 0 ? [] : [button({ id: "more" }, "Show more settings", () => {
            view.most *= 5;
            draw();
        })]));
        document.getElementById(focused || "none")?.focus();
    }

    /** Arrows lead from cell to cell. @param {KeyboardEvent} event */
    function onKey(event) {
        const cell = event.target instanceof HTMLElement ? event.target.closest("td") : null;
        const step = steps[event.key];
        if (cell === null || step === undefined) {
            return;
        }
        event.preventDefault();
        const rows = [...table.querySelectorAll("tr")];
        let [down, across] = [rows.indexOf(/** @type {HTMLTableRowElement} */ (cell.parentElement)), cell.cellIndex];
        do {
            [down, across] = [down + step[0], across + step[1]];
            const next = rows[down]?.cells[across]?.querySelector("button");
            if (next && across > 0) {
                next.focus();
                return;
            }
        } while (rows[down]?.cells[across] && across > 0);
    }

    /**
     * @param {string} title
     * @param {string[]} texts
     * @param {boolean} isOpen
     */
    function messages(title, texts, isOpen) {
        const list = make("details", isOpen ? { open: "" } : {}, make("summary", {}, `${title} (${texts.length})`), ...texts.map((text) => make("pre", {}, text)));
        return texts.length === 0 ? [] : [list];
    }

    const filter = /** @type {HTMLInputElement} */ (make("input", { type: "search", id: "filter", autocomplete: "off" }));
    filter.addEventListener("input", () => {
        view.words = filter.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
        view.toggled.clear();
        view.most = atFirst;
        draw();
    });
    const everyHost = button({ id: "hosts", "aria-pressed": "false" }, `Also hosts that are well (${page.hosts.length - off.size})`, () => {
        view.everyHost = !view.everyHost;
        everyHost.setAttribute("aria-pressed", `${view.everyHost}`);
        draw();
    });
    const tools = make("p", { class: "tools" }, make("label", { for: "filter" }, "Filter "), filter, ...(off.size > 0 && off.size < page.hosts.length ? [everyHost] : []));
    const legend = make("p", { class: "legend" }, ...Object.entries(letters).slice(0, 6).flatMap(([state, letter]) => {
        return [make("span", { class: state }, letter), ` ${state === "compliant" ? "compliant or healthy" : state} `];
    }));
    table.addEventListener("keydown", onKey);
    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !details.hidden) {
            close();
            chosen?.focus();
        }
    });
    document.title = `${page.stack}: ${page.summary}`;
    document.body.append(
        make("h1", {}, `Stack ${page.stack}`),
        make("p", {}, `${page.summary}. Seen at ${page.createdAt}.`),
        ...messages("Errors", page.errors, true),
        ...messages("Written, not in force before a reboot", page.pending, false),
        ...messages("Warnings", page.warnings, false),
        tools,
        legend,
        make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" }, table),
        more,
        details,
    );
    draw();
})();
