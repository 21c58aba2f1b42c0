// The organisation's EWS switch and list, as the pretend tenant tells them: the list only to who asks for it.
import * as assert from "node:assert/strict";
import { AuthorizationError } from "../../provider/clients/errors";
import { ewsSettings } from "../../provider/functions/ewsSettings";
import { Exchange } from "./support/exchange";

const open = { userAgentPolicy: "none", allowedUserAgents: [], blockedUserAgents: [] };
const mim = "11111111-aaaa-4bbb-8ccc-000000000001";

describe("function exchange:ewsSettings", function () {
    this.timeout(20_000);
    let exchange: Exchange;
    const ask = () => ewsSettings.run({}, exchange.context);

    before(async () => (exchange = await Exchange.start()));
    beforeEach(() => exchange.reset());
    after(() => exchange.stop());

    it("tells the switch in its three positions, the ids, and what is none", async () => {
        const { organization } = exchange.tenant.state.exchange;
        for (const [enabled, list, told] of [
            [null, null, { ewsEnabled: "unset", allowedAppIds: [], malformedEntries: [] }],
            [false, "", { ewsEnabled: "false", allowedAppIds: [], malformedEntries: [] }],
            [true, `Contoso, ${mim.toUpperCase()},${mim}`, { ewsEnabled: "true", allowedAppIds: [mim], malformedEntries: ["Contoso"] }],
        ] as const) {
            Object.assign(organization, { EwsEnabled: enabled, EwsAllowedAppIDs: list });
            exchange.newRun();
            assert.deepEqual(await ask(), { ...told, ...open });
        }
    });

    it("tells which programs may use EWS", async () => {
        const { organization } = exchange.tenant.state.exchange;
        Object.assign(organization, { EwsApplicationAccessPolicy: "EnforceAllowList", EwsAllowList: ["MIM/4.6"], EwsBlockList: ["Evil*"] });
        exchange.newRun();
        const { userAgentPolicy, allowedUserAgents, blockedUserAgents } = await ask();
        assert.deepEqual([userAgentPolicy, allowedUserAgents, blockedUserAgents], ["EnforceAllowList", ["MIM/4.6"], ["Evil*"]]);
    });

    it("is asked once in a run, and fails where it may not be told", async () => {
        await Promise.all([ask(), ask(), ask()]);
        assert.deepEqual(exchange.cmdlets, ["Get-OrganizationConfig"]);
        exchange.newRun();
        exchange.tenant.behaviour.nextCmdlet("Get-OrganizationConfig", 403, { plain: "\0\0" });
        await assert.rejects(ask(), AuthorizationError);
        assert.deepEqual(ewsSettings.check({}), []);
    });
});
