// The page in a browser: what is clicked, typed and seen.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackReport } from "../../components/report";
import { htmlOf } from "../../report/html";
import { withSince } from "../../report/json";
import { skip } from "../support/skip";
import { findChromium, openTab, type Tab } from "./support/chromium";
import { component, createdAt, drifted, hostile, large, mixed, reportOf } from "./support/reports";

describe("report in a browser", function () {
    this.timeout(60_000);
    let tab: Tab;
    const folder = mkdtempSync(join(tmpdir(), "report-page-"));

    before(async function () {
        const chromium = findChromium();
        if (chromium === undefined) {
            skip(this, "no Chromium: neither the variable CHROMIUM nor PATH names one");
        }
        tab = await openTab(chromium);
    });
    after(async () => {
        await tab?.close();
        rmSync(folder, { recursive: true });
    });

    async function show(report: StackReport, html = htmlOf("prod", withSince(report, undefined, createdAt), { createdAt })): Promise<void> {
        const file = join(folder, "report.html");
        writeFileSync(file, html);
        await tab.open(file);
    }

    const texts = (selector: string) => tab.evaluate<string[]>(`[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent)`);
    const details = () => tab.evaluate<string | null>('((one) => one.hidden ? null : one.textContent)(document.getElementById("details"))');
    const focused = () => tab.evaluate<string | null>('document.activeElement.getAttribute("aria-label")');
    const expanded = () => tab.evaluate<number>('document.querySelectorAll("td button[aria-expanded=true]").length');
    const rows = () => tab.evaluate<number>('document.querySelectorAll("th[scope=row]").length');
    const tls = 'document.querySelector("td button[aria-label^=mim01][aria-label*=TLS]")';

    it("shows every text as it is, and nothing of it acts", async () => {
        await show(mixed());
        const shown = await texts("th[scope=row]");
        assert.deepEqual(hostile.filter((one) => !/\p{C}/u.test(one) && !shown.includes(one)), []);
        assert.equal(await tab.evaluate('document.querySelectorAll("img, a, iframe, link").length'), 0);
        assert.deepEqual([await tab.evaluate("document.title"), tab.said], ["prod: 4 hosts, 22 drifted values, 1 failing, 1 unknown, 1 error", []]);
        assert.deepEqual(await texts("pre"), ["mim03: does not answer\n```\n@everyone </details>", "mim04 d", mixed().warnings[0]]);
        assert.deepEqual(await texts("summary"), ["Errors (1)", "Written, not in force before a reboot (1)", "Warnings (1)"]);
    });

    it("has a policy that holds: what was put into the page does not run, and is noticed here", async () => {
        const html = htmlOf("prod", mixed(), { createdAt }).replace("</noscript>", "</noscript><img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>");
        await show(mixed(), html);
        assert.notEqual(await tab.evaluate("document.title"), "run");
        assert.ok(tab.said.some((one) => /Content Security Policy/.test(one)), tab.said.join("\n"));
    });

    it("shows at a click before, after, meaning, since when and by which stack; Escape closes it", async () => {
        await show(mixed());
        assert.deepEqual([await details(), await expanded()], [null, 0]);
        await tab.evaluate(`${tls}.click()`);
        assert.match((await details())!, /mim01: drifted.*Enabled.*Founddword:1Declareddword:0MeaningTLS 1\.0, server: enabled -> disabledSeen so since2026-11-29 20:00 UTCComponenta .*Stackprod of the project lab$/);
        assert.equal(await expanded(), 1);
        await tab.press("Escape", 27);
        assert.deepEqual([await details(), await expanded()], [null, 0]);
    });

    it("never shows it over the cell that it is about", async () => {
        await show(large(false));
        for (const host of ["mim01", "mim25", "mim50"]) {
            const overlaps = await tab.evaluate(`(() => {
                const cell = document.querySelector("td button[aria-label^=${host}][aria-label*='Setting 19']");
                cell.focus();
                cell.click();
                const [a, b] = [cell, document.getElementById("details")].map((one) => one.getBoundingClientRect());
                return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
            })()`);
            assert.deepEqual([overlaps, (await details())!.startsWith(`Close${host}: drifted`)], [false, true], host);
        }
    });

    it("is used by keyboard: Enter opens, arrows lead on, the focus is seen", async () => {
        await show(mixed());
        await tab.evaluate(`${tls}.focus()`);
        await tab.press("Enter", 13, "\r");
        assert.match((await details())!, /^Closemim01: drifted/);
        await tab.press("ArrowRight", 39);
        assert.match((await focused())!, /^mim02, .*TLS 1\.0.*: drifted$/);
        await tab.press("ArrowUp", 38);
        assert.equal(await focused(), "mim02, windows.RegistryValues: drifted");
        assert.notEqual(await tab.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "none");
        await tab.press("Tab", 9);
        assert.equal(await focused(), "mim03, windows.RegistryValues: unknown");
    });

    it("tells states by a letter, says what it cannot know, and leaves out hosts that are well until asked", async () => {
        await show(mixed());
        assert.deepEqual(await texts("thead th"), ["Setting", "(no server)", "mim01", "mim02", "mim03"]);
        const row = (name: string) => tab.evaluate(`[...document.querySelectorAll("th[scope=row]")].find((one) => one.textContent === ${JSON.stringify(name)}).parentElement.innerText.split("\\t")`);
        assert.deepEqual(await row("windows.RegistryValues"), ["windows.RegistryValues", "", "D", "D", "?"]);
        assert.deepEqual(await row("Enabled"), ["Enabled", "", "D", "D", "?"]);
        await tab.evaluate('document.getElementById("hosts").click()');
        assert.deepEqual(await row("windows.RegistryValues"), ["windows.RegistryValues", "", "D", "D", "?", "ok"]);
    });

    it("has no row whose hosts are all folded", async () => {
        await show(reportOf([...large(true).components, component("mail", { type: "entra.MailApplication" })]));
        assert.ok(!(await texts("th[scope=row]")).includes("entra.MailApplication"));
        await tab.evaluate('document.getElementById("hosts").click()');
        assert.ok((await texts("th[scope=row]")).includes("entra.MailApplication"));
    });

    it("is filtered by host and by setting", async () => {
        await show(large(false));
        const filter = (text: string) => tab.evaluate(`((box) => { box.value = ${JSON.stringify(text)}; box.dispatchEvent(new Event("input")); })(document.getElementById("filter"))`);
        await filter("MIM07 19");
        assert.deepEqual([await texts("thead th"), await rows()], [["Setting", "mim07"], 1]);
        await filter("no such thing");
        assert.deepEqual([await texts("thead th"), await rows()], [["Nothing matches"], 0]);
    });

    it("folds long lists", async () => {
        const values = (key: number) => Array.from({ length: 150 }, (_, at): [string, string, string, string] => [`HKLM\\SOFTWARE\\K${key}`, `V${at}`, "dword:1", "absent"]);
        await show(reportOf([drifted("a", "mim01", [...values(1), ...values(2)]), component("b", { host: "mim02" })]));
        const toggle = (index: number) => tab.evaluate(`document.getElementById("group${index}").click()`);
        assert.equal(await rows(), 1);
        await toggle(1);
        assert.deepEqual([await rows(), await tab.evaluate('document.getElementById("group1").ariaExpanded')], [151, "true"]);
        await toggle(2);
        assert.equal(await rows(), 200);
        await tab.evaluate('document.getElementById("more").click()');
        assert.equal(await rows(), 301);
        await toggle(1);
        assert.equal(await rows(), 151);
    });

    it("can be read in light and in dark: 4.5 to 1 for every text", async () => {
        const contrasts = `(() => {
            const parts = (color) => color.match(/[\\d.]+/g).map(Number);
            const light = (color) => { const [r, g, b] = parts(color).map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4)); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
            const behind = (one) => { const { backgroundColor } = getComputedStyle(one); return parts(backgroundColor)[3] === 0 ? behind(one.parentElement) : backgroundColor; };
            const texts = [...document.body.querySelectorAll("*")].filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "") && one.checkVisibility());
            return texts.map((one) => { const [a, b] = [light(getComputedStyle(one).color), light(behind(one))].sort((a, b) => b - a); return [(a + 0.05) / (b + 0.05), one.textContent.slice(0, 30)]; });
        })()`;
        const pages: string[] = [];
        for (const scheme of ["light", "dark"] as const) {
            await tab.prefer(scheme);
            await show(mixed());
            await tab.evaluate(`${tls}.click()`);
            const found = await tab.evaluate<[number, string][]>(contrasts);
            assert.ok(found.length > 50, `${found.length} texts`);
            assert.deepEqual(found.filter(([contrast]) => !(contrast >= 4.5)), [], scheme);
            pages.push(await tab.evaluate("getComputedStyle(document.body).backgroundColor"));
        }
        assert.deepEqual(pages, ["rgb(255, 255, 255)", "rgb(15, 19, 24)"]);
    });
});
