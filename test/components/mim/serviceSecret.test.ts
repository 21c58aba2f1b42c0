import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { mim, windows } from "../../../index";
import { withoutSecrets } from "../../../drift/secretLine";
import type { Product } from "../../../drift/types";
import { hostArgs } from "../support/hostArgs";
import { installMocks, valueOf, type MockOptions } from "../support/mocks";

const product = "Microsoft Identity Manager Service and Portal";
const keyId = "aaaaaaaa-0000-4000-8000-000000000001";
const id = "MIM\\ExchangeOnline\\\\ClientSecretKeyId";
const installed = (...versions: string[]): Record<string, Product[]> => ({ [product]: versions.map((version) => ({ code: `{${version}}`, version, view: "64", uninstallString: "" })) });

async function build(options: MockOptions, args: Partial<mim.ServiceSecretArgs> = {}) {
    const recorded = await installMocks({ products: installed("4.6.673.0"), ...options });
    const secret = new mim.ServiceSecret("secret", { host: new windows.Host("mim01", hostArgs), keyId, clientSecret: "one~8Q", ...args });
    const command = await recorded.one("command:remote:Command", "secret-mim01-secret");
    assert.ok(pulumi.runtime.isRpcSecret(command.inputs["stdin"]), "stdin is no secret");
    const stdin = String(pulumi.runtime.unwrapRpcSecret(command.inputs["stdin"]));
    return { recorded, secret, stdin, document: JSON.parse(withoutSecrets(stdin)) };
}

describe("ServiceSecret", () => {
    it("declares the key id, and puts the secret before the document and nowhere into it", async () => {
        const { recorded, secret, stdin, document } = await build({}, { accountPassword: pulumi.secret("p\u00e4ss") });
        assert.equal(stdin.split("\n")[0], 'HYBRID-IDENTITY-SECRETS {"clientSecret":"one~8Q","accountPassword":"p\\u00e4ss"}');
        assert.deepEqual(document.desired, { "MIM\\ExchangeOnline": { ClientSecretKeyId: `string:${keyId}` } });
        assert.doesNotMatch(JSON.stringify(document), /one~8Q|accountPassword/);
        assert.deepEqual(recorded.asked.map(({ request }) => [request.products, request.services]), [[[product], ["FIMService"]]]);
        assert.deepEqual([await valueOf(secret.state), await valueOf(secret.keyId)], ["drifted", keyId]);
        assert.doesNotMatch([...recorded.warnings, ...recorded.infos].join("\n"), /one~8Q/);
    });

    it("shows what is there by its key id, or as a secret of somebody else", async () => {
        const other = `string:sha256:${"0".repeat(64)}`;
        const { secret, recorded } = await build({ found: { [id]: other } });
        assert.deepEqual(await valueOf(secret.drift), { [id]: { found: other, desired: `string:${keyId}` } });
        assert.match(recorded.warnings.join("\n"), /client secret of the MIM Service: a secret that this program did not put there -> aaaaaaaa/);
        assert.equal(await valueOf((await build({ found: { [id]: `string:${keyId}` } })).secret.state), "compliant");
    });

    for (const [what, products, says] of [
        ["the product is not installed", installed(), /is not installed on this host/],
        ["it is too old", installed("4.4.1302.0"), /cannot send mail by application context/],
        ["an older module answers", undefined, /too old to answer it; deploy/],
    ] as const) {
        it(`nothing is enforced where ${what}`, async () => {
            const { recorded, secret, document } = await build({ products });
            assert.ok("not observed" in document);
            assert.equal(await valueOf(secret.state), "unknown");
            assert.match(recorded.failures.join("\n"), says);
        });
    }

    it("what cannot be one is refused while the program is built, or once it is known, and is not shown", async () => {
        const make = (args: object) => () => new mim.ServiceSecret("x", { host: new windows.Host("mim02", { ...hostArgs, address: "mim02" }), keyId, clientSecret: "one~8Q", ...args });
        assert.throws(make({ keyId: "mine" }), /keyId: must be a GUID/);
        assert.throws(make({ clientSecret: "one~8Q\n" }), (error: Error) => /clientSecret: must be a text of 1 to 1000/.test(error.message) && !error.message.includes("one~8Q"));
        assert.throws(make({ clientSecret: 7 }), /clientSecret: must be a text; received something else/);
        assert.throws(make({ accountPassword: "" }), /accountPassword: must be a text.*an empty text/);
        const { recorded, document } = await build({}, { clientSecret: pulumi.output("") });
        assert.ok("not observed" in document);
        assert.match(recorded.failures.join("\n"), /clientSecret: must be a text of 1 to 1000 characters/);
    });

    it("what stays unknown in a preview is not waited for, and the drift is shown all the same", async () => {
        const Made = pulumi.Output as unknown as new (...members: unknown[]) => pulumi.Output<string>;
        const unknown = new Made([], ...[undefined, false, true, []].map((one) => Promise.resolve(one)));
        const recorded = await installMocks({ products: installed("4.6.673.0"), preview: true });
        const secret = new mim.ServiceSecret("secret", { host: new windows.Host("mim01", hostArgs), keyId, clientSecret: unknown });
        assert.equal(await valueOf(secret.state), "drifted");
        assert.deepEqual(recorded.failures, []);
    });
});
