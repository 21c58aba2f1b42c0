import assert from "node:assert/strict";
import type { entra } from "../../index";
import { callGraph, sendMail } from "../../lab/tenant/client";
import type { Tenant } from "../../lab/tenant/tenant";
import { consentsIn, declareMim, firstNoon } from "./support/mimMail";
import type { EngineStack } from "./support/stack";
import { useTenant } from "./support/tenantScene";

const dayMs = 24 * 60 * 60 * 1000;

describe("engine: the application that MIM mail needs", function () {
    this.timeout(240_000);
    const scene = useTenant();
    let tenant: Tenant;
    let stack: EngineStack;

    before(() => ({ tenant, stack } = scene));

    /** So many days after the first day of the first secret, at noon. */
    function at(days: number): void {
        scene.setTime(Date.parse(firstNoon) + days * dayMs);
    }

    function declare(args: Partial<entra.MailApplicationArgs> = {}): void {
        stack.program = () => {
            const app = declareMim(args);
            return { clientId: app.clientId, clientSecret: app.clientSecret, keyId: app.keyId, foreign: app.foreignCredentials };
        };
    }

    const application = () => tenant.state.applications.find((one) => one.displayName === "MIM mail")!;
    const same = () => stack.preview({ refresh: true, expectNoChanges: true });
    let given: { clientId: string; clientSecret: string };

    it("is made with consent and secret, may send mail, and the next preview has nothing to do", async () => {
        at(0);
        declare();
        const made = await stack.up();
        given = made.outputs as typeof given;
        assert.equal(await sendMail(tenant, given), "sent");
        assert.ok(!made.text.includes(given.clientSecret), "the secret is printed");
        assert.ok(!stack.stateText.includes(given.clientSecret), "the secret is in state in clear");
        const { warnings } = await same();
        assert.deepEqual(
            warnings.filter((one) => !one.startsWith("using pulumi-resource-")),
            ['mim: the application may open EVERY mailbox of the tenant (mailboxes "all"). Reason: the scope is tested elsewhere'],
        );
    });

    it("makes no more calls for a preview that has nothing to do than azuread needs, plus one", async () => {
        tenant.resetCalls();
        await same();
        const graph = tenant.calls.filter(({ path }) => /^\/(v1\.0|beta)\//.test(path)).map(({ method, path }) => `${method} ${decodeURIComponent(path).replace(/[0-9a-f-]{36}/g, "ID").replace(/(appRoleAssignedTo)\/.*/, "$1/ID")}`);
        assert.deepEqual(graph.sort(), [
            "GET /beta/applications/ID?$select=oauth2RequirePostResponse",
            "GET /beta/servicePrincipals/ID?$select=samlMetadataUrl",
            "GET /beta/servicePrincipals/ID?$select=samlMetadataUrl",
            "GET /v1.0/applications(appId='ID')?$select=id,displayName,passwordCredentials,keyCredentials&$expand=federatedIdentityCredentials",
            "GET /v1.0/applications/ID",
            "GET /v1.0/applications/ID",
            "GET /v1.0/applications/ID/owners",
            "GET /v1.0/servicePrincipals/ID",
            "GET /v1.0/servicePrincipals/ID/appRoleAssignedTo/ID",
            "GET /v1.0/servicePrincipals/ID/owners",
            "GET /v1.0/servicePrincipals?$filter=appId+eq+'ID'",
        ]);
    });

    it("shows a consent that was removed, and gives it again", async () => {
        for (const one of tenant.state.servicePrincipals) {
            one.appRoleAssignedTo = one.appRoleAssignedTo.filter((assignment) => assignment.principalDisplayName !== "MIM mail");
        }
        assert.notEqual(await sendMail(tenant, given), "sent");
        const seen = await stack.preview({ refresh: true, diff: true });
        assert.match(seen.text, /\+ azuread:index\/appRoleAssignment:AppRoleAssignment: \(create\)/);
        await stack.up({ refresh: true });
        assert.equal(consentsIn(tenant).length, 1);
        assert.equal(await sendMail(tenant, given), "sent");
    });

    it("shows what was changed on the application, before and after, and puts it back", async () => {
        application().web = { ...(application().web as object), redirectUris: ["https://elsewhere.example/"] };
        application().requiredResourceAccess = [];
        const seen = await stack.preview({ refresh: true, diff: true });
        assert.match(seen.text, /https:\/\/elsewhere\.example\//);
        assert.match(seen.text, /requiredResourceAccesses/);
        await stack.up({ refresh: true });
        assert.deepEqual((application().web as { redirectUris: string[] }).redirectUris, []);
        assert.equal((application().requiredResourceAccess as unknown[]).length, 1);
        await same();
    });

    it("reports a secret that somebody added, in every run, and never removes it", async () => {
        const path = `/v1.0/applications/${application().id}/addPassword`;
        const { body } = await callGraph(tenant, "POST", path, { passwordCredential: { displayName: "by hand", endDateTime: "2027-06-01T00:00:00Z" } });
        const warned = new RegExp(`credentials that this program did not make; they stay:\\n  secret ${String(body["keyId"])} "by hand", ends 2027-06-01T00:00:00Z`);
        assert.match((await same()).warnings.join("\n"), warned);
        await stack.up();
        assert.ok((application().passwordCredentials as { keyId: string }[]).some((one) => one.keyId === body["keyId"]));
    });

    it("hands out the next secret on its day; the old one goes on working for the overlap, and is then taken away", async () => {
        at(89);
        assert.equal((await stack.up()).outputs["clientSecret"], given.clientSecret);
        at(90);
        const newer = (await stack.up()).outputs as typeof given;
        assert.notEqual(newer.clientSecret, given.clientSecret);
        for (const days of [90, 97, 104]) {
            at(days);
            assert.deepEqual([await sendMail(tenant, given), await sendMail(tenant, newer)], ["sent", "sent"], `day ${days}`);
        }
        at(118);
        await stack.up();
        assert.notEqual(await sendMail(tenant, given), "sent");
        assert.equal(await sendMail(tenant, newer), "sent");
        given = newer;
    });

    it("makes a secret again that was deleted by hand", async () => {
        application().passwordCredentials = (application().passwordCredentials as { displayName: string }[]).filter((one) => one.displayName === "by hand") as never;
        const seen = await stack.preview({ refresh: true, diff: true });
        assert.match(seen.text, /\+ azuread:index\/applicationPassword:ApplicationPassword: \(create\)/);
        given = (await stack.up({ refresh: true })).outputs as typeof given;
        assert.equal(await sendMail(tenant, given), "sent");
    });

    it("a rotation that is changed takes away no secret in use: it goes once the new one was there for the overlap, and never counts as foreign", async () => {
        at(119);
        declare({ secretRotation: { days: 60, overlapDays: 7, startingOn: "2027-03-30" } });
        const said = /secretRotation was changed, and "Pulumi 2027-03-01" of the application's secrets is of the one before: kept until 2027-04-06/;
        const seen = await stack.preview({ refresh: true, diff: true });
        assert.doesNotMatch(seen.text, /\(delete\)|\(replace\)/);
        const made = await stack.up({ refresh: true });
        const newer = made.outputs as typeof given;
        assert.notEqual(newer.clientSecret, given.clientSecret);
        at(125);
        const kept = await same();
        for (const { warnings } of [seen, made, kept]) {
            assert.match(warnings.join("\n"), said);
        }
        assert.deepEqual([await sendMail(tenant, given), await sendMail(tenant, newer)], ["sent", "sent"]);
        at(126);
        const gone = await stack.up();
        assert.notEqual(await sendMail(tenant, given), "sent");
        assert.equal(await sendMail(tenant, newer), "sent");
        for (const { outputs } of [made, gone]) {
            assert.deepEqual((outputs["foreign"] as { displayName: string }[]).map((one) => one.displayName), ["by hand"]);
        }
        await same();
    });
});
