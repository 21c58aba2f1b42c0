// An application deleted by hand, with each kind of credential managed: the next preview shows what is to come, up makes it, and that is all. And
// the certificate that an earlier version made with azuread, whose refresh would fail there, is handed over.
import assert from "node:assert/strict";
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { entra } from "../../index";
import { newAuthority } from "../../lab/tenant/certificates";
import { callGraph, sendMail } from "../../lab/tenant/client";
import { DEFAULT_ROLES } from "../../lab/tenant/seed";
import type { Tenant } from "../../lab/tenant/tenant";
import { firstNoon, secretRotation } from "./support/mimMail";
import type { EngineStack } from "./support/stack";
import { everyMailbox, useTenant } from "./support/tenantScene";

describe("engine: an application that was deleted by hand", function () {
    this.timeout(480_000);
    const scene = useTenant(firstNoon);
    const { certificate } = newAuthority();
    let tenant: Tenant;

    before(() => ({ tenant } = scene));

    const named = (name: string) => tenant.state.applications.find((one) => one.displayName === name)!;
    const typesIn = (stack: EngineStack) => stack.resources.map(({ type }) => type).filter((type) => type.endsWith(":ApplicationCertificate"));

    async function remove(name: string): Promise<void> {
        assert.equal((await callGraph(tenant, "DELETE", `/v1.0/applications/${named(name).id}`)).status, 204);
    }

    it("is made again with certificate, secret and federated credential, and the next preview has nothing to do", async () => {
        const { stack } = scene;
        let given: { clientId: string; clientSecret: string };
        stack.program = () => {
            new entra.MailApplication("c", { displayName: "c", ...everyMailbox, certificate });
            new entra.MailApplication("f", { displayName: "f", ...everyMailbox, federatedCredential: { issuer: "https://token.example", subject: "s" } });
            const { clientId, clientSecret } = new entra.MailApplication("p", { displayName: "p", ...everyMailbox, secretRotation });
            return { clientId, clientSecret };
        };
        given = (await stack.up()).outputs as typeof given;
        for (const name of ["c", "f", "p"]) await remove(name);
        const seen = await stack.preview({ refresh: true, diff: true });
        for (const type of ["Application", "ApplicationPassword", "ApplicationFederatedIdentityCredential", "ApplicationCertificate", "ServicePrincipal", "AppRoleAssignment"]) {
            assert.match(seen.text, new RegExp(`\\+ [\\w:-]+/?\\w*:${type}: \\(create\\)`), type);
        }
        given = (await stack.up({ refresh: true })).outputs as typeof given;
        assert.equal(await sendMail(tenant, given), "sent");
        assert.deepEqual([named("c").keyCredentials.length, named("f").federatedIdentityCredentials.length, named("p").passwordCredentials.length], [1, 1, 1]);
        await stack.preview({ refresh: true, expectNoChanges: true });
    });

    it("is forgotten where it is deleted and its component removed", async () => {
        const { stack } = scene;
        for (const name of ["c", "f", "p"]) await remove(name);
        await stack.destroy({ refresh: true });
        assert.deepEqual(stack.resources.filter(({ type }) => /^azuread|ApplicationCertificate/.test(type)), []);
    });

    /** As an earlier version of the component left it. */
    async function madeBefore(name: string): Promise<EngineStack> {
        const stack = await scene.anotherStack(name);
        stack.program = () => {
            const parent = new pulumi.ComponentResource("hybrid-identity:entra:MailApplication", name, {});
            const { id: applicationId } = new azuread.Application(`${name}-app`, { displayName: name }, { parent });
            const given = { applicationId, type: "AsymmetricX509Cert", encoding: "pem", value: certificate };
            new azuread.ApplicationCertificate(`${name}-certificate`, given, { parent });
            return {};
        };
        await stack.up();
        return stack;
    }

    it("hands over a certificate of before without a moment without it, and needs no azuread for it from then on", async () => {
        const stack = await madeBefore("old");
        const [before] = named("old").keyCredentials;
        const declare = (args: Partial<entra.MailApplicationArgs>) => {
            stack.program = () => {
                new entra.MailApplication("old", { displayName: "old", ...everyMailbox, ...args });
                return {};
            };
        };
        declare({ certificate });
        tenant.resetCalls();
        await stack.up({ refresh: true });
        assert.equal(typesIn(stack).length, 2);
        // A run that is refused in between registers both as they are.
        tenant.grant(["Application.ReadWrite.All"]);
        await stack.up({ refresh: true, fails: true });
        tenant.grant(DEFAULT_ROLES);
        await stack.up({ refresh: true });
        assert.deepEqual(typesIn(stack), ["hybrid-identity:entra:ApplicationCertificate"]);
        assert.deepEqual(named("old").keyCredentials, [before]);
        await stack.preview({ refresh: true, expectNoChanges: true });
        const { appId: adopt } = named("old");
        await remove("old");
        declare({ certificate, adopt });
        const refused = await stack.preview({ refresh: true, fails: true });
        assert.match(refused.text, new RegExp(`"adopt" names the client id ${adopt}, and that application cannot be read: .*leave "adopt" out`));
        declare({ certificate });
        await stack.up({ refresh: true });
        assert.equal(named("old").keyCredentials.length, 1);
    });

    it("is locked where the certificate of before is still in state, until that is taken out", async () => {
        const stack = await madeBefore("locked");
        await remove("locked");
        stack.program = () => {
            new entra.MailApplication("locked", { displayName: "locked", ...everyMailbox, certificate });
            return {};
        };
        assert.match((await stack.preview({ refresh: true, fails: true })).text, /Retrieving Application .* 404/);
        const urn = `urn:pulumi:locked::lab::hybrid-identity:entra:MailApplication$azuread:index/applicationCertificate:ApplicationCertificate::locked-certificate`;
        stack.forget(urn);
        await stack.up({ refresh: true });
        assert.equal(named("locked").keyCredentials.length, 1);
        await stack.preview({ refresh: true, expectNoChanges: true });
    });

    it("takes the certificate of before away where another one is declared", async () => {
        const stack = await madeBefore("older");
        const { certificate: newer } = newAuthority();
        stack.program = () => {
            new entra.MailApplication("older", { displayName: "older", ...everyMailbox, certificate: newer });
            return {};
        };
        const [before] = named("older").keyCredentials;
        await stack.up({ refresh: true });
        assert.deepEqual(typesIn(stack), ["hybrid-identity:entra:ApplicationCertificate"]);
        const [left, ...others] = named("older").keyCredentials;
        assert.deepEqual([left!.keyId === before!.keyId, others], [false, []]);
    });
});
