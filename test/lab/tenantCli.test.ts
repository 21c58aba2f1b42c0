import assert from "node:assert/strict";
import { UsageError } from "../../lab/host/faults";
import { callGraph } from "../../lab/tenant/client";
import { tenantCommand } from "../../lab/tenant/cli";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";

describe("tenant show, set and remove", () => {
    let tenant: Tenant;

    const run = (...args: string[]): string => tenantCommand(args, tenant);

    beforeEach(async () => {
        tenant = await startTenant();
        const { body: app } = await callGraph(tenant, "POST", "/v1.0/applications", { displayName: "MIM mail", web: { redirectUris: ["https://a.example/"] } });
        await callGraph(tenant, "POST", "/v1.0/servicePrincipals", { appId: app["appId"] });
    });

    afterEach(() => tenant.stop());

    it("shows what there is, by names", () => {
        assert.match(run("show"), /^tenant .*2 applications[^]*MIM mail {2}appId [0-9a-f-]{36} {2}id [^]*Office 365 Exchange Online/);
        assert.match(run("show", "applications"), /^Lab pipeline .*\nMIM mail .*$/);
        assert.equal(run("show", "applications/MIM mail/web/redirectUris"), '[\n    "https://a.example/"\n]');
    });

    it("changes and removes what somebody in the portal would, seen at once by Graph", async () => {
        run("set", "applications/MIM mail/web/redirectUris/-", "https://b.example/");
        run("remove", "applications/MIM mail/web/redirectUris/https:%2F%2Fa.example%2F");
        assert.equal(run("set", "servicePrincipals/MIM mail/accountEnabled", "false"), "true -> false");
        assert.equal(run("set", "applications/MIM mail/notes", "by hand"), 'null -> "by hand"');
        run("set", "applications/MIM mail/passwordCredentials/-", '{"displayName":"by hand","endDateTime":"2027-01-01T00:00:00Z"}');
        const { body } = await callGraph(tenant, "GET", "/v1.0/applications?$filter=displayName eq 'MIM mail'");
        const [app] = body["value"] as Array<Record<string, unknown>>;
        assert.deepEqual((app?.["web"] as Record<string, unknown>)["redirectUris"], ["https://b.example/"]);
        assert.equal(app?.["notes"], "by hand");
        const [secret] = app["passwordCredentials"] as Array<Record<string, unknown>>;
        assert.match(String(secret?.["keyId"]), /^[0-9a-f-]{36}$/);
        const path = `applications/MIM mail/passwordCredentials/${String(secret?.["keyId"])}`;
        assert.equal(run("remove", path), `removed ${path}`);
        assert.equal(run("show", "applications/MIM mail/passwordCredentials"), "[]");
        run("remove", "applications/MIM mail");
        const left = tenant.state.servicePrincipals.map(({ displayName }) => displayName);
        assert.deepEqual(left, ["Lab pipeline", "Office 365 Exchange Online", "Microsoft Graph"]);
    });

    it("changes what people sign in with, and gives the caller the right to see it", async () => {
        const id = JSON.parse(run("show", "servicePrincipals/Lab pipeline/id")) as string;
        const phones = () => callGraph(tenant, "GET", "/v1.0/users/alex.admin@hybrididentity.example/authentication/phoneMethods");
        assert.equal((await phones()).status, 403);
        const role = { id: "mfa", appRoleId: "50483e42-d915-4231-9639-7fdb7fd190e5", principalId: id };
        run("set", "servicePrincipals/Microsoft Graph/appRoleAssignedTo/-", JSON.stringify(role));
        assert.deepEqual([(await phones()).status, (await phones()).body["value"]], [200, []]);
        run("set", "users/Alex Admin/phoneMethods", '[{"id":"3179e48a-750b-4051-897c-87b9720928f7","phoneNumber":"+1 5555550100","phoneType":"mobile"}]');
        assert.equal(((await phones()).body["value"] as object[]).length, 1);
        assert.equal(run("set", "users/Alex Admin/userType", "Guest"), '"Member" -> "Guest"');
        assert.equal(run("set", "users/Alex Admin/perUserMfaState", "enforced"), '"disabled" -> "enforced"');
        assert.equal(run("show", "groups"), "[]");
    });

    it("takes consent away by the application's name", () => {
        run("remove", "servicePrincipals/Microsoft Graph/appRoleAssignedTo/0");
        assert.equal(tenant.state.servicePrincipals[2]?.appRoleAssignedTo.length, 2);
        run("set", "behaviour/consentMissing", "true");
        assert.equal(tenant.behaviour.consentMissing, true);
        run("set", "behaviour/longestSecretDays", "90");
        run("remove", "behaviour/longestSecretDays");
        assert.equal(tenant.behaviour.longestSecretDays, undefined);
    });

    it("says what it does not take", () => {
        const cases: Array<[string[], RegExp]> = [
            [["show", "people"], /there is no "people"; there are: applications, servicePrincipals, users, groups, vaults, behaviour/],
            [["show", "applications/Nobody"], /there is no "Nobody" among 2 entries/],
            [["set", "applications/MIM mail/colour", "red"], /there is no "colour"; there are: id, /],
            [["set", "applications/MIM mail/notes"], /PATH VALUE/],
            [["remove", "applications"], /tenant remove PATH/],
            [["paint", "applications/MIM mail"], /takes show, set or remove, received "paint"/],
            [["show", "applications/MIM mail/notes/x"], /there is no "x"; there are: no parts/],
        ];
        for (const [args, said] of cases) {
            assert.throws(() => run(...args), (error: Error) => error instanceof UsageError && said.test(error.message), args.join(" "));
        }
        Object.assign(tenant.state.applications[0] ?? {}, { displayName: "MIM mail" });
        assert.throws(() => run("show", "applications/MIM mail"), /"MIM mail" means 2 entries; take an id: MIM mail {2}appId/);
    });
});
