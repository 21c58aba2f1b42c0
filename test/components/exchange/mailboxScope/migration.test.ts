import assert from "node:assert/strict";
import fc from "fast-check";
import { MigrationFacts, migrationStep, policyDescription, policyOn } from "../../../../components/exchange/mailboxScope/migration";

const appId = "aaaaaaaa-0000-4000-8000-000000000001";
const group = "bbbbbbbb-0000-4000-8000-000000000002";
const now = new Date("2026-12-01T12:00:00.000Z");
const passing = { inScope: "granted", outOfScope: "denied" };
const hour = 60 * 60 * 1000;
const ago = (hours: number) => new Date(now.getTime() - hours * hour).toISOString();

const policy = (more: object = {}) => ({
    identity: `org\\${appId}:S-1-5-21-1;${group}`,
    accessRight: "RestrictAccess",
    scopeName: "MIM mailboxes",
    scopeGuid: group,
    description: "made by hand",
    ...more,
});
const all = (right: string, scopeGuid: string) => policy({ identity: `org\\*:S-1-5-21-1;${scopeGuid}`, accessRight: right, scopeGuid });

function facts(more: Partial<MigrationFacts> = {}): MigrationFacts {
    return { appId, groupGuids: [group.toUpperCase(), "entra-id"], consent: true, policies: [policy()], ...more };
}

const old = { assignment: { createdAt: ago(3) }, answers: passing };
const marked = (hours: number) => policy({ description: `Pulumi: consent removed ${ago(hours)}` });

describe("migrationStep", () => {
    const cases: [string, Partial<MigrationFacts>, string][] = [
        ["nothing is given yet", {}, "grant +consent +policy until 2026-12-01T14:00:00.000Z"],
        [
            "the role is an hour old",
            { assignment: { createdAt: ago(1) }, answers: passing },
            "grant +consent +policy until 2026-12-01T13:00:00.000Z",
        ],
        [
            "the role is old, the mailbox is not open",
            { ...old, answers: { inScope: "denied", outOfScope: "denied" } },
            "grant +consent +policy",
        ],
        [
            "the role is old, the other mailbox is open",
            { ...old, answers: { inScope: "granted", outOfScope: "granted" } },
            "grant +consent +policy",
        ],
        ["a test was not run", { ...old, answers: { inScope: "granted", outOfScope: "notRun" } }, "grant +consent +policy"],
        ["nothing was tested", { assignment: { createdAt: ago(3) } }, "grant +consent +policy"],
        ["there is a consent without a policy", { policies: [] }, "grant +consent +policy until 2026-12-01T14:00:00.000Z"],
        ["the role is ready", old, "consent +policy"],
        ["the role is exactly two hours old", { ...old, assignment: { createdAt: ago(2) } }, "consent +policy"],
        [
            "the role's time has no zone",
            { ...old, assignment: { createdAt: "2026-12-01T11:00:00" } },
            "grant +consent +policy until 2026-12-01T13:00:00.000Z",
        ],
        ["nobody knows how old the role is", { assignment: {}, answers: passing }, "consent +policy"],
        ["the role is ready, and an old mark is left", { ...old, policies: [marked(5)] }, "grant +consent +policy"],
        ["the consent is gone", { ...old, consent: false }, "drain +policy +mark until 2026-12-01T14:00:00.000Z"],
        ["the mark is an hour old", { ...old, consent: false, policies: [marked(1)] }, "drain +policy until 2026-12-01T13:00:00.000Z"],
        [
            "the mark cannot be read",
            { ...old, consent: false, policies: [policy({ description: "Pulumi: consent removed soon" })] },
            "drain +policy +mark until 2026-12-01T14:00:00.000Z",
        ],
        ["the mark is two hours old", { ...old, consent: false, policies: [marked(2)] }, "policy"],
        ["the mark is of tomorrow", { ...old, consent: false, policies: [marked(-24)] }, "drain +policy until 2026-12-02T14:00:00.000Z"],
        ["the role was lost on the way", { consent: false, policies: [marked(5)] }, "grant +policy until 2026-12-01T14:00:00.000Z"],
        ["the role and the mark were lost on the way", { consent: false }, "grant +policy +mark until 2026-12-01T14:00:00.000Z"],
        ["only the role is left", { ...old, consent: false, policies: [] }, "done"],
        ["there is nothing at all", { consent: false, policies: [] }, "grant until 2026-12-01T14:00:00.000Z"],
        [
            "a policy for all applications limits to the same group",
            { ...old, consent: false, policies: [all("RestrictAccess", group)] },
            "done",
        ],
    ];
    for (const [when, more, expected] of cases) {
        it(`is "${expected}" when ${when}`, () => {
            const { step, keepConsent, keepPolicy, markPolicy, pendingUntil, problems } = migrationStep(facts(more), now);
            const flags = [keepConsent ? " +consent" : "", keepPolicy ? " +policy" : "", markPolicy ? " +mark" : ""].join("");
            assert.equal(`${step}${flags}${pendingUntil === undefined ? "" : ` until ${pendingUntil}`}`, expected);
            assert.deepEqual(problems, []);
        });
    }

    const other = "cccccccc-0000-4000-8000-000000000003";
    const refused: [string, object, RegExp][] = [
        ["denies the application", policy({ accessRight: "DenyAccess" }), /denies the application the mailboxes of "MIM mailboxes"/],
        ["denies all applications", all("DenyAccess", other), /denies all applications the mailboxes/],
        [
            "limits the application to another group",
            policy({ scopeGuid: other }),
            /limits the application to "MIM mailboxes", which is not the scope's group/,
        ],
        ["limits all applications to another group", all("RestrictAccess", other), /limits all applications to/],
    ];
    for (const [what, one, message] of refused) {
        it(`names a policy that ${what}`, () => {
            const { problems } = migrationStep(facts({ ...old, policies: [policy(), one as never] }), now);
            assert.equal(problems.length, 1);
            assert.match(problems[0]!, message);
        });
    }

    it("refuses every policy while the group is not there: it cannot be on it", () => {
        assert.equal(migrationStep(facts({ groupGuids: [] }), now).problems.length, 1);
    });

    it("takes the group under either of its GUIDs", () => {
        assert.equal(policyOn([policy({ scopeGuid: "ENTRA-ID" })], appId.toUpperCase(), facts().groupGuids)?.scopeGuid, "ENTRA-ID");
    });
});

describe("policyDescription", () => {
    const mark = "Pulumi: consent removed";
    const cases: [string, string | undefined, boolean, string | undefined][] = [
        ["says since when, on a new policy", undefined, true, `Pulumi: limited since ${now.toISOString()}`],
        ["leaves what it said before", `Pulumi: limited since ${ago(9)}`, true, `Pulumi: limited since ${ago(9)}`],
        ["leaves what somebody else wrote", "made by hand", true, "made by hand"],
        ["is not looked at where it is empty", "", true, undefined],
        ["loses an old mark beside a consent", `${mark} ${ago(9)}`, true, `Pulumi: limited since ${now.toISOString()}`],
        ["gets the mark when the consent is gone", "made by hand", false, `${mark} ${now.toISOString()}`],
        ["keeps the mark's time", `${mark} ${ago(9)}`, false, `${mark} ${ago(9)}`],
    ];
    for (const [what, description, consent, expected] of cases) {
        it(
            what,
            () => assert.equal(policyDescription(description === undefined ? undefined : policy({ description }), consent, now), expected),
        );
    }
});

/** One application in a tenant, with the tokens that were given out: each lives 90 minutes. */
class Tenant {
    time = now.getTime();
    consent = true;
    description: string | undefined = "made by hand";
    createdAt: number | undefined;
    lastToken = -Infinity;

    wait(minutes: number): void {
        this.lastToken = this.consent ? this.time + minutes * 60_000 : this.lastToken;
        this.time += minutes * 60_000;
    }

    /** Whether somebody with a token that carries the consent can open every mailbox. */
    get wide(): boolean {
        return this.description === undefined && (this.consent || this.time < this.lastToken + 90 * 60_000);
    }

    /** What a run does, one after the other: as the engine does it, creations and changes first. The step was decided before. */
    migrate(): { step: string; writes: (() => void)[] } {
        const answers = this.createdAt === undefined ? undefined : passing;
        const policies = this.description === undefined ? [] : [policy({ description: this.description })];
        const assignment = this.createdAt === undefined ? undefined : { createdAt: new Date(this.createdAt).toISOString() };
        const at = new Date(this.time);
        const step = migrationStep({ appId, groupGuids: [group], consent: this.consent, policies, assignment, answers }, at);
        const description = policyDescription(policies[0], this.consent, at);
        const writes = [
            () => void (this.createdAt ??= this.time),
            () => void (this.description = step.keepPolicy ? description ?? this.description : this.description),
            () => void (this.consent &&= step.keepConsent),
            () => void (this.description = step.keepPolicy ? this.description : undefined),
        ];
        return { step: step.step, writes };
    }

    /** Back to an access policy: the consent waits for the policy, and is not given where that failed. */
    goBack(): { writes: (() => void)[] } {
        const found = this.description === undefined ? undefined : policy({ description: this.description });
        const description = policyDescription(found, true, new Date(this.time));
        const writes = [
            () => void (this.description = description),
            () => void (this.consent ||= this.description === description),
            () => void (this.createdAt = undefined),
        ];
        return { writes };
    }

    /** Somebody gives the consent again beside a policy, mark or no mark. */
    consentByHand(): { writes: (() => void)[] } {
        return { writes: [() => void (this.consent ||= this.description !== undefined)] };
    }
}

describe("a migration", () => {
    const minutes = fc.constantFrom(0, 20, 61, 80, 119, 121);
    const stopAfter = fc.constantFrom(1, 2, 3, 4, 4, 4, 4);
    const kind = fc.constantFrom(
        "migrate" as const,
        "migrate" as const,
        "migrate" as const,
        "migrate" as const,
        "goBack" as const,
        "consentByHand" as const,
    );
    /** Which write fails while the run goes on (`--continue-on-error`); usually none. */
    const failing = fc.constantFrom(-1, -1, -1, -1, 0, 1, 2, 3);
    const action = fc.record({ kind, stopAfter, failing, minutes });

    it("never opens more than before, wherever runs stop or fail, however long they wait, and whoever goes back", () => {
        fc.assert(
            fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
                const tenant = new Tenant();
                for (const { kind: what, stopAfter: count, failing: skipped, minutes: pause } of actions) {
                    for (const write of tenant[what]().writes.slice(0, count).filter((_, index) => index !== skipped)) {
                        write();
                        assert.equal(tenant.wide, false);
                        tenant.wait(1);
                        assert.equal(tenant.wide, false);
                    }
                    tenant.wait(pause);
                    assert.equal(tenant.wide, false);
                }
            }),
            { numRuns: 2000 },
        );
    });

    it("ends in five runs that are two hours apart", () => {
        const tenant = new Tenant();
        const steps = Array.from({ length: 5 }, () => {
            const { step, writes } = tenant.migrate();
            writes.forEach((write) => write());
            tenant.wait(120);
            return step;
        });
        assert.deepEqual(steps, ["grant", "consent", "drain", "policy", "done"]);
    });
});
