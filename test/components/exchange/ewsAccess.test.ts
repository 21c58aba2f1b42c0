import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { clock } from "../../../components/internal/clock";
import { exchange } from "../../../index";
import { appId, install, useClock, valueOf } from "../support/exchangeMocks";

const agents = { userAgentPolicy: "none", allowedUserAgents: [] as string[], blockedUserAgents: [] as string[] };
const listed = { ewsEnabled: "true", allowedAppIds: [appId.toUpperCase()], malformedEntries: [], ...agents };
const archive = { appId: "cccccccc-0000-4000-8000-000000000003", displayName: "Archive", right: "full_access_as_app" };
const own = { appId, displayName: "MIM mail", right: "full_access_as_app" };
const open = { ewsEnabled: "true", malformedEntries: [] };
const refused = 'exchange.EwsAccess "mim" cannot be used as it is written:';
const ways = "MIM can send mail over an SMTP relay (without approvals by mail), or over an Exchange server on premises, whose EWS stay";

async function build(args: Partial<exchange.EwsAccessArgs> = {}, { before = listed, after = open as object, preview = false } = {}) {
    const recorded = await install({ ewsSettings: before, ewsApplications: { applications: [archive, own] } }, preview, after);
    const access = new exchange.EwsAccess("mim", { clientId: appId, ...args });
    await valueOf(access.malformedEntries);
    await pulumi.runtime.disconnect();
    return { recorded, access };
}

describe("EwsAccess", () => {
    useClock();
    const on = (day: string) => (clock.now = () => new Date(day));

    it("puts the application into the list and switches EWS on", async () => {
        const { recorded, access } = await build();
        assert.deepEqual(recorded.registered(), ["EwsAccess mim", "EwsAllowedApplication mim-allowed"]);
        assert.deepEqual(recorded.inputs("mim-allowed"), { appId, enableEws: true });
        assert.deepEqual(recorded.asked(), ["ewsSettings"]);
        assert.deepEqual(
            [await valueOf(access.endsOn), await valueOf(access.ewsEnabled), await valueOf(access.daysLeft)],
            ["2027-04-01", "true", 212],
        );
        assert.deepEqual(recorded.warnings, []);
    });

    it("with audit makes nothing, keeps what is in state as it is, and says what is off", async () => {
        const urn = "urn:pulumi:test::hybrid-identity::hybrid-identity:exchange:EwsAccess$hybrid-identity:exchange:EwsAllowedApplication::mim-allowed";
        const inState = { outputs: { [urn]: { type: "hybrid-identity:exchange:EwsAllowedApplication", outputs: {} } } };
        const off = { ...listed, ewsEnabled: "unset", allowedAppIds: [archive.appId] };
        const audited = async (ewsSettings: object, readStackResourceOutputs: object) => {
            const recorded = await install({ ewsSettings, readStackResourceOutputs });
            const access = new exchange.EwsAccess("mim", { clientId: appId, mode: "audit" });
            const now = await valueOf(access.ewsEnabled);
            await pulumi.runtime.disconnect();
            return [recorded.registered(), recorded.warnings, now];
        };
        const lacks = `mim: ${appId} is not in the list of applications that may use EWS; EwsEnabled is unset; only audited here, so the list and EwsEnabled stay as they are`;
        assert.deepEqual(await audited(off, inState), [["EwsAccess mim"], [lacks], "unset"]);
        const [, said] = (await audited({ ...listed, allowedAppIds: [] }, inState)) as [unknown, string[]];
        assert.match(said.join(), /^mim: the list of applications that may use EWS is empty while EwsEnabled is true, which shuts everybody out; /);
        assert.deepEqual(await audited(listed, { outputs: {} }), [["EwsAccess mim"], [], "true"]);
        assert.deepEqual(await audited(listed, inState), [["EwsAccess mim", "EwsAllowedApplication mim-allowed"], [], "true"]);
    });

    const days: [string, number, string | undefined][] = [
        ["2026-10-02T23:59:59Z", 181, undefined],
        ["2026-10-03T00:00:00Z", 180, "in 180 days"],
        ["2027-03-30T12:00:00Z", 2, "in 2 days"],
        ["2027-03-31T23:59:59Z", 1, "in 1 day,"],
    ];
    for (const [day, left, said] of days) {
        it(`counts ${left} on ${day}, and ${said === undefined ? "is quiet" : "says so in the preview"}`, async () => {
            on(day);
            const { recorded, access } = await build({}, { preview: true });
            assert.equal(await valueOf(access.daysLeft), left);
            const texts = recorded.warnings.filter((one) => one.includes("EWS in Exchange Online end on 2027-04-01"));
            assert.equal(texts.length, said === undefined ? 0 : 1);
            assert.ok(texts.every((one) => one.includes(said!) && one.endsWith(ways)));
            assert.deepEqual((await build()).recorded.warnings, []);
        });
    }

    it("is refused from the end on", async () => {
        on("2027-04-01T00:00:00Z");
        await install({});
        const text = `can use EWS no more: in Exchange Online they ended on 2027-04-01. ${ways}. Take this component out`;
        assert.throws(() => new exchange.EwsAccess("mim", { clientId: appId }), { message: `${refused}\n  clientId: ${text}` });
    });

    it("refuses a plan past the end, and takes one before it", async () => {
        await build({ neededUntil: "2027-03-31" });
        for (const [neededUntil, text] of [
            ["2027-04-01", `must be before 2027-04-01, when EWS in Exchange Online end; received "2027-04-01". ${ways}`],
            ["2028-01-01", `must be before 2027-04-01, when EWS in Exchange Online end; received "2028-01-01". ${ways}`],
            ["next year", 'must be a day such as "2027-03-31"; received "next year"'],
            ["2027-02-30", 'must be a day such as "2027-03-31"; received "2027-02-30"'],
        ]) {
            const recorded = await install({});
            assert.throws(() => new exchange.EwsAccess("mim", { clientId: "MIM", neededUntil }), {
                message: `${refused}\n  clientId: must be a GUID; received "MIM"\n  neededUntil: ${text}`,
            });
            await pulumi.runtime.disconnect();
            assert.deepEqual([recorded.resources, recorded.asked()], [[], []]);
        }
    });

    it("warns in every run once the day is over until which EWS were needed, and not on that day", async () => {
        for (const preview of [true, false]) {
            const texts = async (neededUntil: string) => (await build({ neededUntil }, { preview })).recorded.warnings.filter((one) => one.includes("neededUntil"));
            assert.deepEqual(await texts("2026-08-31"), [
                'mim: EWS were needed until 2026-08-31 ("neededUntil"), and that day is over. Take this component out, or give a later day',
            ]);
            assert.deepEqual(await texts("2026-09-01"), []);
        }
    });

    const late = "mim: Exchange may take up to 24 hours to let the application use EWS";

    it("says once after a change how long Exchange takes", async () => {
        assert.deepEqual((await build({}, { before: { ...listed, allowedAppIds: [] } })).recorded.warnings, [late]);
        assert.deepEqual((await build({}, { before: { ...listed, ewsEnabled: "unset" } })).recorded.warnings.slice(1), [late]);
        assert.deepEqual((await build()).recorded.warnings, []);
        assert.deepEqual((await build({}, { before: { ...listed, allowedAppIds: [] }, preview: true })).recorded.warnings, []);
    });

    const shut = "mim: this run sets EwsEnabled to true; from then on only applications in the list may use EWS, and";
    const unseen = "Programs that use EWS on behalf of users are not seen here: look at the EWS usage report of the admin centre";

    for (const preview of [true, false]) {
        it(`says ${preview ? "in the preview" : "in up"} whom the list will shut out, when EWS are not switched on yet`, async () => {
            const said = async (allowedAppIds: string[], clientId: pulumi.Input<string> = appId) => {
                const before = { ...listed, ewsEnabled: "unset", allowedAppIds };
                return (await build({ clientId }, { before, preview })).recorded.warnings.filter((one) => one.startsWith(shut));
            };
            const blocked = `THESE HAVE A RIGHT TO USE EWS AND WILL BE BLOCKED: "Archive" (${archive.appId}, full_access_as_app); put them into the list first if they use it`;
            assert.deepEqual(await said([]), [`${shut} nobody else is in it. ${blocked}. ${unseen}`]);
            assert.deepEqual(await said([appId, "b"]), [`${shut} it has b. ${blocked}. ${unseen}`]);
            assert.deepEqual(await said([archive.appId]), [`${shut} it has ${archive.appId}. No application with a right of its own to use EWS is missing. ${unseen}`]);
        });
    }

    it("says so too where it cannot be told who has a right, and where the application is not known yet", async () => {
        const recorded = await install(
            {
                ewsSettings: { ...listed, ewsEnabled: "unset", allowedAppIds: [] },
                ewsApplications: () => {
                    throw new Error("403");
                },
            },
            true,
        );
        const clientId = new exchange.EwsAllowedApplication("unknown", { appId }).ewsEnabled;
        new exchange.EwsAccess("mim", { clientId });
        await pulumi.runtime.disconnect();
        assert.equal(recorded.warnings.length, 1);
        assert.match(recorded.warnings[0]!, /nobody else is in it\. Which applications have a right to use EWS is not known \(.*\)\. Programs/);
    });

    it("says that programs are blocked by their user agent although the application is in the list", async () => {
        const said = async (more: Partial<typeof agents>) => (await build({}, { before: { ...listed, ...more } })).recorded.warnings;
        assert.deepEqual(await said({ userAgentPolicy: "EnforceAllowList", allowedUserAgents: ["Teams*"] }), [
            "mim: EwsApplicationAccessPolicy of the organisation is EnforceAllowList: only programs whose user agent is in EwsAllowList may use EWS " +
                '("Teams*"), whatever their application id',
        ]);
        assert.match((await said({ userAgentPolicy: "EnforceAllowList" })).join(), /\(nobody\)/);
        assert.deepEqual(await said({ userAgentPolicy: "EnforceBlockList", blockedUserAgents: ["MIM"] }), [
            "mim: EwsApplicationAccessPolicy of the organisation is EnforceBlockList: programs whose user agent is in EwsBlockList may not use EWS " +
                '("MIM"), whatever their application id',
        ]);
        assert.deepEqual(await said({ userAgentPolicy: "EnforceBlockList" }), []);
        assert.deepEqual(await said({ blockedUserAgents: ["MIM"] }), []);
    });

    for (const [ewsEnabled, text] of [
        ["false", /^mim: EwsEnabled is false: EWS are blocked for every application, whatever the list says\. Set "enableEws" to true$/],
        ["unset", /^mim: EwsEnabled is not set: EWS work without the list until Microsoft sets it to false in this tenant/],
    ] as const) {
        it(`says what the switch "${ewsEnabled}" means when it is left alone`, async () => {
            const { recorded } = await build({ enableEws: false }, { before: { ...listed, ewsEnabled }, after: { ...open, ewsEnabled } });
            assert.equal(recorded.warnings.length, 1);
            assert.match(recorded.warnings[0]!, text);
            assert.equal(recorded.inputs("mim-allowed")["enableEws"], false);
        });
    }

    it("lists entries that are no client ids", async () => {
        const { recorded, access } = await build({}, { after: { ...open, malformedEntries: ["{not-a-guid", ""] } });
        assert.deepEqual(await valueOf(access.malformedEntries), ["{not-a-guid", ""]);
        assert.deepEqual(
            recorded.warnings,
            ['mim: the list of applications that may use EWS has entries that are no client ids; they stay: "{not-a-guid", ""'],
        );
    });

    it("writes nothing when the settings cannot be read", async () => {
        const recorded = await install({
            ewsSettings: () => {
                throw new Error("401");
            },
        });
        const access = new exchange.EwsAccess("mim", { clientId: appId });
        await assert.rejects(valueOf(access.ewsEnabled));
        await pulumi.runtime.disconnect().catch(() => {});
        assert.deepEqual(recorded.registered(), ["EwsAccess mim"]);
    });
});
