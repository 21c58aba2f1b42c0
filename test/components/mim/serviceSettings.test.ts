import assert from "node:assert/strict";
import { mim, windows } from "../../../index";
import type { Product } from "../../../drift/types";
import { hostArgs } from "../support/hostArgs";
import { installMocks, valueOf, type MockOptions } from "../support/mocks";

const product = "Microsoft Identity Manager Service and Portal";
const key = "HKLM\\SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const ids = { applicationId: "6b0e8a0c-1111-4222-8333-444455556666", tenantId: "0f0f0f0f-1111-4222-8333-444455556666" };
const installed = (...versions: string[]): Record<string, Product[]> => ({ [product]: versions.map((version) => ({ code: `{${version}}`, version, view: "64", uninstallString: "" })) });

async function build(options: MockOptions, args: Partial<mim.ServiceSettingsArgs> = {}) {
    const recorded = await installMocks({ products: installed("4.6.673.0"), ...options });
    const settings = new mim.ServiceSettings("mim-mail", { host: new windows.Host("mim01", hostArgs), ...ids, ...args });
    const command = await recorded.one("command:remote:Command", "mim-mail-mim01-mim-mail");
    return { recorded, settings, document: JSON.parse(command.inputs["stdin"]) };
}

describe("ServiceSettings", () => {
    it("declares both ids as texts where there are none, and asks for the product in the same look", async () => {
        const { recorded, settings, document } = await build({});
        assert.deepEqual(document.desired, { [key]: { ExchangeOnlineApplicationID: `string:${ids.applicationId}`, ExchangeOnlineTenantID: `string:${ids.tenantId}` } });
        assert.deepEqual(recorded.asked.map(({ request }) => request.products), [[product]]);
        assert.deepEqual(recorded.asked[0]!.request.services, ["FIMService"]);
        assert.equal(await valueOf(settings.state), "drifted");
    });

    it("keeps the type that setup chose, and letters that mean the same", async () => {
        const found = { [`${key}\\\\ExchangeOnlineApplicationID`]: `string:${ids.applicationId.toUpperCase()}`, [`${key}\\\\ExchangeOnlineTenantID`]: "expand:another" };
        const { settings, document } = await build({ found });
        assert.deepEqual(document.desired[key], { ExchangeOnlineApplicationID: `string:${ids.applicationId.toUpperCase()}`, ExchangeOnlineTenantID: `expand:${ids.tenantId}` });
        assert.deepEqual(await valueOf(settings.drift), { [`${key}\\\\ExchangeOnlineTenantID`]: { found: "expand:another", desired: `expand:${ids.tenantId}` } });
    });

    const refused: [what: string, products: MockOptions["products"], says: RegExp][] = [
        ["the product is not installed", installed(), /is not installed on this host/],
        ["it is there twice", installed("4.6.673.0", "4.6.421.0"), /is there 2 times: 4\.6\.673\.0 .*4\.6\.421\.0/],
        ["it is too old", installed("4.4.1302.0"), /4\.4\.1302\.0 cannot send mail by application context: .*4\.6\.421\.0/],
        ["nobody may look", { [product]: "unknown:denied" }, /cannot tell whether .* is installed: denied/],
        ["an older module answers", undefined, /too old to answer it; deploy/],
    ];
    for (const [what, products, says] of refused) {
        it(`nothing is enforced where ${what}`, async () => {
            const { recorded, settings, document } = await build({ products });
            assert.ok("not observed" in document);
            assert.equal(await valueOf(settings.state), "unknown");
            assert.match(recorded.failures.join("\n"), says);
        });
    }

    it("an id that is none is refused with what was received", () => {
        const make = () => new mim.ServiceSettings("x", { host: new windows.Host("mim02", hostArgs), ...ids, tenantId: "contoso.com" });
        assert.throws(make, /tenantId: must be a GUID; received a text of 11 characters/);
    });
});
