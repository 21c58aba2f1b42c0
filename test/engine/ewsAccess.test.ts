import assert from "node:assert/strict";
import { entra, exchange } from "../../index";
import { callGraph } from "../../lab/tenant/client";
import { EXCHANGE_APP_ID } from "../../lab/tenant/seed";
import type { Tenant } from "../../lab/tenant/tenant";
import { firstNoon } from "./support/mimMail";
import type { EngineStack } from "./support/stack";
import { everyMailbox, useTenant } from "./support/tenantScene";

const mim = "aaaaaaaa-0000-4000-8000-000000000001";
const other = "BBBBBBBB-0000-4000-8000-000000000002";
const foreign = ` ${other} ,{not-a-guid`;

describe("engine: who may use EWS", function () {
    this.timeout(240_000);
    const scene = useTenant(firstNoon);
    let tenant: Tenant;
    let stack: EngineStack;

    before(() => {
        ({ tenant, stack } = scene);
        stack.program = () => {
            const access = new exchange.EwsAccess("mim", { clientId: mim, neededUntil: "2027-03-31" });
            return { daysLeft: access.daysLeft, ewsEnabled: access.ewsEnabled, malformed: access.malformedEntries };
        };
    });

    const organization = () => tenant.state.exchange.organization;
    const late = /up to 24 hours/;

    it("is added beside entries of others, which stay as they are, and EWS are switched on", async () => {
        organization().EwsAllowedAppIDs = foreign;
        const { outputs, warnings } = await stack.up();
        assert.deepEqual([organization().EwsAllowedAppIDs, organization().EwsEnabled], [`${foreign},${mim}`, true]);
        assert.deepEqual([tenant.mayUseEws(mim), tenant.mayUseEws(other)], [true, true]);
        assert.deepEqual(outputs, { daysLeft: 121, ewsEnabled: "true", malformed: ["{not-a-guid"] });
        assert.match(warnings.join("\n"), late);
        assert.match(
            warnings.join("\n"),
            /mim: the list of applications that may use EWS has entries that are no client ids; they stay: "\{not-a-guid"/,
        );
    });

    it("has nothing to do afterwards, and counts the days", async () => {
        const { warnings } = await stack.preview({ refresh: true, expectNoChanges: true });
        assert.match(warnings.join("\n"), /mim: EWS in Exchange Online end on 2027-04-01, in 121 days/);
        assert.doesNotMatch(warnings.join("\n"), late);
    });

    it("shows that somebody took the entry out and switched EWS off, and repairs it", async () => {
        Object.assign(organization(), { EwsAllowedAppIDs: other, EwsEnabled: false });
        const { text, warnings } = await stack.up({ refresh: true, diff: true });
        assert.match(text, /\+ hybrid-identity:exchange:EwsAllowedApplication: \(create\)/);
        assert.deepEqual([organization().EwsAllowedAppIDs, organization().EwsEnabled], [`${other},${mim}`, true]);
        assert.match(warnings.join("\n"), late);
    });

    it("is not taken out as the last one while EWS are on, and beside others without touching them", async () => {
        organization().EwsAllowedAppIDs = mim;
        const { text } = await stack.destroy({ fails: true });
        assert.match(text, /EwsEnabled|EWS/);
        assert.equal(organization().EwsAllowedAppIDs, mim);
        organization().EwsAllowedAppIDs = `${other},${mim}`;
        await stack.destroy();
        assert.deepEqual([organization().EwsAllowedAppIDs, organization().EwsEnabled], [other, true]);
    });

    it("shuts nobody out in silence, in preview and up, with an application that is yet to be made", async () => {
        const together = await scene.anotherStack("together");
        Object.assign(organization(), { EwsAllowedAppIDs: null, EwsEnabled: null, EwsApplicationAccessPolicy: "EnforceAllowList", EwsAllowList: ["Teams*"] });
        const archive = await makeArchive();
        together.program = () => {
            const app = new entra.MailApplication("mail", { displayName: "MIM mail", ...everyMailbox });
            new exchange.EwsAccess("ews", { clientId: app.clientId });
            return { clientId: app.clientId };
        };
        const shut = `only applications in the list may use EWS, and nobody else is in it. THESE HAVE A RIGHT TO USE EWS AND WILL BE BLOCKED: "Archive" (${archive}, full_access_as_app)`;
        const agents = /ews: EwsApplicationAccessPolicy of the organisation is EnforceAllowList/;
        const seen = await together.preview();
        const made = await together.up();
        for (const { warnings } of [seen, made]) {
            assert.equal(warnings.filter((one) => one.includes(shut)).length, 1, warnings.join("\n"));
            assert.match(warnings.join("\n"), agents);
        }
        const appId = made.outputs["clientId"] as string;
        assert.deepEqual([tenant.mayUseEws(archive), tenant.mayUseEws(appId), tenant.mayUseEws(appId, { userAgent: "Teams/1" })], [false, false, true]);
        Object.assign(organization(), { EwsApplicationAccessPolicy: null });
        assert.equal(tenant.mayUseEws(appId), true);
        const { warnings } = await together.preview({ refresh: true, expectNoChanges: true });
        assert.doesNotMatch(warnings.join("\n"), /only applications in the list|EwsApplicationAccessPolicy/);
    });

    async function makeArchive(): Promise<string> {
        const post = async (path: string, body: object) => (await callGraph(tenant, "POST", `/v1.0/${path}`, body)).body as Record<string, string>;
        const { appId } = await post("applications", { displayName: "Archive" });
        const { id: principalId } = await post("servicePrincipals", { appId });
        const { id: resourceId } = tenant.state.servicePrincipals.find((one) => one.appId === EXCHANGE_APP_ID)!;
        await post(`servicePrincipals/${resourceId}/appRoleAssignedTo`, { principalId, resourceId, appRoleId: "dc890d15-9560-4a4c-9b7f-a736ec74ec40" });
        return appId!;
    }
});
