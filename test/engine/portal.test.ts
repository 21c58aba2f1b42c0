// What people do in the portal beside the program: a consent that is there already, a person as owner, a policy about secrets.
import assert from "node:assert/strict";
import type { entra } from "../../index";
import { callGraph } from "../../lab/tenant/client";
import { DEFAULT_ROLES, EXCHANGE_APP_ID } from "../../lab/tenant/seed";
import type { Tenant } from "../../lab/tenant/tenant";
import { consentsIn, declareMim, firstNoon, writesTo } from "./support/mimMail";
import type { EngineStack } from "./support/stack";
import { useTenant } from "./support/tenantScene";

const fullAccess = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";

describe("engine: what was done in the portal already", function () {
    this.timeout(240_000);
    const scene = useTenant(firstNoon);
    let tenant: Tenant;
    let stack: EngineStack;

    before(() => {
        ({ tenant, stack } = scene);
        tenant.behaviour.peopleNeedUserRead = true;
    });

    function declare(args: Partial<entra.MailApplicationArgs> = {}): void {
        stack.program = () => {
            declareMim(args);
            return {};
        };
    }

    const principal = () => tenant.state.servicePrincipals.find((one) => one.displayName === "MIM mail");
    const consents = () => consentsIn(tenant).map((one) => [one.appRoleId, one.id]);

    it("a policy that forbids secrets, or so long ones, is found before anything is made, and the settings are named", async () => {
        const refused = async (text: RegExp) => {
            tenant.resetCalls();
            assert.match((await stack.preview({ fails: true })).text, text);
            assert.match((await stack.up({ fails: true })).text, text);
            assert.deepEqual(writesTo(tenant), []);
        };
        declare();
        tenant.grant([...DEFAULT_ROLES, "Policy.Read.All"]);
        tenant.behaviour.longestSecretDays = 70;
        const name = 'error: mim: the app management policy "Default app management tenant policy" of the tenant';
        await refused(new RegExp(`${name} allows secrets of at most 70 days, and secretRotation\\.days makes secrets that live 120 days .*"longestSecretDays: 70"`));
        tenant.behaviour.longestSecretDays = undefined;
        tenant.behaviour.secretsForbidden = true;
        await refused(new RegExp(`${name} forbids client secrets\\. Use "certificate" or "federatedCredential"`));
        tenant.behaviour.secretsForbidden = false;
        tenant.grant(DEFAULT_ROLES);
    });

    it("a person as owner: the right that this needs is named before anything is made, a service principal needs none", async () => {
        tenant.grant(["Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All"]);
        const person = tenant.state.users[0]!.id;
        const colleague = tenant.state.servicePrincipals.find((one) => one.appId === EXCHANGE_APP_ID)!.id;
        declare({ owners: [colleague, person], method: "rbac" });
        for (const { text } of [await stack.preview({ fails: true }), await stack.up({ fails: true })]) {
            assert.match(text, new RegExp(`error: mim: the service principal ${tenant.objectId} that runs Pulumi lacks User\\.Read\\.All \\(because of ${person} in "owners"\\)`));
        }
        assert.equal(principal(), undefined);
        declare({ owners: [colleague], method: "rbac" });
        await stack.up();
        assert.deepEqual([...principal()!.owners].sort(), [colleague, tenant.objectId].sort());
        tenant.grant(DEFAULT_ROLES);
        declare({ owners: [colleague, person], method: "rbac" });
        await stack.up();
        assert.deepEqual([...principal()!.owners].sort(), [colleague, person, tenant.objectId].sort());
    });

    it("a consent that somebody gave is taken over, shown as an import, and taken away with the application", async () => {
        const resourceId = tenant.state.servicePrincipals.find((one) => one.appId === EXCHANGE_APP_ID)!.id;
        const given = { principalId: principal()!.id, resourceId, appRoleId: fullAccess };
        const { status, body } = await callGraph(tenant, "POST", `/v1.0/servicePrincipals/${resourceId}/appRoleAssignedTo`, given);
        assert.equal(status, 201);
        declare();
        assert.match((await stack.preview({ diff: true })).text, /= azuread:index\/appRoleAssignment:AppRoleAssignment: \(import\)/);
        await stack.up();
        assert.deepEqual(consents(), [[fullAccess, body["id"]]]);
        await stack.preview({ refresh: true, expectNoChanges: true });
        // Taken away and given anew.
        const again = () => callGraph(tenant, "POST", `/v1.0/servicePrincipals/${resourceId}/appRoleAssignedTo`, given);
        for (const one of tenant.state.servicePrincipals) one.appRoleAssignedTo = one.appRoleAssignedTo.filter(({ id }) => id !== body["id"]);
        const { body: anew } = await again();
        assert.match((await stack.up({ refresh: true, fails: true })).text, /already exists/);
        await stack.up({ refresh: true });
        assert.deepEqual(consents(), [[fullAccess, anew["id"]]]);
        stack.program = () => ({});
        await stack.up();
        assert.deepEqual(consents(), []);
    });
});
