import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ewsHealth, ServicePrincipal } from "../../../components/exchange";
import { appId, install, now, principalId, useClock, valueOf } from "../support/exchangeMocks";

// Proves what the provider is asked and how its answer comes back; not what it answers: test/provider/ewsHealth.test.ts does.
describe("ewsHealth", () => {
    useClock();
    const reply = { state: "pending", check: "ews", message: "403", advice: "wait", time: now, pendingUntil: "2026-09-02T12:00:00.000Z" };
    const args = { tenantId: "contoso.com", clientId: appId, mailbox: "mim@contoso.example" };

    it("hands over all arguments, and its result is no secret", async () => {
        const mocks = await install({ ewsHealth: reply });
        const more = { method: "rbac", userAgent: "MIM", changedAt: now, now };
        const result = ewsHealth({ ...args, clientSecret: pulumi.secret("hush"), ...more });
        assert.deepEqual(await valueOf(result), reply);
        assert.equal(await pulumi.isSecret(result), false);
        assert.deepEqual(mocks.asked(), [`ewsHealth ${now} ${appId} hush mim@contoso.example rbac ${now} contoso.com MIM`]);
    });

    it("asks nothing while the secret is not known", async () => {
        const mocks = await install({ ewsHealth: reply }, true);
        const { id: unknown } = new ServicePrincipal("made", { appId, objectId: principalId });
        const result = ewsHealth({ ...args, clientSecret: unknown });
        assert.equal(await (result as unknown as { isKnown: Promise<boolean> }).isKnown, false);
        assert.deepEqual(mocks.asked(), []);
    });
});
