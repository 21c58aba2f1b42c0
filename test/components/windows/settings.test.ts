import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { refuseUnknownSettings } from "../../../components/internal/knownSettings";
import { stackSettings } from "../../../components/windows/host/settings";
import { entra, exchange } from "../../../index";
import { installMocks } from "../support/mocks";

describe("stack settings", () => {
    /** What is said of one setting of a project. */
    async function said(name: string, value: string, project = "shop"): Promise<string> {
        await installMocks({ config: { [`hybrid-identity:${name}`]: value, "other:skipHost": "x" } });
        pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, project, "test");
        try {
            refuseUnknownSettings();
            stackSettings();
            return "";
        } catch (error) {
            assert.ok(pulumi.RunError.isInstance(error), String(error));
            return error.message;
        }
    }

    const { provider } = JSON.parse(readFileSync(join(__dirname, "../../../provider/schema.json"), "utf8")) as { provider: { inputProperties: object } };
    for (const name of [...Object.keys(provider.inputProperties), "version", "pluginDownloadURL", "takeOverFrom"]) {
        it(`knows ${name}`, async () => assert.equal(await said(name, "x"), ""));
    }

    const table: [string, string | undefined][] = [
        ["skiphosts", "skipHosts"],
        ["skipHost", "skipHosts"],
        ["ofline", "offline"],
        ["takeOver", "takeOverFrom"],
        ["clientid", "clientId"],
        ["skipHosts[0]", "skipHosts"],
        ["colour", undefined],
    ];
    for (const [name, like] of table) {
        it(`refuses ${name}`, async () => {
            const message = await said(name, "x");
            const meant = like === undefined ? "" : `; "${like}" is meant, perhaps`;
            assert.ok(message.startsWith(`hybrid-identity:${name} is no setting of this library${meant}.`), message);
            assert.match(message, /failWhenNotObserved, offline, organization, retiredHosts, skipHosts, takeOverFrom; of the provider .*tenantId/);
        });
    }

    it("in a project of this name refuses only what is one of them misspelt", async () => {
        assert.equal(await said("hosts", "[]", "hybrid-identity"), "");
        assert.equal(await said("mail", "{}", "hybrid-identity"), "");
        assert.equal(await said("onDestroy", "restore", "hybrid-identity"), "");
        assert.match(await said("skipHost", "[]", "hybrid-identity"), /"skipHosts" is meant, perhaps/);
    });

    it("is looked at by every component, not by hosts alone", async () => {
        await installMocks({ config: { "hybrid-identity:skipHost": "x" } });
        pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "shop", "test");
        const refused = /hybrid-identity:skipHost is no setting of this library; "skipHosts" is meant/;
        assert.throws(() => new entra.MailApplication("mim", { displayName: "MIM mail", mailboxScope: "separate" }), refused);
        assert.throws(() => new exchange.EwsAccess("ews", { clientId: "11111111-1111-4111-8111-111111111111" }), refused);
    });

    it("refuses a switch that is none, with what was received", async () => {
        assert.equal(await said("offline", "maybe"), 'hybrid-identity:offline must be true or false; received "maybe". Write: pulumi config set hybrid-identity:offline true');
        assert.match(await said("failWhenNotObserved", "yes"), /^hybrid-identity:failWhenNotObserved must be true or false; received "yes"/);
    });
});
