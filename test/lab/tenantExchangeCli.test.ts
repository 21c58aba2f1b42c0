import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../lab/host/faults";
import { tenantCommand } from "../../lab/tenant/cli";
import { callExchange } from "../../lab/tenant/client";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";

describe("tenant show, set and remove of what is Exchange's", () => {
    const dir = mkdtempSync(join(tmpdir(), "hybrid-identity-exchange-"));
    let tenant: Tenant;

    const run = (...args: string[]): string => tenantCommand(args, tenant);
    const members = (): unknown => tenant.state.exchange.recipients.find(({ Name }) => Name === "MIM mailboxes")?.members;

    beforeEach(async () => {
        tenant = await startTenant({ dir });
    });

    afterEach(() => tenant.stop());

    after(() => rmSync(dir, { recursive: true }));

    it("shows what there is, by names", () => {
        assert.match(run("show", "exchange"), /"EwsEnabled": null[^]*\nrecipients\n {4}mim {2}mim@contoso\.example {2}MIM service {2}Guid [0-9a-f-]{36}\n[^]*\npolicies\n/);
        assert.match(run("show", "exchange/recipients"), /^mim {2}[^]*\nProjects {2}projects@contoso\.example {2}Projects {2}Guid [0-9a-f-]{36}$/);
        assert.match(run("show", "exchange/recipients/ceo@contoso.example"), /"Alias": "ceo"/);
    });

    it("changes settings, policies and members as an administrator would", async () => {
        assert.equal(run("set", "exchange/organization/EwsEnabled", "false"), "null -> false");
        assert.equal(run("set", "exchange/organization/EwsAllowedAppIDs", "a,b"), 'null -> "a,b"');
        run("remove", "exchange/organization/EwsAllowedAppIDs");
        assert.equal(tenant.state.exchange.organization.EwsAllowedAppIDs, null);
        await callExchange(tenant, "New-ApplicationAccessPolicy", { AppId: ["*"], AccessRight: "DenyAccess", PolicyScopeGroupId: "ceo@contoso.example" });
        assert.match(run("show", "exchange/policies"), /^\* {2}DenyAccess {2}Chief executive {2}Guid /);
        run("set", "exchange/policies/0/Description", "by hand");
        assert.equal(tenant.state.exchange.policies[0]?.Description, "by hand");
        assert.equal(run("remove", "exchange/policies/0"), "removed exchange/policies/0");
        assert.deepEqual(tenant.state.exchange.policies, []);
        const [mim, , ceo] = tenant.state.exchange.recipients.map(({ Guid }) => Guid);
        run("set", "exchange/recipients/MIM mailboxes/members/-", "ceo@contoso.example");
        assert.deepEqual(members(), [mim, ceo]);
        run("remove", "exchange/recipients/MIM mailboxes/members/mim@contoso.example");
        assert.deepEqual(members(), [ceo]);
        run("remove", "exchange/recipients/ceo");
        assert.deepEqual(members(), []);
        assert.throws(() => run("remove", "exchange/recipients/ceo"), (error: Error) => error instanceof UsageError && /no "ceo" among 6 entries/.test(error.message));
    });

    it("makes Exchange fail on demand", async () => {
        run("set", "behaviour/faults/-", '{"path":"adminapi","cmdlet":"Get-OrganizationConfig","status":429,"times":1,"retryAfter":"3"}');
        const { status, headers } = await callExchange(tenant, "Get-OrganizationConfig");
        assert.deepEqual([status, headers["retry-after"]], [429, "3"]);
        run("remove", "exchange/administrators/0");
        assert.equal((await callExchange(tenant, "Get-OrganizationConfig")).status, 403);
    });

    it("gives a folder that is older than Exchange one, and keeps it", async () => {
        await tenant.stop();
        const file = join(dir, "tenant.json");
        const { exchange, ...old } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown> & { servicePrincipals: Array<{ appRoleAssignedTo: unknown[] }> };
        assert.ok(exchange);
        old.servicePrincipals[1]?.appRoleAssignedTo.splice(0);
        writeFileSync(file, JSON.stringify(old));
        tenant = await startTenant({ dir });
        const { Guid } = tenant.state.exchange.organization;
        assert.equal((await callExchange(tenant, "Get-OrganizationConfig")).status, 200);
        await tenant.stop();
        tenant = await startTenant({ dir });
        assert.equal(tenant.state.exchange.organization.Guid, Guid);
    });
});
