import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { clock } from "../../../components/internal/clock";
import { reporter } from "../../../components/internal/report";
import { entra } from "../../../index";

const exchangeAppId = "00000002-0000-0ff1-ce00-000000000000";
const roleId = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";
const caller = "11111111-1111-1111-1111-111111111111";
const certificate = `-----BEGIN CERTIFICATE-----
MIIBdTCCAR+gAwIBAgIUQ2FuIHlvdSByZWFkIHRoaXM/IE5vMA0GCSqGSIb3DQEB
-----END CERTIFICATE-----`;

const everyMailbox = { mailboxes: "all", allMailboxesReason: "the archive" } as const;

interface Recorded {
    resources: pulumi.runtime.MockResourceArgs[];
    calls: pulumi.runtime.MockCallArgs[];
    warnings: string[];
    failures: string[];
}

const rights = { objectId: caller, roles: ["Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All"], directoryRoles: [], delegated: false };

/** Mocks prove tokens, names and inputs; not what azuread or the tenant do. */
async function install(
    credentials: object = { passwords: [], certificates: [], federated: [] },
    preview = false,
    callerRights: object = rights,
    inState: object = {},
): Promise<Recorded> {
    const recorded: Recorded = { resources: [], calls: [], warnings: [], failures: [] };
    const replies: Record<string, object> = {
        "azuread:index/getClientConfig:getClientConfig": { objectId: caller, clientId: "c", tenantId: "t" },
        "azuread:index/getApplicationPublishedAppIds:getApplicationPublishedAppIds": { result: { Office365ExchangeOnline: exchangeAppId } },
        "azuread:index/getServicePrincipal:getServicePrincipal": { clientId: exchangeAppId, objectId: "exchange-object", appRoleIds: { full_access_as_app: roleId } },
        "hybrid-identity:entra:callerRights": callerRights,
        "hybrid-identity:entra:secretPolicy": {},
        "hybrid-identity:entra:applicationCredentials": { objectId: "app-object", displayName: "MIM mail", ...credentials },
        "pulumi:pulumi:readStackResourceOutputs": { outputs: inState },
    };
    await pulumi.runtime.setMocks(
        {
            newResource: (args) => {
                recorded.resources.push(args);
                const computed = { clientId: "app-client", objectId: `${args.name}-object`, keyId: `${args.name}-key`, value: "s3cret" };
                return { id: `${args.name}-id`, state: { ...computed, ...args.inputs } };
            },
            call: (args) => {
                recorded.calls.push(args);
                const reply = replies[args.token];
                if (args.token === "azuread:index/getApplication:getApplication" && args.inputs["displayName"] !== undefined) {
                    // As gRPC hands an error over.
                    throw Object.assign(new Error(), { details: "Application not found: no applications found matching filter" });
                }
                if (reply === undefined) {
                    throw new Error(`unexpected call of ${args.token}`);
                }
                return reply;
            },
        },
        "hybrid-identity",
        "test",
        preview,
        "organization",
    );
    pulumi.runtime.setAllConfig({});
    reporter.warn = (message) => void recorded.warnings.push(message);
    reporter.fail = (message) => void recorded.failures.push(message);
    return recorded;
}

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => output.apply(resolve));
}

async function build(args: Partial<entra.MailApplicationArgs> = {}, credentials?: object, callerRights?: object, inState?: object) {
    const recorded = await install(credentials, false, callerRights, inState);
    const mailboxes = args.method === "rbac" ? {} : everyMailbox;
    const app = new entra.MailApplication("mim", { displayName: "MIM mail", secretRotation: { days: 90, overlapDays: 14, startingOn: "2026-01-01" }, ...mailboxes, ...args });
    await valueOf(app.foreignCredentials);
    await pulumi.runtime.disconnect();
    return { recorded, app };
}

describe("MailApplication", () => {
    const now = clock.now;
    const real = { ...reporter };
    beforeEach(() => (clock.now = () => new Date("2026-04-02T08:00:00Z")));
    after(() => {
        clock.now = now;
        Object.assign(reporter, real);
    });

    it("registers the application with nothing superfluous, and everything that must stay configured", async () => {
        const { recorded } = await build();
        assert.deepEqual(
            recorded.resources.map((one) => `${one.type} ${one.name}`).sort(),
            [
                "azuread:index/appRoleAssignment:AppRoleAssignment mim-consent",
                "azuread:index/application:Application mim-app",
                "azuread:index/applicationPassword:ApplicationPassword mim-secret-2026-01-01",
                "azuread:index/applicationPassword:ApplicationPassword mim-secret-2026-04-01",
                "azuread:index/servicePrincipal:ServicePrincipal mim-sp",
                "hybrid-identity:entra:MailApplication mim",
            ],
        );
        const inputs = (name: string) => recorded.resources.find((one) => one.name === name)!.inputs;
        assert.deepEqual(inputs("mim-app"), {
            displayName: "MIM mail",
            signInAudience: "AzureADMyOrg",
            owners: [caller],
            requiredResourceAccesses: [{ resourceAppId: exchangeAppId, resourceAccesses: [{ id: roleId, type: "Role" }] }],
            identifierUris: [],
            fallbackPublicClientEnabled: false,
            web: { redirectUris: [] },
            publicClient: { redirectUris: [] },
            singlePageApplication: { redirectUris: [] },
        });
        assert.deepEqual(inputs("mim-sp"), { clientId: "app-client", owners: [caller], accountEnabled: true, appRoleAssignmentRequired: false });
        assert.deepEqual(inputs("mim-consent"), { principalObjectId: "mim-sp-object", resourceObjectId: "exchange-object", appRoleId: roleId });
        assert.deepEqual(inputs("mim-secret-2026-04-01"), { applicationId: "mim-app-id", displayName: "Pulumi 2026-04-01", endDate: "2026-07-29T00:00:00Z" });
    });

    it("hands out the newest secret, as a secret", async () => {
        const { app } = await build();
        assert.equal(await pulumi.isSecret(app.clientSecret), true);
        assert.equal(await valueOf(app.clientSecret), "s3cret");
        assert.equal(await valueOf(app.keyId), "mim-secret-2026-04-01-key");
        assert.equal(await valueOf(app.validUntil), "2026-07-29T00:00:00Z");
        assert.equal(await valueOf(app.nextRotation), "2026-06-30");
    });

    it("leaves the consent out with rbac", async () => {
        const { recorded } = await build({ method: "rbac" });
        assert.ok(!recorded.resources.some((one) => one.name === "mim-consent"));
        assert.deepEqual(recorded.resources.find((one) => one.name === "mim-app")!.inputs["requiredResourceAccesses"], []);
    });

    it("reports credentials that it did not make, and asks the tenant once", async () => {
        const foreign = { keyId: "99999999-0000-0000-0000-000000000000", displayName: "by hand", startDateTime: "", endDateTime: "2028-01-01T00:00:00Z", hint: "abc" };
        const own = { keyId: "mim-secret-2026-04-01-key", displayName: "Pulumi 2026-04-01", startDateTime: "", endDateTime: "2026-07-29T00:00:00Z", hint: "xyz" };
        const { recorded, app } = await build({}, { passwords: [own, foreign], certificates: [], federated: [] });
        assert.deepEqual(await valueOf(app.foreignCredentials), [{ kind: "secret", id: foreign.keyId, displayName: "by hand", endDateTime: "2028-01-01T00:00:00Z" }]);
        assert.deepEqual(recorded.warnings.slice(1), [
            `mim: the application has credentials that this program did not make; they stay:\n  secret ${foreign.keyId} "by hand", ends 2028-01-01T00:00:00Z`,
        ]);
        assert.equal(recorded.calls.filter((one) => one.token === "hybrid-identity:entra:applicationCredentials").length, 1);
    });

    it("ends the run with the right that is missing and who can give it, and keeps what is in state as it is", async () => {
        assert.deepEqual((await build()).recorded.failures, []);
        const below = "urn:pulumi:test::hybrid-identity::hybrid-identity:entra:MailApplication$azuread:index";
        const inState = {
            [`${below}/application:Application::mim-app`]: { type: "azuread:index/application:Application", outputs: { clientId: "app-client" } },
            [`${below}/application:Application::mim-more-app`]: { type: "azuread:index/application:Application", outputs: { clientId: "other" } },
        };
        const { recorded } = await build({}, undefined, { ...rights, roles: ["Application.ReadWrite.OwnedBy"] }, inState);
        assert.deepEqual(recorded.failures, [
            `mim: the service principal ${caller} that runs Pulumi lacks AppRoleAssignment.ReadWrite.All, an application permission of Microsoft Graph. ` +
                "A Privileged Role Administrator or Global Administrator can give it (admin consent); a new token is needed after that",
        ]);
        // What is no longer in state would be made from these inputs: the plugin refuses them.
        assert.deepEqual(
            recorded.resources.map(({ name, inputs }) => [name, inputs]),
            [["mim", {}], ["mim-app", { displayName: "" }]],
        );
        assert.deepEqual((await build({ method: "rbac" }, undefined, { ...rights, roles: ["Application.ReadWrite.OwnedBy"] })).recorded.failures, []);
    });

    it("makes no secret before its first day", async () => {
        const { recorded, app } = await build({ secretRotation: { days: 90, overlapDays: 14, startingOn: "2027-01-01" } });
        assert.ok(!recorded.resources.some((one) => one.type.includes("Password")));
        assert.equal(await valueOf(app.clientSecret), undefined);
        assert.equal(await valueOf(app.nextRotation), "2027-01-01");
    });

    it("takes a federated credential instead of a secret", async () => {
        const { recorded } = await build({ secretRotation: undefined, federatedCredential: { issuer: "https://token.example", subject: "repo:contoso" } });
        const credential = recorded.resources.find((one) => one.name === "mim-federated")!;
        assert.deepEqual(credential.inputs, {
            applicationId: "mim-app-id",
            displayName: "mim",
            issuer: "https://token.example",
            subject: "repo:contoso",
            audiences: ["api://AzureADTokenExchange"],
            description: "",
        });
        assert.ok(!recorded.resources.some((one) => one.type.includes("Password")));
    });

    it("copies the newest secret to a Key Vault, as a secret, with its end and key id", async () => {
        const { recorded } = await build({ keyVault: { resourceGroupName: "rg", vaultName: "kv", secretName: "mim-mail" } });
        const copy = recorded.resources.find((one) => one.name === "mim-vault-secret")!;
        assert.equal(copy.type, "azure-native:keyvault:Secret");
        assert.ok(pulumi.runtime.isRpcSecret(copy.inputs["properties"]) || pulumi.runtime.isRpcSecret(copy.inputs["properties"].value));
        const properties = pulumi.runtime.isRpcSecret(copy.inputs["properties"]) ? pulumi.runtime.unwrapRpcSecret(copy.inputs["properties"]) : copy.inputs["properties"];
        assert.equal(properties.contentType, "client secret, key id mim-secret-2026-04-01-key");
        assert.equal(properties.attributes.expires, Date.parse("2026-07-29T00:00:00Z") / 1000);
    });

    it("names every bad argument at once, before anything is registered", async () => {
        const recorded = await install();
        assert.throws(
            () =>
                new entra.MailApplication("mim", {
                    displayName: " ",
                    method: "all" as never,
                    owners: ["somebody"],
                    secretRotation: { days: 30, overlapDays: 30 },
                    certificate,
                    adopt: "MIM mail",
                    mode: "look" as never,
                }),
            (error: Error) => {
                const lines = error.message.split("\n");
                assert.equal(lines[0], 'entra.MailApplication "mim" cannot be used as it is written:');
                assert.deepEqual(
                    lines.slice(1).map((line) => line.trim().split(":")[0]),
                    ["method", "mode", "displayName", "owners", "certificate", "secretRotation.overlapDays", "certificate", "adopt", "mailboxScope"],
                );
                return pulumi.RunError.isInstance(error);
            },
        );
        await pulumi.runtime.disconnect();
        assert.deepEqual(recorded.resources, []);
        assert.deepEqual(recorded.calls, []);
    });

    it("says of arguments that are known only later what it says of others, and never shows a certificate", async () => {
        const recorded = await install();
        const later = { certificate: pulumi.secret("s3cret"), owners: pulumi.output(["somebody"]), secretRotation: undefined };
        const app = new entra.MailApplication("mim", { displayName: pulumi.output(" "), ...everyMailbox, ...later });
        await assert.rejects((app.clientId as unknown as { promise(): Promise<string> }).promise(), ({ message }: Error) => {
            assert.match(message, /^mim: entra\.MailApplication "mim" cannot be used as it is written: displayName: must have 1 to 120 characters; .* owners: must be object ids .* certificate: must be one certificate in PEM form/);
            return !message.includes("s3cret");
        });
        await pulumi.runtime.disconnect().catch(() => undefined);
        assert.deepEqual(recorded.resources.map(({ name }) => name), ["mim"]);
    });

    it("refuses what has no effect, and an issuer that is no https address, without showing it", async () => {
        await install();
        const refused: [Partial<entra.MailApplicationArgs>, string][] = [
            [{ failOnDrift: true }, 'failOnDrift: has an effect only with mode: "audit"'],
            [{ federatedCredential: { issuer: "http://a", subject: "s" } }, "federatedCredential.issuer: must be the issuer's address, which begins with https://"],
            [{ federatedCredential: { issuer: "a", subject: "s" } }, "federatedCredential.issuer: must be the issuer's address"],
        ];
        for (const [args, message] of refused) {
            assert.throws(() => new entra.MailApplication("mim", { displayName: "MIM mail", ...everyMailbox, ...args }), (error: Error) => error.message.includes(`\n  ${message}`), message);
        }
        await pulumi.runtime.disconnect();
    });

    it("gives no consent because an argument was left out: mailboxes or a reason have to be spelled out", async () => {
        const recorded = await install();
        const displayName = "MIM mail";
        const refused: [Partial<entra.MailApplicationArgs>, string][] = [
            [{}, "mailboxScope: is missing, and without it the consent full_access_as_app opens every mailbox of the tenant"],
            [{ mailboxes: "all" }, 'allMailboxesReason: is missing; with mailboxes "all" say why'],
            [{ mailboxes: "all", allMailboxesReason: " " }, "allMailboxesReason: is missing"],
            [{ mailboxes: "every" as never }, 'mailboxes: must be "all", or left out; received "every"'],
            [{ ...everyMailbox, mailboxScope: "separate" }, 'mailboxes: is "all" beside mailboxScope'],
            [{ ...everyMailbox, method: "rbac" }, 'mailboxes: is "all" beside the method "rbac"'],
            [{ mailboxScope: "separate", allMailboxesReason: "the archive" }, 'allMailboxesReason: is for mailboxes "all" only'],
            [{ mailboxScope: "seperate" as never }, 'mailboxScope: must be the mailboxes or "separate"; received "seperate"'],
            [{ mailboxScope: "separate", method: "migrate" }, 'mailboxScope: is "separate"; the method "migrate" needs'],
        ];
        for (const [args, message] of refused) {
            assert.throws(() => new entra.MailApplication("mim", { displayName, ...args }), (error: Error) => error.message.includes(`\n  ${message}`), message);
        }
        await pulumi.runtime.disconnect();
        assert.deepEqual(recorded.resources, []);
    });

    it("says in every run, and in the outputs, why all mailboxes are open", async () => {
        const { recorded, app } = await build();
        assert.deepEqual(recorded.warnings, ['mim: the application may open EVERY mailbox of the tenant (mailboxes "all"). Reason: the archive']);
        assert.equal(await valueOf(app.allMailboxesReason), "the archive");
        assert.deepEqual((await build({ method: "rbac" })).recorded.warnings, []);
    });

    for (const displayName of ["", "x".repeat(121)]) {
        it(`refuses a display name of ${displayName.length} characters`, async () => {
            await install();
            assert.throws(() => new entra.MailApplication("mim", { displayName }), /displayName: must have 1 to 120 characters/);
        });
    }
});
