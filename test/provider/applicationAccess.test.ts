// What limits and opens mailboxes to one application, out of whole lists.
import * as assert from "node:assert/strict";
import { AuthorizationError } from "../../provider/clients/errors";
import { applicationAccess } from "../../provider/functions/applicationAccess";
import { accessPolicy } from "../../provider/resources/accessPolicy";
import { managementRoleAssignment } from "../../provider/resources/managementRoleAssignment";
import { managementScope } from "../../provider/resources/managementScope";
import { servicePrincipal } from "../../provider/resources/servicePrincipal";
import type { Properties } from "../../provider/values";
import { Exchange } from "./support/exchange";

const appId = "11111111-aaaa-4bbb-8ccc-000000000001";
const other = "11111111-aaaa-4bbb-8ccc-000000000002";
const objectId = "0a0a0a0a-0000-4000-8000-000000000001";

describe("function exchange:applicationAccess", function () {
    this.timeout(20_000);
    let exchange: Exchange;
    const ask = (args: Properties = { appId }) => applicationAccess.run(args, exchange.context);

    before(async () => (exchange = await Exchange.start()));
    beforeEach(() => exchange.reset());
    after(() => exchange.stop());

    it("tells that there is nothing", async () => {
        assert.deepEqual(await ask(), { policies: [], assignments: [], servicePrincipal: false });
        exchange.newRun();
        const exception = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException";
        exchange.tenant.behaviour.nextCmdlet("Get-ApplicationAccessPolicy", 404, { exception });
        assert.deepEqual((await ask())["policies"], []);
    });

    it("tells the application's policies and assignments, and those for all applications", async () => {
        const { context } = exchange;
        const policy = { accessRight: "RestrictAccess", policyScopeGroupId: "mim-mailboxes@contoso.example", description: "MIM" };
        for (const id of [appId, other]) await accessPolicy.create({ ...policy, appId: id }, context);
        await servicePrincipal.create({ appId, objectId, displayName: "MIM mail" }, context);
        await managementScope.create({ name: "MIM", recipientRestrictionFilter: "Name -eq 'mim'", exclusive: false }, context);
        const role = { name: "MIM-1", role: "Application EWS.AccessAsApp" };
        const { id } = await managementRoleAssignment.create({ ...role, app: objectId, customResourceScope: "MIM" }, context);
        const { policies, recipients, assignments } = exchange.tenant.state.exchange;
        const group = recipients.find(({ Alias }) => Alias === "mim-mailboxes")!;
        const Identity = policies[1]!.Identity.replace(other, "*");
        policies.push({ ...policies[1]!, AppId: "*", AccessRight: "DenyAccess", Identity, Description: "" });

        exchange.newRun();
        exchange.tenant.resetCalls();
        const common = { scopeName: policies[0]!.ScopeName, scopeGuid: group.ExternalDirectoryObjectId };
        const told = {
            policies: [
                { identity: policies[0]!.Identity, accessRight: "RestrictAccess", ...common, description: "MIM" },
                { identity: policies[2]!.Identity, accessRight: "DenyAccess", ...common, description: "" },
            ],
            assignments: [{ guid: id, ...role, scope: "MIM", createdAt: assignments[0]!["WhenCreatedUTC"] }],
            servicePrincipal: true,
        };
        assert.deepEqual(await ask(), told);
        assert.deepEqual(await ask({ appId: appId.toUpperCase(), servicePrincipalId: objectId.toUpperCase() }), told);
        assert.deepEqual((await ask({ appId: other }))["assignments"], []);
        assert.deepEqual(exchange.cmdlets.sort(), ["Get-ApplicationAccessPolicy", "Get-ManagementRoleAssignment", "Get-ServicePrincipal"]);
    });

    it("fails where one of the lists may not be told", async () => {
        for (const cmdlet of ["Get-ApplicationAccessPolicy", "Get-ManagementRoleAssignment", "Get-ServicePrincipal"]) {
            exchange.reset();
            // Twice: what the run before asked beside the list that failed may still be under way.
            exchange.tenant.behaviour.nextCmdlet(cmdlet, 403, { plain: "\0\0", times: 2 });
            await assert.rejects(ask(), AuthorizationError, cmdlet);
        }
    });

    it("names what is wrong before anything is called", () => {
        assert.deepEqual(applicationAccess.check({ appId }), []);
        const wrong = applicationAccess.check({ appId: "*", servicePrincipalId: "mim" }).map(({ property }) => property);
        assert.deepEqual(wrong, ["appId", "servicePrincipalId"]);
    });
});
