// Looking up a mailbox or group: only the service's own word is "not found".
import * as assert from "node:assert/strict";
import { AuthorizationError, ServiceError } from "../../provider/clients/errors";
import { recipient } from "../../provider/functions/recipient";
import { Exchange } from "./support/exchange";

describe("function exchange:recipient", function () {
    this.timeout(20_000);
    let exchange: Exchange;
    const ask = (identity: string) => recipient.run({ identity }, exchange.context);

    before(async () => (exchange = await Exchange.start()));
    beforeEach(() => exchange.reset());
    after(() => exchange.stop());

    it("tells what it is, by any of its identifiers", async () => {
        const group = exchange.tenant.state.exchange.recipients.find(({ Alias }) => Alias === "mim-mailboxes")!;
        const told = {
            found: true,
            guid: group.Guid,
            externalDirectoryObjectId: group.ExternalDirectoryObjectId,
            distinguishedName: group.DistinguishedName,
            displayName: "MIM mailboxes",
            primarySmtpAddress: "mim-mailboxes@contoso.example",
            recipientTypeDetails: "MailUniversalSecurityGroup",
            isValidSecurityPrincipal: true,
        };
        for (const identity of ["MIM-mailboxes@contoso.example", group.Guid, group.ExternalDirectoryObjectId, group.DistinguishedName]) {
            assert.deepEqual(await ask(identity), told);
        }
        assert.equal((await ask("office@contoso.example"))["isValidSecurityPrincipal"], false);
    });

    it("tells that there is none, on servers of either kind", async () => {
        for (const notFoundAs500 of [false, true]) {
            exchange.tenant.behaviour.notFoundAs500 = notFoundAs500;
            assert.deepEqual(await ask("nobody@contoso.example"), { found: false });
        }
    });

    it("never takes a refusal or a foreign 404 for that", async () => {
        exchange.tenant.behaviour.nextCmdlet("Get-Recipient", 403, { plain: "\0\0" });
        await assert.rejects(ask("mim@contoso.example"), AuthorizationError);
        exchange.tenant.behaviour.nextCmdlet("Get-Recipient", 404, { plain: "<html>" });
        await assert.rejects(ask("mim@contoso.example"), ServiceError);
    });

    it("names what is wrong before anything is called", () => {
        assert.deepEqual(recipient.check({ identity: "mim@contoso.example" }), []);
        const reason = "expected a recipient's SMTP address, GUID or name; received null";
        assert.deepEqual(recipient.check({}), [{ property: "identity", reason }]);
    });
});
