import assert from "node:assert/strict";
import type { entra } from "../../index";
import { callGraph, sendMail } from "../../lab/tenant/client";
import { DEFAULT_ROLES, EXCHANGE_APP_ID } from "../../lab/tenant/seed";
import type { Tenant } from "../../lab/tenant/tenant";
import { declareMim, firstNoon, secretRotation } from "./support/mimMail";
import type { EngineStack } from "./support/stack";
import { useTenant } from "./support/tenantScene";

const fullAccess = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";

describe("engine: an application that was made by hand", function () {
    this.timeout(240_000);
    const scene = useTenant(firstNoon);
    let tenant: Tenant;
    let stack: EngineStack;
    let byHand: { clientId: string; clientSecret: string; keyId: string };

    before(async () => {
        ({ tenant, stack } = scene);
        byHand = await makeByHand();
    });

    /** As somebody does it in the portal: other name, a redirect URI, tags, an owner of its own, consent, a secret. */
    async function makeByHand(): Promise<typeof byHand> {
        const integrated = ["WindowsAzureActiveDirectoryIntegratedApp"];
        const post = async (path: string, body: object) => (await callGraph(tenant, "POST", `/v1.0/${path}`, body)).body as Record<string, string>;
        const { id, appId } = await post("applications", { displayName: "Mail of MIM (old)", tags: ["HideApp"], web: { redirectUris: ["https://old.example/"] } });
        const principal = await post("servicePrincipals", { appId, tags: integrated });
        const exchange = tenant.state.servicePrincipals.find((one) => one.appId === EXCHANGE_APP_ID)!.id;
        await post(`servicePrincipals/${exchange}/appRoleAssignedTo`, { principalId: principal["id"], resourceId: exchange, appRoleId: fullAccess });
        const passwordCredential = { displayName: "by hand", endDateTime: "2027-06-01T00:00:00Z" };
        const { keyId, secretText } = await post(`applications/${id}/addPassword`, { passwordCredential });
        return { clientId: appId!, clientSecret: secretText!, keyId: keyId! };
    }

    function declare(args: Partial<entra.MailApplicationArgs> = {}): void {
        stack.program = () => {
            const app = declareMim({ adopt: byHand.clientId, secretRotation: { ...secretRotation, startingOn: "2027-03-01" }, ...args });
            return { clientId: app.clientId, clientSecret: app.clientSecret, foreign: app.foreignCredentials };
        };
    }

    const applications = () => tenant.state.applications.filter((one) => one.appId !== tenant.clientId);
    const tags = () => [applications()[0]!["tags"], tenant.state.servicePrincipals.find((one) => one.appId === byHand.clientId)!["tags"]];
    const consents = () => tenant.state.servicePrincipals.flatMap((one) => one.appRoleAssignedTo).filter((one) => one.appRoleId === fullAccess);

    it("is not adopted under a wrong client id, and nothing is made", async () => {
        const wrong = "00000000-1111-4222-8333-444444444444";
        declare({ adopt: wrong });
        const before = JSON.stringify(applications());
        for (const run of [await stack.preview({ fails: true }), await stack.up({ fails: true })]) {
            assert.match(run.text, new RegExp(`error: mim: "adopt" names the client id ${wrong}, and that application cannot be read: .*Application not found`));
            assert.doesNotMatch(run.text, /\n\s+at |serializing|returned an error/, "a stack is printed, or the plugin's words");
            // The SDK puts every input into them; what is in the environment only must stay out.
            assert.match(run.debug(), /RegisterResource/);
            assert.ok(!(run.debug() + run.text).includes(tenant.clientSecret), "the caller's secret is in a debug message");
        }
        assert.equal(JSON.stringify(applications()), before);
    });

    it("names the right that is missing before anything is changed", async () => {
        tenant.grant(["Application.ReadWrite.All"]);
        declare();
        const { text } = await stack.preview({ fails: true });
        tenant.grant(DEFAULT_ROLES);
        assert.match(text, new RegExp(`mim: the service principal ${tenant.objectId} that runs Pulumi lacks AppRoleAssignment.ReadWrite.All, an application permission of Microsoft Graph`));
        assert.doesNotMatch(text, /\n\s+at /, "a stack is printed");
    });

    it("is imported, shown before it is changed, and keeps its consent and its secret; by an account that may change only what it owns, as docs/entra/mailApplication.md has it", async () => {
        tenant.grant(["Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All"]);
        declare();
        const refused = await stack.up({ fails: true });
        assert.match(refused.text, new RegExp(`error: mim: the service principal ${tenant.objectId} that runs Pulumi may change only applications that it owns .*, and it is no owner of ${byHand.clientId}`));
        tenant.grant(DEFAULT_ROLES);
        const applicationId = applications()[0]!.id;
        const { id: principalId } = tenant.state.servicePrincipals.find((one) => one.appId === byHand.clientId)!;
        for (const path of [`applications/${applicationId}`, `servicePrincipals/${principalId}`]) {
            const owner = { "@odata.id": `https://graph.microsoft.com/v1.0/directoryObjects/${tenant.objectId}` };
            assert.equal((await callGraph(tenant, "POST", `/v1.0/${path}/owners/$ref`, owner)).status, 204);
        }
        tenant.grant(["Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All"]);
        const { id } = consents()[0]!;
        const seen = await stack.preview({ diff: true });
        assert.match(seen.text, /https:\/\/old\.example\//);
        assert.equal(seen.text.match(/= azuread:index\/\w+:\w+: \(import\)/g)?.length, 3, seen.text);
        const { outputs, text } = await stack.up();
        assert.equal(outputs["clientId"], byHand.clientId);
        assert.equal(outputs["clientSecret"], undefined);
        assert.deepEqual(outputs["foreign"], [{ kind: "secret", id: byHand.keyId, displayName: "by hand", endDateTime: "2027-06-01T00:00:00Z" }]);
        const [application, ...others] = applications();
        assert.deepEqual(others, []);
        assert.equal(application!.displayName, "MIM mail");
        assert.deepEqual((application!.web as { redirectUris: string[] }).redirectUris, []);
        assert.deepEqual(tags(), [["HideApp"], ["WindowsAzureActiveDirectoryIntegratedApp"]], "the portal does not list it any more");
        assert.deepEqual(application!.passwordCredentials.map((one) => one.keyId), [byHand.keyId]);
        assert.deepEqual(consents().map((one) => one.id), [id], text);
        assert.equal(await sendMail(tenant, byHand), "sent");
        tenant.grant(DEFAULT_ROLES);
    });

    it("has nothing to do afterwards, with or without adopt, and its old secret is told in every run", async () => {
        for (const adopt of [byHand.clientId, undefined]) {
            declare({ adopt });
            const { warnings } = await stack.preview({ refresh: true, expectNoChanges: true });
            assert.match(warnings.join("\n"), new RegExp(`secret ${byHand.keyId} "by hand", ends 2027-06-01T00:00:00Z`));
        }
    });

    it("keeps the tag that the portal lists it by when something else is repaired", async () => {
        const principal = tenant.state.servicePrincipals.find((one) => one.appId === byHand.clientId)!;
        Object.assign(principal, { accountEnabled: false });
        Object.assign(applications()[0]!, { displayName: "renamed" });
        await stack.up({ refresh: true });
        assert.deepEqual([principal["accountEnabled"], applications()[0]!.displayName], [true, "MIM mail"]);
        assert.deepEqual(tags(), [["HideApp"], ["WindowsAzureActiveDirectoryIntegratedApp"]]);
    });

    it("gets a secret of its own at startingOn, and the old one goes on working", async () => {
        scene.setTime("2027-03-01T12:00:00Z");
        declare();
        const { outputs } = await stack.up();
        const newer = outputs as typeof byHand;
        assert.deepEqual([await sendMail(tenant, byHand), await sendMail(tenant, newer)], ["sent", "sent"]);
    });
});
