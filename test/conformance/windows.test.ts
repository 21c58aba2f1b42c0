import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { long } from "../support/random";
import { noWindowsHost, windowsHost } from "../support/windowsHost";
import { skip } from "../support/skip";
import { askerOn } from "./asker";
import { loadCases, type Need } from "./cases";
import { connect } from "./ssh";
import { closingLines, runSuite } from "./suite";

/** What the module decides by itself, whatever the registry: PowerShell on this system runs these in every test run, the host in a long one. */
const decided = /^(owners|takeover|handing-over|letting-go|lost-records|damaged-records|refusals|members): /;

/**
 * A client secret and setup have tests of their own there (test/powershell/encryption.test.ts, setup.test.ts); Wine, which is mostly the host, has no store for
 * certificates of the computer, and those are tried with real keys on this system (test/powershell/certificates.test.ts).
 */
const elsewhere: Need[] = ["tasks", "setup", "certificates"];

/** More would say that the suite looks in the wrong way, and not that the host lacks something. */
const mostSkipped = 5;

describe("conformance suite on a Windows host, over SSH", function () {
    this.timeout(1_800_000);

    it("passes, and leaves the host as it was", async function () {
        const target = windowsHost() ?? skip(this, noWindowsHost);
        const { exec, start, close } = await connect({ ...target, privateKey: readFileSync(target.privateKeyFile, "utf8") });
        try {
            const lines: string[] = [];
            const cases = loadCases().filter(each => (long || !decided.test(each.name)) && !each.needs?.some(need => elsewhere.includes(need)));
            assert.ok(cases.length >= 150, `${cases.length} cases are left`);
            const { powershell = "powershell.exe" } = target;
            const asker = await askerOn(start, powershell);
            assert.ok(asker, "PowerShell does not answer lines there");
            const count = await runSuite({ exec, asker, powershell, print: line => lines.push(line), cases });
            const skipped = lines.filter(line => line.startsWith("skipped"));
            console.log([lines[0], ...skipped, closingLines(count)[0]].map(line => `    ${line}`).join("\n"));
            assert.equal(count.failed, 0, lines.join("\n"));
            assert.ok(count.skipped <= mostSkipped, `${count.skipped} were skipped, more than ${mostSkipped}`);
        } finally {
            close();
        }
    });
});
