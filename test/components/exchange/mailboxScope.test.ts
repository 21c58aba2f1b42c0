import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { entra, exchange, MailMethod } from "../../../index";
import { appId, group, install, now, principalId, Replies, useClock, valueOf } from "../support/exchangeMocks";

const fullAccess = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";
const known = {
    found: true,
    ...group,
    displayName: "MIM mailboxes",
    recipientTypeDetails: "MailUniversalSecurityGroup",
    isValidSecurityPrincipal: true,
};
const ago = (hours: number) => new Date(Date.parse(now) - hours * 3_600_000).toISOString();
const inTwoHours = "2026-09-01T14:00:00.000Z";

const mailboxes = { inScopeMailbox: "mim@contoso.example", outOfScopeMailbox: "ceo@contoso.example" };
const args: exchange.MailboxScopeArgs = {
    clientId: appId,
    servicePrincipalId: principalId,
    group: "mim-mailboxes@contoso.example",
    ...mailboxes,
};
const exchangeName = `mim-${appId}`;
const filter = "MemberOfGroup -eq 'CN=O''Hara mailboxes,OU=contoso,DC=example'";

const policy = (description: string) => ({
    identity: `org\\${appId}:S-1;${group.guid}`,
    accessRight: "RestrictAccess",
    scopeName: "g",
    scopeGuid: group.guid,
    description,
});
const assignment = (hours: number) => ({
    guid: "1",
    name: exchangeName,
    role: "Application EWS.AccessAsApp",
    scope: exchangeName,
    createdAt: ago(hours),
});
const consent = { assignments: [{ id: "1", appRoleId: fullAccess, resourceObjectId: "exchange" }] };
const answers = (inScope: string, outOfScope: string) => ({ mailbox }: Record<string, string>) => ({
    access: mailbox === mailboxes.inScopeMailbox ? inScope : outOfScope,
    detail: "",
});

const switches = { ewsEnabled: "true", userAgentPolicy: "none", allowedUserAgents: [], blockedUserAgents: [] };

function replies(more: Replies = {}): Replies {
    return {
        recipient: known,
        applicationAccess: { policies: [], assignments: [], servicePrincipal: false },
        appRoleAssignments: { assignments: [] },
        testMailboxAccess: answers("granted", "denied"),
        mailboxEws: switches,
        readStackResourceOutputs: { outputs: {} },
        ...more,
    };
}

async function build(more: Partial<exchange.MailboxScopeArgs> = {}, given: Replies = {}, preview = false, state: object = {}) {
    const recorded = await install(replies(given), preview, state);
    const scope = new exchange.MailboxScope("mim", { ...args, ...more });
    await valueOf(scope.access);
    await pulumi.runtime.disconnect();
    return { recorded, scope };
}

describe("MailboxScope: arguments", () => {
    useClock();

    it("names every one that is wrong at once, before anything is registered or asked", async () => {
        const recorded = await install({});
        const bad = {
            clientId: "MIM",
            servicePrincipalId: "",
            method: "all" as never,
            group: "MIM mailboxes",
            mailboxes: [],
            groupAddress: "mim",
            inScopeMailbox: "mim",
            outOfScopeMailbox: "",
        };
        assert.throws(() => new exchange.MailboxScope("mim", bad), (error: Error) => {
            assert.equal(
                error.message,
                [
                    'exchange.MailboxScope "mim" cannot be used as it is written:',
                    '  method: unknown choice "all"; use one of accessPolicy, rbac, migrate',
                    '  clientId: must be a GUID; received "MIM"',
                    '  servicePrincipalId: must be a GUID; received ""',
                    "  mailboxes: stands beside group; leave one of them out",
                    "  groupAddress: is for the group that is made for mailboxes, and with group none is; leave it out",
                    '  group: must be an SMTP address or a GUID; received "MIM mailboxes"',
                    "  mailboxes: must name at least one mailbox; received []",
                    '  groupAddress: must be an SMTP address; received "mim"',
                    '  inScopeMailbox: must be an SMTP address; received "mim"',
                    '  outOfScopeMailbox: must be an SMTP address; received ""',
                ].join("\n"),
            );
            return pulumi.RunError.isInstance(error);
        });
        await pulumi.runtime.disconnect();
        assert.deepEqual([recorded.resources, recorded.asked()], [[], []]);
    });

    it("has one line for one cause: what is refused is not missing besides", async () => {
        await install({});
        const refused: [object, string][] = [
            [{ application: "x", clientId: undefined, servicePrincipalId: undefined }, 'application: must be a MailApplication, or an object with both ids; received "x"'],
            [{ group: undefined, mailboxes: "text" }, 'mailboxes: must be a list; received "text". Write ["text"]'],
            [{ clientId: principalId.toUpperCase() }, 'servicePrincipalId: is the same as clientId; give the object id of the enterprise application (Entra ID, "Enterprise applications")'],
            [{ group: 7 }, "group: must be an SMTP address, a GUID or a MailEnabledSecurityGroup; received 7"],
        ];
        for (const [more, line] of refused) {
            const bad = () => new exchange.MailboxScope("mim", { ...args, ...more });
            assert.throws(bad, { message: `exchange.MailboxScope "mim" cannot be used as it is written:\n  ${line}` });
        }
        await pulumi.runtime.disconnect();
    });

    it("says of an address that is known only later what it says of others, shortened", async () => {
        const recorded = await install({});
        const long = "x".repeat(3000);
        const scope = new exchange.MailboxScope("mim", { ...args, inScopeMailbox: pulumi.output(long), outOfScopeMailbox: `${long}@contoso.example`.slice(-40) });
        await assert.rejects(valueOf(scope.group), ({ message }: Error) => {
            return message === `exchange.MailboxScope "mim" cannot be used as it is written:\n  inScopeMailbox: must be an SMTP address; received "${"x".repeat(80)}" (3000 characters)`;
        });
        await pulumi.runtime.disconnect().catch(() => undefined);
        assert.ok(!recorded.asked().some((one) => one.startsWith("recipient")), "nothing is asked of Exchange");
    });

    const list = { group: undefined, mailboxes: ["mim@contoso.example", "mim2@contoso.example"] };
    const wrong: [string, Partial<exchange.MailboxScopeArgs>, string][] = [
        ["neither group nor mailboxes", { group: undefined }, 'group: is missing; give it, or "mailboxes"'],
        [
            "the same mailbox in and out of scope",
            { outOfScopeMailbox: "MIM@contoso.example" },
            "outOfScopeMailbox: is the same as inScopeMailbox (mim@contoso.example); name a mailbox that must stay closed",
        ],
        [
            "a list with something else",
            { ...list, mailboxes: ["mim@contoso.example", "MIM"] },
            'mailboxes: must be SMTP addresses; received "MIM"',
        ],
        [
            "a list without the mailbox in scope",
            { ...list, mailboxes: ["mim2@contoso.example"] },
            'inScopeMailbox: must be one of mailboxes; received "mim@contoso.example"',
        ],
        [
            "a list with the mailbox out of scope",
            { ...list, mailboxes: ["mim@contoso.example", "CEO@contoso.example"] },
            "outOfScopeMailbox: is one of mailboxes; name a mailbox that must stay closed",
        ],
        ["no mailbox to test", { inScopeMailbox: undefined as never }, "inScopeMailbox: is required; received nothing"],
    ];
    for (const [what, more, expected] of wrong) {
        it(`refuses ${what}`, async () => {
            await install({});
            assert.throws(
                () => new exchange.MailboxScope("mim", { ...args, ...more }),
                (error: Error) => error.message === `exchange.MailboxScope "mim" cannot be used as it is written:\n  ${expected}`,
            );
        });
    }
});

describe("MailboxScope: group", () => {
    useClock();

    it("makes one with exactly the mailboxes that are listed", async () => {
        const { recorded, scope } = await build({
            group: undefined,
            mailboxes: ["mim@contoso.example"],
            groupAddress: "mim-scope@contoso.example",
        });
        assert.deepEqual(recorded.inputs("mim-mailboxes"), {
            name: "mim-mailboxes",
            primarySmtpAddress: "mim-scope@contoso.example",
            members: ["mim@contoso.example"],
            foreignMembers: "remove",
            hiddenFromAddressLists: true,
        });
        assert.equal(await valueOf(scope.group), group.guid);
        assert.equal(recorded.inputs("mim-policy")["policyScopeGroupId"], group.guid);
        assert.ok(!recorded.asked().includes("recipient mim-mailboxes@contoso.example"));
    });

    it("takes a group of the same program without asking for it", async () => {
        const recorded = await install(replies());
        const made = new exchange.MailEnabledSecurityGroup("group", { name: "g" });
        const scope = new exchange.MailboxScope("mim", { ...args, group: made });
        await valueOf(scope.access);
        await pulumi.runtime.disconnect();
        assert.equal(recorded.inputs("mim-policy")["policyScopeGroupId"], group.guid);
        assert.deepEqual(
            recorded.asked().filter((one) => one.startsWith("recipient")),
            ["recipient ceo@contoso.example", "recipient mim@contoso.example"],
        );
    });

    for (const method of Object.values(MailMethod)) {
        for (const choice of [{}, { group: undefined, mailboxes: [mailboxes.inScopeMailbox] }]) {
            const what = choice.mailboxes ? "a list" : "a group";
            it(`writes nothing with ${method} and ${what} when a mailbox to test is unknown`, async () => {
                const recipient = ({ identity }: Record<string, string>) => {
                    return identity === mailboxes.outOfScopeMailbox ? { found: false } : known;
                };
                const recorded = await install(replies({ recipient }));
                const scope = new exchange.MailboxScope("mim", { ...args, ...choice, method });
                await assert.rejects(
                    valueOf(scope.access),
                    /mim: "outOfScopeMailbox" names ceo@contoso\.example, which Exchange does not know/,
                );
                await pulumi.runtime.disconnect().catch(() => {});
                assert.deepEqual(recorded.registered(), ["MailboxScope mim"]);
            });
        }
    }

    for (const property of ["group", "inScopeMailbox", "outOfScopeMailbox"] as const) {
        it(`does not take a secret for ${property}, and does not show it`, async () => {
            const recorded = await install(replies({ recipient: () => ({ found: false }) }));
            const scope = new exchange.MailboxScope("mim", { ...args, [property]: pulumi.secret("hunter2@contoso.example") });
            await assert.rejects(valueOf(scope.access), ({ message }: Error) => message.includes(`${property}: is a secret`) && !message.includes("hunter2"));
            await pulumi.runtime.disconnect().catch(() => {});
            assert.deepEqual(recorded.asked().filter((one) => one.includes("hunter2")), []);
        });
    }

    const refused: [string, object, RegExp][] = [
        ["is unknown", { found: false }, /mim: "group" names mim-mailboxes@contoso\.example, which Exchange does not know/],
        [
            "is a distribution group",
            { ...known, recipientTypeDetails: "MailUniversalDistributionGroup", isValidSecurityPrincipal: false },
            /"group" has .*; mim-mailboxes@\S+ is "MIM mailboxes", a MailUniversalDistributionGroup, which is no security principal/,
        ],
        [
            "is a mailbox",
            { ...known, recipientTypeDetails: "UserMailbox" },
            /is "MIM mailboxes", a UserMailbox\. Make a mail-enabled security group/,
        ],
    ];
    for (const method of Object.values(MailMethod)) {
        for (const [what, found, message] of refused) {
            it(`writes nothing with ${method} when it ${what}`, async () => {
                const recipient = ({ identity }: Record<string, string>) => (identity === args.group ? found : known);
                const recorded = await install(replies({ recipient }));
                const scope = new exchange.MailboxScope("mim", { ...args, method });
                await assert.rejects(valueOf(scope.group), message);
                await assert.rejects(valueOf(scope.access), message);
                await pulumi.runtime.disconnect().catch(() => {});
                assert.deepEqual(recorded.registered(), ["MailboxScope mim"]);
            });
        }
    }
});

describe("MailboxScope: accessPolicy", () => {
    useClock();

    it("is the default: one policy on the group, and both mailboxes tested", async () => {
        const { recorded, scope } = await build();
        assert.deepEqual(recorded.registered(), ["ApplicationAccessPolicy mim-policy", "MailboxScope mim"]);
        const description = `Pulumi: limited since ${now}`;
        assert.deepEqual(
            recorded.inputs("mim-policy"),
            { appId, accessRight: "RestrictAccess", policyScopeGroupId: group.guid, description },
        );
        assert.deepEqual(recorded.asked(), [
            `applicationAccess ${appId}`,
            "mailboxEws mim@contoso.example",
            "readStackResourceOutputs organization/hybrid-identity/test",
            "recipient ceo@contoso.example",
            "recipient mim-mailboxes@contoso.example",
            "recipient mim@contoso.example",
            `testMailboxAccess ${appId} ceo@contoso.example accessPolicy ${principalId}`,
            `testMailboxAccess ${appId} mim@contoso.example accessPolicy ${principalId}`,
        ]);
        assert.deepEqual(
            await valueOf(scope.access),
            { inScope: "granted", outOfScope: "denied", state: "tested", pendingUntil: inTwoHours },
        );
        assert.deepEqual(
            recorded.warnings,
            [`mim: pending until ${inTwoHours}: Exchange answers as declared, and may need until then to do as it answers`],
        );
        assert.deepEqual(
            await Promise.all([
                valueOf(scope.method),
                valueOf(scope.step),
                valueOf(scope.keepConsent),
                valueOf(scope.policyId),
                valueOf(scope.assignmentId),
            ]),
            ["accessPolicy", undefined, true, "mim-policy-id", undefined],
        );
    });

    it("says what the mailbox itself has switched off, or that it cannot be told", async () => {
        const said = async (mailboxEws: Replies[string]) => {
            const { recorded } = await build({}, { mailboxEws, applicationAccess: { policies: [policy("by hand")], assignments: [], servicePrincipal: true } });
            return recorded.warnings;
        };
        assert.deepEqual(await said({ ...switches, ewsEnabled: "false" }), [
            "mim: EwsEnabled of the mailbox mim@contoso.example is false: EWS are blocked for it, whatever the organisation allows (Set-CASMailbox -EwsEnabled $true)",
        ]);
        assert.deepEqual(await said({ ...switches, userAgentPolicy: "EnforceBlockList", blockedUserAgents: ["MIM*"] }), [
            "mim: EwsApplicationAccessPolicy of the mailbox mim@contoso.example is EnforceBlockList: programs whose user agent is in EwsBlockList may not use EWS " +
                '("MIM*"), whatever their application id',
        ]);
        const unreadable = () => {
            throw new Error("403");
        };
        assert.match((await said(unreadable)).join(), /^mim: whether EWS are on for the mailbox mim@contoso\.example is not known: /);
    });

    it("is quiet when the policy is old and the answers are as declared, and leaves its description", async () => {
        const text = `Pulumi: limited since ${ago(3)}`;
        const { recorded, scope } = await build(
            {},
            { applicationAccess: { policies: [policy(text)], assignments: [], servicePrincipal: false } },
        );
        assert.equal(recorded.inputs("mim-policy")["description"], text);
        assert.deepEqual(await valueOf(scope.access), { inScope: "granted", outOfScope: "denied", state: "tested" });
        assert.deepEqual([recorded.warnings, recorded.failures], [[], []]);
    });

    it("is pending, not failed, while the policy is young", async () => {
        const { recorded, scope } = await build({}, { testMailboxAccess: answers("granted", "granted") });
        assert.equal((await valueOf(scope.access)).state, "pending");
        assert.deepEqual(recorded.failures, []);
        assert.match(
            recorded.warnings[0]!,
            /^mim: pending until 2026-09-01T14:00:00\.000Z: .* not .* yet \(ceo@contoso\.example, which has to stay closed, is granted.*Look now whether ceo@contoso\.example is a member of the group$/,
        );
    });

    const since = { applicationAccess: { policies: [policy("made by hand")], assignments: [], servicePrincipal: false } };

    it("fails loudly when the other mailbox is open and nothing is left to wait for", async () => {
        const { recorded, scope } = await build({}, { ...since, testMailboxAccess: answers("granted", "granted") });
        assert.equal((await valueOf(scope.access)).state, "failed");
        assert.match(
            recorded.failures[0]!,
            /^mim: THE APPLICATION aaaaaaaa-\S+ CAN OPEN A MAILBOX THAT HAS TO STAY CLOSED: ceo@contoso\.example/,
        );
    });

    it("fails when the mailbox that is needed is closed", async () => {
        const { recorded } = await build({}, { ...since, testMailboxAccess: answers("denied", "denied") });
        assert.match(
            recorded.failures[0]!,
            /^mim: the application \S+ does not have the access that is declared: mim@contoso\.example, which it needs, is denied/,
        );
    });

    it("tests nothing in a preview that has yet to make the policy, and says what Microsoft advises", async () => {
        const recorded = await install(replies(), true);
        new exchange.MailboxScope("mim", args);
        await pulumi.runtime.disconnect();
        assert.deepEqual(recorded.registered(), ["ApplicationAccessPolicy mim-policy", "MailboxScope mim"]);
        assert.ok(!recorded.asked().some((one) => one.startsWith("testMailboxAccess")));
        assert.deepEqual(recorded.warnings, [
            "mim: Microsoft advises RBAC for Applications instead of application access policies, which will end some day (no date yet). " +
                'MIM is known to work with "accessPolicy", and nobody has reported it with "rbac"',
        ]);
    });
});

const roleAndPolicy = ["ManagementRoleAssignment mim-assignment", "ManagementScope mim-scope", "ServicePrincipal mim-sp"];

describe("MailboxScope: rbac", () => {
    useClock();

    it("gives the role for the group's members only", async () => {
        const { recorded, scope } = await build({ method: "rbac" }, {}, false, { createdAt: ago(3) });
        assert.deepEqual(recorded.registered(), ["MailboxScope mim", ...roleAndPolicy].sort());
        assert.deepEqual(recorded.inputs("mim-sp"), { appId, objectId: principalId, displayName: "mim" });
        assert.deepEqual(recorded.inputs("mim-scope"), { name: exchangeName, recipientRestrictionFilter: filter });
        assert.deepEqual(
            recorded.inputs("mim-assignment"),
            { name: exchangeName, role: "Application EWS.AccessAsApp", app: principalId, customResourceScope: exchangeName },
        );
        assert.deepEqual(await valueOf(scope.access), { inScope: "granted", outOfScope: "denied", state: "tested" });
        assert.deepEqual([await valueOf(scope.keepConsent), await valueOf(scope.assignmentId)], [false, "mim-assignment-id"]);
        assert.ok(recorded.asked().includes(`testMailboxAccess ${appId} ceo@contoso.example rbac ${principalId}`));
        assert.deepEqual([recorded.warnings, recorded.failures], [[], []]);
    });

    it("writes nothing beside a consent for the whole tenant", async () => {
        const recorded = await install(
            replies({ appRoleAssignments: { assignments: [{ ...consent.assignments[0], appRoleId: fullAccess.toUpperCase() }] } }),
        );
        const scope = new exchange.MailboxScope("mim", { ...args, method: "rbac" });
        await assert.rejects(
            valueOf(scope.access),
            /mim: the service principal dddddddd-\S+ has the consent full_access_as_app for the whole tenant.*Use the method "migrate"/,
        );
        await pulumi.runtime.disconnect().catch(() => {});
        assert.deepEqual(recorded.registered(), ["MailboxScope mim"]);
    });

    it("does not let a policy go that old tokens may need", async () => {
        const { identity } = policy("");
        const recorded = await install(
            replies({ applicationAccess: { policies: [policy("")], assignments: [], servicePrincipal: false } }),
        );
        const scope = new exchange.MailboxScope("mim", { ...args, method: "rbac" });
        await assert.rejects(
            valueOf(scope.access),
            (error: Error) => error.message.includes(`mim: the application still has the access policy ${identity}`),
        );
        await pulumi.runtime.disconnect().catch(() => {});
        assert.deepEqual(recorded.registered(), ["MailboxScope mim"]);
    });

    it("shortens names to what Exchange takes", async () => {
        const recorded = await install(replies());
        const scope = new exchange.MailboxScope("x".repeat(60), { ...args, method: "rbac" });
        await valueOf(scope.access);
        await pulumi.runtime.disconnect();
        assert.equal(String(recorded.inputs(`${"x".repeat(60)}-scope`)["name"]), `${"x".repeat(27)}-${appId}`);
    });
});

describe("MailboxScope: migrate", () => {
    useClock();
    const access = (policies: object[], assignments: object[]) => ({
        applicationAccess: { policies, assignments, servicePrincipal: true },
    });
    const removed = (hours: number) => policy(`Pulumi: consent removed ${ago(hours)}`);

    const cases: [string, Replies, { policy?: string; keepConsent: boolean; text: RegExp }][] = [
        [
            "grant",
            { appRoleAssignments: consent, ...access([policy("by hand")], []) },
            { policy: "by hand", keepConsent: true, text: /not before 2026-09-01T14:00:00\.000Z/ },
        ],
        [
            "consent",
            { appRoleAssignments: consent, ...access([policy("by hand")], [assignment(3)]) },
            { policy: "by hand", keepConsent: false, text: /takes away the consent/ },
        ],
        [
            "drain",
            access([policy("by hand")], [assignment(3)]),
            { policy: `Pulumi: consent removed ${now}`, keepConsent: false, text: /until 2026-09-01T14:00:00\.000Z/ },
        ],
        [
            "drain",
            access([removed(1)], [assignment(3)]),
            { policy: `Pulumi: consent removed ${ago(1)}`, keepConsent: false, text: /until 2026-09-01T13:00:00\.000Z/ },
        ],
        ["policy", access([removed(2)], [assignment(3)]), { keepConsent: false, text: /takes away the access policy/ }],
        ["done", access([], [assignment(3)]), { keepConsent: false, text: /change the method to "rbac"/ }],
    ];
    for (const [step, given, expected] of cases) {
        it(`is at "${step}" with what the tenant says, policy: ${expected.policy ?? "none"}`, async () => {
            const { recorded, scope } = await build({ method: "migrate" }, given, false, { createdAt: ago(3) });
            assert.equal(await valueOf(scope.step), step);
            assert.equal(await valueOf(scope.keepConsent), expected.keepConsent);
            const kept = expected.policy === undefined ? [] : ["ApplicationAccessPolicy mim-policy"];
            assert.deepEqual(recorded.registered(), [...kept, "MailboxScope mim", ...roleAndPolicy].sort());
            assert.equal(recorded.resources.find((one) => one.name === "mim-policy")?.inputs["description"], expected.policy);
            assert.match(recorded.warnings[0]!, new RegExp(`^mim: migration, step "${step}": `));
            assert.match(recorded.warnings[0]!, expected.text);
            assert.deepEqual(recorded.failures, []);
        });
    }

    it("registers nothing when a policy would be lost that a role cannot replace", async () => {
        const recorded = await install(
            replies({ appRoleAssignments: consent, ...access([{ ...policy(""), accessRight: "DenyAccess" }], []) }),
        );
        const scope = new exchange.MailboxScope("mim", { ...args, method: "migrate" });
        await assert.rejects(
            valueOf(scope.step),
            /mim: the migration to "rbac" would open mailboxes:\n {2}the policy .* denies the application the mailboxes of "g"/,
        );
        await pulumi.runtime.disconnect().catch(() => {});
        assert.deepEqual(recorded.registered(), ["MailboxScope mim"]);
    });

    for (const unread of ["applicationAccess", "appRoleAssignments", "testMailboxAccess"]) {
        it(`ends with an error, and says no step, when ${unread} cannot be read`, async () => {
            const given = { appRoleAssignments: consent, ...access([policy("")], [assignment(3)]) };
            const denied = () => {
                throw new Error("403 Forbidden");
            };
            const recorded = await install(replies({ ...given, [unread]: denied }));
            const scope = new exchange.MailboxScope("mim", { ...args, method: "migrate" });
            await assert.rejects(valueOf(scope.step));
            await assert.rejects(valueOf(scope.keepConsent));
            await pulumi.runtime.disconnect().catch(() => {});
            assert.deepEqual(recorded.registered(), ["MailboxScope mim"]);
        });
    }
});

describe("MailApplication with a scope", () => {
    useClock();
    const entraReplies: Replies = {
        getClientConfig: { objectId: principalId, clientId: "c", tenantId: "t" },
        getApplicationPublishedAppIds: { result: { Office365ExchangeOnline: "exchange-app" } },
        getServicePrincipal: { clientId: "exchange-app", objectId: "exchange-object", appRoleIds: { full_access_as_app: fullAccess } },
        readStackResourceOutputs: { outputs: {} },
        secretPolicy: {},
        callerRights: {
            objectId: principalId,
            roles: ["Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All"],
            directoryRoles: [],
            delegated: false,
        },
        applicationCredentials: { objectId: "o", displayName: "MIM", passwords: [], certificates: [], federated: [] },
    };
    const mailboxScope = { group: "mim-mailboxes@contoso.example", ...mailboxes };

    async function buildApplication(method: MailMethod, given: Replies = {}) {
        const recorded = await install(
            replies({ ...entraReplies, ...given }),
            false,
            { clientId: appId, objectId: principalId, createdAt: ago(3) },
        );
        const app = new entra.MailApplication("mail", { displayName: "MIM mail", method, mailboxScope });
        await Promise.all([valueOf(app.mailboxAccess), valueOf(app.migrationStep), valueOf(app.foreignCredentials)]);
        await pulumi.runtime.disconnect();
        return { app, recorded, has: (name: string) => recorded.resources.some((one) => one.name === name) };
    }

    it("gives the consent after the policy is there", async () => {
        const { recorded } = await buildApplication("accessPolicy");
        const order = recorded.resources.map((one) => one.name);
        assert.ok(order.indexOf("mail-scope-policy") < order.indexOf("mail-consent"), order.join());
        assert.match(recorded.resources.find((one) => one.name === "mail-scope-policy")!.inputs["appId"], new RegExp(appId));
    });

    it("keeps or gives up the consent as the migration says", async () => {
        const roleName = `mail-scope-${appId}`;
        const granted = (hours: number) => ({
            applicationAccess: { policies: [policy("")], assignments: [{ ...assignment(hours), name: roleName }], servicePrincipal: true },
        });
        const kept = await buildApplication("migrate", { appRoleAssignments: consent, ...granted(1) });
        assert.deepEqual(
            [await valueOf(kept.app.migrationStep), kept.has("mail-consent"), kept.has("mail-scope-policy")],
            ["grant", true, true],
        );
        assert.deepEqual(kept.recorded.inputs("mail-app")["requiredResourceAccesses"], []);
        const gone = await buildApplication("migrate", { appRoleAssignments: consent, ...granted(3) });
        assert.deepEqual(
            [await valueOf(gone.app.migrationStep), gone.has("mail-consent"), gone.has("mail-scope-policy")],
            ["consent", false, true],
        );
    });

    it("has neither consent nor policy with rbac", async () => {
        const { has } = await buildApplication("rbac");
        assert.deepEqual([has("mail-consent"), has("mail-scope-policy"), has("mail-scope-assignment")], [false, false, true]);
    });

    it("does not migrate without a scope, and names what is wrong with one", async () => {
        await install({});
        const text = 'entra.MailApplication "mail" cannot be used as it is written:\n';
        assert.throws(() => new entra.MailApplication("mail", { displayName: "MIM mail", method: "migrate" }), {
            message: `${text}  mailboxScope: is missing; the method "migrate" needs the mailboxes that the application may open`,
        });
        assert.throws(() => new entra.MailApplication("mail", { displayName: "MIM mail", mailboxScope: { ...mailboxScope, group: "x" } }), {
            message: `${text}  mailboxScope.group: must be an SMTP address or a GUID; received "x"`,
        });
    });
});
