// Who has a right of its own to open mailboxes over EWS, and what a mailbox has switched off, as the pretend tenant tells them.
import * as assert from "node:assert/strict";
import { callExchange, callGraph } from "../../lab/tenant/client";
import { EXCHANGE_APP_ID } from "../../lab/tenant/seed";
import { AuthorizationError, NotFoundError } from "../../provider/clients/errors";
import { graphClient } from "../../provider/clients/graph";
import { cloudOf } from "../../provider/clients/cloud";
import { shared } from "../../provider/clients/shared";
import { settingsOf } from "../../provider/config";
import { ewsApplications } from "../../provider/functions/ewsApplications";
import { mailboxEws } from "../../provider/functions/mailboxEws";
import { Exchange } from "./support/exchange";

const fullAccess = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";

describe("functions exchange:ewsApplications and exchange:mailboxEws", function () {
    this.timeout(20_000);
    let exchange: Exchange;

    before(async () => (exchange = await Exchange.start()));
    beforeEach(() => exchange.reset());
    after(() => exchange.stop());

    const ask = () => {
        const settings = settingsOf({}, exchange.tenant.environment);
        const graph = graphClient(settings, shared(signal => cloudOf(settings, signal)));
        return ewsApplications.run({}, { ...exchange.context, graph });
    };

    async function make(displayName: string): Promise<{ appId: string; id: string }> {
        const { body: app } = await callGraph(exchange.tenant, "POST", "/v1.0/applications", { displayName });
        const { body } = await callGraph(exchange.tenant, "POST", "/v1.0/servicePrincipals", { appId: app["appId"] });
        return { appId: String(app["appId"]), id: String(body["id"]) };
    }

    it("lists who has the consent and who has a role, and nobody else", async () => {
        assert.deepEqual(await ask(), { applications: [] });
        const [archive, journal] = [await make("Archive"), await make("Journal"), await make("Nothing")];
        const resourceId = exchange.tenant.state.servicePrincipals.find(({ appId }) => appId === EXCHANGE_APP_ID)!.id;
        const given = { principalId: archive.id, resourceId, appRoleId: fullAccess };
        await callGraph(exchange.tenant, "POST", `/v1.0/servicePrincipals/${resourceId}/appRoleAssignedTo`, given);
        const run = async (cmdlet: string, parameters: object) => assert.equal((await callExchange(exchange.tenant, cmdlet, parameters)).status, 200);
        await run("New-ServicePrincipal", { AppId: journal.appId, ObjectId: journal.id, DisplayName: "Journal" });
        await run("New-ManagementRoleAssignment", { App: journal.id, Role: "Application EWS.AccessAsApp", RecipientGroupScope: "MIM mailboxes", Name: "ews", Force: true });
        await run("New-ManagementRoleAssignment", { App: journal.id, Role: "Application Mail.Read", RecipientGroupScope: "MIM mailboxes", Name: "mail", Force: true });
        exchange.newRun();
        const { applications } = await ask();
        const expected = [
            { appId: archive.appId, displayName: "Archive", right: "full_access_as_app" },
            { appId: journal.appId, displayName: "Journal", right: "Application EWS.AccessAsApp" },
        ];
        assert.deepEqual(applications, expected.sort((a, b) => (a.appId < b.appId ? -1 : 1)));
        exchange.tenant.behaviour.nextStatus(/appRoleAssignedTo/, 403);
        await assert.rejects(ask(), AuthorizationError);
    });

    it("tells what a mailbox has switched off, which blocks every application there and no other", async () => {
        const look = (mailbox: string) => mailboxEws.run({ mailbox }, exchange.context);
        const none = { ewsEnabled: "unset", userAgentPolicy: "none", allowedUserAgents: [], blockedUserAgents: [] };
        assert.deepEqual(await look("mim@contoso.example"), none);
        const { tenant } = exchange;
        const mim = tenant.state.exchange.recipients.find(({ Name }) => Name === "mim")!;
        const agents = { EwsApplicationAccessPolicy: "EnforceBlockList", EwsBlockList: ["MIM*"] };
        Object.assign(mim.clientAccess!, { EwsEnabled: false, ...agents });
        const told = { ...none, ewsEnabled: "false", userAgentPolicy: "EnforceBlockList", blockedUserAgents: ["MIM*"] };
        assert.deepEqual(await look("mim@contoso.example"), told);
        assert.deepEqual(["mim", "mim2"].map(mailbox => tenant.mayUseEws("a", { mailbox })), [false, true]);
        Object.assign(mim.clientAccess!, { EwsEnabled: null });
        assert.deepEqual(["MIM 4.6", "Other"].map(userAgent => tenant.mayUseEws("a", { mailbox: "mim", userAgent })), [false, true]);
        Object.assign(tenant.state.exchange.organization, { EwsApplicationAccessPolicy: "EnforceAllowList", EwsAllowList: ["Oth.r"] });
        assert.deepEqual(["Other", "Oth.r"].map(userAgent => tenant.mayUseEws("a", { userAgent })), [false, true]);
        await assert.rejects(look("nobody@contoso.example"), NotFoundError);
        assert.equal(mailboxEws.check({ mailbox: "" }).length, 1);
    });
});
