// What PortalMail is told, on the real engine: outputs that turn out wrong, and another name. What is known at once stands in test/components/mim/portalMail.test.ts.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { mim } from "../../index";
import { startLab, type Lab, type LabHost } from "../../lab/lab";
import { firstNoon, isWrite, secretRotation } from "./support/mimMail";
import { declareHost } from "./support/scene";
import { useTenant } from "./support/tenantScene";

const mailbox = "mim@contoso.example";

describe("engine: what PortalMail is told", function () {
    this.timeout(120_000);
    const scene = useTenant(firstNoon);
    let lab: Lab;
    let host: LabHost;

    before(async () => {
        lab = await startLab({ hosts: ["mim01"] });
        host = lab.hosts["mim01"]!;
    });
    after(() => lab?.stop());

    function declare(args: Partial<mim.PortalMailArgs> = {}, name = "portal", opts?: pulumi.ComponentResourceOptions): void {
        scene.stack.program = () => {
            const { state } = new mim.PortalMail(
                name,
                {
                    host: declareHost(host),
                    route: "exchangeOnline",
                    mailbox,
                    tenantId: scene.tenant.tenantId,
                    application: {
                        displayName: "MIM mail",
                        secretRotation,
                        mailboxScope: { group: "mim-mailboxes@contoso.example", inScopeMailbox: mailbox, outOfScopeMailbox: "ceo@contoso.example" },
                    },
                    ...args,
                },
                opts,
            );
            return { state };
        };
    }
    const writes = () => scene.tenant.calls.filter((one) => isWrite(one) && !one.path.startsWith("/EWS")).length;

    it("an output that is no mailbox, or a secret, is refused once it is known, in one error, and nothing is made", async () => {
        const setup = { properties: pulumi.output({ MAIL_SERVER_IS_EXCHANGE: "0" }), secretProperties: { SERVICE_ACCOUNT_PASSWORD: pulumi.secret("S3cret") } };
        declare({ mailbox: pulumi.output("not an address"), tenantId: pulumi.secret("S3cret"), smtp: { address: pulumi.output("relay:25") }, secretBy: "registry", accountPassword: pulumi.secret("S3cret\n"), setup });
        const [title, ...lines] = ['mim.PortalMail "portal" cannot be used as it is written:', "tenantId: is a secret, and messages show it", "mailbox: must be an SMTP address, in ASCII; received \"not an address\"", "smtp.address: must be a host name", "accountPassword: must be a text of 1 to 1000 characters", 'setup.secretProperties["SERVICE_ACCOUNT_PASSWORD"]: must be a text of 8 to 1000 characters', 'setup.properties["MAIL_SERVER_IS_EXCHANGE"]: must be "1" with route "exchangeOnline"'];
        for (const run of ["preview", "up"] as const) {
            const { errors, text } = await scene.stack[run]({ fails: true });
            assert.equal(errors.filter((one) => one.includes(title!)).length, 1);
            lines.forEach((line) => assert.ok(errors.join("\n").includes(line), line));
            assert.doesNotMatch(text, /S3cret|\n\s+at /);
            assert.deepEqual([writes(), host.counters.execs], [0, 0]);
        }
    });

    it("outputs that are right pass", async () => {
        declare({ mailbox: pulumi.output(mailbox), enableEws: pulumi.output(true), secretBy: "registry", accountPassword: pulumi.secret("Kept-by-svc-mim-7") });
        const { warnings, text } = await scene.stack.preview();
        // The ids and the secret are made by the update: the first preview says so, and shows the rest.
        for (const one of ["ids", "secret"]) {
            assert.match(text, new RegExp(`document "portal-${one}" is made of is known in this preview; what it changes.* shows in the update`));
        }
        assert.doesNotMatch(text, /ExchangeOnlineTenantID|mail of the MIM Service/);
        assert.doesNotMatch(text, /written, but not in force/);
        assert.match(warnings.join("\n"), /mim01: restart of FIMService, .*changes values in this run/);
    });

    it("another name, with aliases: the tenant side and the server stay", async () => {
        declare();
        await scene.stack.up();
        const [before, made] = [scene.tenant.state.applications.map(({ id }) => id), writes()];
        declare({}, "renamed");
        const bare = await scene.stack.preview();
        assert.ok(bare.steps.some(([resource, operation]) => resource === "portal-ews-allowed" && operation === "delete"), JSON.stringify(bare.steps));
        declare({}, "renamed", { aliases: [{ name: "portal" }] });
        const up = await scene.stack.up();
        // Its name is in the ids of its documents: the host hands each value from the old document to the new one, and writes none.
        const documents = ["ids", "tls", "dotnet", "service"];
        const [fresh, gone] = ["renamed", "portal"].map((name) => documents.map((one) => `${name}-${one}-mim01-${name}-${one}`));
        assert.deepEqual([up.steps, up.changes], [[], Object.fromEntries([...fresh!.map((one) => [one, "create"]), ...gone!.map((one) => [one, "delete"])])]);
        assert.deepEqual([scene.tenant.state.applications.map(({ id }) => id), writes()], [before, made]);
        assert.deepEqual((await scene.stack.preview({ expectNoChanges: true })).changes, {});
    });
});
