import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { condenseUpdate } from "./condense.mjs";
import { StepFailure } from "./steps.mjs";

const name = "<I>CN=Contoso Issuing CA<S>CN=mail.contoso.com";
const brief = (output) => condenseUpdate(output, 5);
/** Of a preview that ends with an error what it says of mail. */
const cause = (output) => `${output.slice(output.indexOf("Diagnostics:")).split("\n").filter((line) => /NoCredentials|two match/.test(line)).map((line) => line.trim()).join("\n")}\n`;

/**
 * Mail that is stuck because somebody renewed a certificate and forgot its key: the preview names it, the update takes that one away, and mail flows.
 * @param {ReturnType<typeof import("./steps.mjs").createSteps>} steps
 * @param {string} root the repository
 * @param {string} folder the lab's
 */
export async function exchangeStory({ lab, show }, root, folder) {
    const file = join(folder, "exchange.yaml");
    const declare = (...more) => {
        const settings = ["transport:", "  server: exch01", `  tlsName: ${name}`, ...more.map((line) => `  ${line}`)].map((line, at) => (at === 0 ? `  hybrid-identity:${line}\n` : `  ${line}\n`));
        writeFileSync(file, readFileSync(join(root, "stacks/Pulumi.dev.yaml"), "utf8").replace(/^config:\r?\n/m, `$&${settings.join("")}`));
    };
    const pulumi = (verb, options, ...more) => lab(["pulumi", verb, ...more, "--stack", "dev", "--color", "never", "--config-file", file], options);
    const shown = async (...args) => {
        show(`npm run lab -- ${args.join(" ")}\n`);
        return lab(args);
    };
    const expect = (said, pattern, what) => {
        if (!pattern.test(said)) throw new StepFailure(`${what}:\n${said}`);
    };
    declare();
    expect(await shown("mail", "exch01"), /sent; logged/, "Mail had to leave the server");
    show("pulumi up, with the certificate and the protocol logs declared\n");
    await pulumi("up", { select: brief }, "--yes", "--skip-preview");
    const certificates = await shown("certificate", "exch01", "twin");
    expect(await shown("mail", "exch01", "3"), /stuck in the queue/, "Mail had to be stuck");
    show("pulumi preview\n");
    const [, twin = ""] = /([0-9A-F]{40}).*key none/.exec(certificates) ?? [];
    expect(await pulumi("preview", { select: cause, mayFail: true }), new RegExp(`NoCredentials[^]*${twin}|two match: ${twin}`), `The preview had to name ${twin}`);
    declare(`remove: "${twin}"`);
    show(`pulumi up, which may remove ${twin}\n`);
    await pulumi("up", { select: brief }, "--yes", "--skip-preview");
    expect(await shown("mail", "exch01"), /sent; logged/, "Mail had to leave the server again");
}
