// Whether an application reaches a mailbox: the service's own test, by policy and by role.
import * as assert from "node:assert/strict";
import { AuthorizationError, NotFoundError } from "../../provider/clients/errors";
import { testMailboxAccess } from "../../provider/functions/testMailboxAccess";
import { accessPolicy } from "../../provider/resources/accessPolicy";
import { managementRoleAssignment } from "../../provider/resources/managementRoleAssignment";
import { managementScope } from "../../provider/resources/managementScope";
import { servicePrincipal } from "../../provider/resources/servicePrincipal";
import type { Properties } from "../../provider/values";
import { Exchange } from "./support/exchange";

const appId = "11111111-aaaa-4bbb-8ccc-000000000001";
const servicePrincipalId = "0a0a0a0a-0000-4000-8000-000000000001";

describe("function exchange:testMailboxAccess", function () {
    this.timeout(20_000);
    let exchange: Exchange;
    const ask = (method: string, mailbox: string, more: Properties = {}) =>
        testMailboxAccess.run({ appId, mailbox, method, ...more }, exchange.context);
    const byRole = (mailbox: string) => ask("rbac", mailbox, { servicePrincipalId });

    before(async () => {
        exchange = await Exchange.start();
        exchange.newRun();
        const { context } = exchange;
        const scope = { name: "MIM", recipientRestrictionFilter: "Name -eq 'mim'", exclusive: false };
        await servicePrincipal.create({ appId, objectId: servicePrincipalId }, context);
        await managementScope.create(scope, context);
        await managementScope.create({ ...scope, name: "Nobody", recipientRestrictionFilter: "Name -eq 'nobody'" }, context);
    });
    beforeEach(() => {
        exchange.reset();
        exchange.tenant.state.exchange.assignments = [];
    });
    after(() => exchange.stop());
    const assign = (role: string, customResourceScope: string) => {
        const inputs = { name: role + customResourceScope, role, app: servicePrincipalId, customResourceScope };
        return managementRoleAssignment.create(inputs, exchange.context);
    };

    it("by policy: granted in scope, denied outside", async () => {
        const inputs = { appId, accessRight: "RestrictAccess", policyScopeGroupId: "mim-mailboxes@contoso.example" };
        await accessPolicy.create(inputs, exchange.context);
        assert.deepEqual(await ask("accessPolicy", "mim@contoso.example"), { access: "granted", detail: "AccessCheckResult Granted" });
        assert.deepEqual(await ask("accessPolicy", "ceo@contoso.example"), { access: "denied", detail: "AccessCheckResult Denied" });
    });

    it("by role: only roles that open mailboxes to EWS count, and one that reaches the mailbox is enough", async () => {
        assert.equal((await byRole("mim@contoso.example"))["access"], "denied");
        await assign("Application Mail.Send", "MIM");
        assert.match(String((await byRole("mim@contoso.example"))["detail"]), /^no role that opens mailboxes to EWS/);
        assert.equal((await byRole("mim@contoso.example"))["access"], "denied");
        await assign("Application EWS.AccessAsApp", "Nobody");
        const detail = "Application EWS.AccessAsApp (Nobody): InScope False";
        assert.deepEqual(await byRole("mim@contoso.example"), { access: "denied", detail });
        await assign("Application Exchange Full Access", "MIM");
        assert.equal((await byRole("mim@contoso.example"))["access"], "granted");
        assert.equal((await byRole("ceo@contoso.example"))["access"], "denied");
    });

    it("what the service did not judge is not run", async () => {
        const row = { RoleName: "Application EWS.AccessAsApp", AllowedResourceScope: "MIM" };
        const rows = (...results: unknown[]) => JSON.stringify({ value: results.map(InScope => ({ ...row, InScope })) });
        for (const [results, access] of [
            [["Not Run"], "notRun"],
            [["False", "Not Run"], "notRun"],
            [["Not Run", "True"], "granted"],
            [[true], "granted"],
            [[false, "False"], "denied"],
            [["Perhaps"], "notRun"],
        ] as const) {
            exchange.tenant.behaviour.nextCmdlet("Test-ServicePrincipalAuthorization", 200, { plain: rows(...results) });
            assert.equal((await byRole("mim@contoso.example"))["access"], access, JSON.stringify(results));
        }
        exchange.tenant.behaviour.nextCmdlet("Test-ApplicationAccessPolicy", 200, { plain: '{"value":[]}' });
        assert.deepEqual(await ask("accessPolicy", "mim@contoso.example"), { access: "notRun", detail: "the service gave no result" });
    });

    it("an application that Exchange Online does not know is denied; a mailbox that is not there is an error", async () => {
        const unknownId = "0a0a0a0a-0000-4000-8000-00000000dead";
        const { access, detail } = await ask("rbac", "mim@contoso.example", { servicePrincipalId: unknownId });
        assert.deepEqual([access, detail], ["denied", `Exchange Online does not know the enterprise application ${unknownId}`]);
        await assert.rejects(byRole("nobody@contoso.example"), NotFoundError);
        await assert.rejects(ask("accessPolicy", "nobody@contoso.example"), NotFoundError);
    });

    it("a refusal is no denial", async () => {
        const methods = { "Test-ApplicationAccessPolicy": "accessPolicy", "Test-ServicePrincipalAuthorization": "rbac" };
        for (const [cmdlet, method] of Object.entries(methods)) {
            exchange.tenant.behaviour.nextCmdlet(cmdlet, 403, { plain: "\0\0" });
            await assert.rejects(ask(method, "mim@contoso.example", { servicePrincipalId }), AuthorizationError);
        }
    });

    it("names what is wrong before anything is called", () => {
        const check = (args: Properties) => testMailboxAccess.check(args).map(({ property }) => property);
        const args = { appId, mailbox: "mim@contoso.example", method: "accessPolicy" };
        assert.deepEqual(check(args), []);
        assert.deepEqual(check({ ...args, method: "rbac", servicePrincipalId }), []);
        assert.deepEqual(check({ ...args, method: "rbac" }), ["servicePrincipalId"]);
        assert.deepEqual(check({ appId: "mim", mailbox: "", method: "both" }), ["appId", "mailbox", "method"]);
    });
});
