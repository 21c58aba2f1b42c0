import assert from "node:assert/strict";
import fc from "fast-check";
import { MadeSecret, planSecrets } from "../../../../components/entra/mailApplication/formerSecrets";
import { checkRotation, planRotation, SecretRotation } from "../../../../components/entra/mailApplication/rotation";

const hour = 60 * 60 * 1000;
const day = 24 * hour;
const at = (text: string) => new Date(text);

describe("rotation: slots", () => {
    const rotation = { days: 90, overlapDays: 14, startingOn: "2026-01-01" };

    const table: [string, string[], string | undefined, string, string][] = [
        // now, slots, newest, next rotation, next change
        ["2024-06-01T00:00:00Z", [], undefined, "2026-01-01", "2025-12-31"],
        ["2025-12-30T12:00:00Z", [], undefined, "2026-01-01", "2025-12-31"],
        ["2025-12-31T00:00:00Z", ["2026-01-01"], undefined, "2026-01-01", "2026-03-31"],
        ["2026-01-01T00:00:00Z", ["2026-01-01"], "2026-01-01", "2026-04-01", "2026-03-31"],
        ["2026-03-30T23:59:59Z", ["2026-01-01"], "2026-01-01", "2026-04-01", "2026-03-31"],
        ["2026-03-31T00:00:00Z", ["2026-01-01", "2026-04-01"], "2026-01-01", "2026-04-01", "2026-04-29"],
        ["2026-04-01T00:00:00Z", ["2026-01-01", "2026-04-01"], "2026-04-01", "2026-06-30", "2026-04-29"],
        ["2026-04-28T23:59:59Z", ["2026-01-01", "2026-04-01"], "2026-04-01", "2026-06-30", "2026-04-29"],
        ["2026-04-29T00:00:00Z", ["2026-04-01"], "2026-04-01", "2026-06-30", "2026-06-29"],
    ];
    for (const [now, slots, newest, nextRotation, nextChange] of table) {
        it(`${now}: ${slots.join(" and ") || "none"}, newest ${newest ?? "none"}`, () => {
            const plan = planRotation(rotation, at(now));
            assert.deepEqual({ slots: plan.slots.map((slot) => slot.day), newest: plan.newest?.day, nextRotation: plan.nextRotation, nextChange: plan.nextChange }, { slots, newest, nextRotation, nextChange });
        });
    }

    it("gives a secret the same end on every run, as text", () => {
        const ends = ["2026-03-31T05:00:00Z", "2026-04-20T23:00:00Z", "2026-07-01T00:00:00Z"].map((now) => planRotation(rotation, at(now)).slots.find((slot) => slot.day === "2026-04-01")?.endDate);
        // 2026-04-01 + 90 + 14 days, 14 for late runs, 1 for clocks that are off.
        assert.deepEqual(ends, Array(3).fill("2026-07-29T00:00:00Z"));
    });

    it("changes nothing on one day", () => {
        fc.assert(
            fc.property(fc.integer({ min: 0, max: 2000 }), fc.nat(day - 1), fc.nat(day - 1), (days, one, other) => {
                const midnight = Date.parse("2026-01-01T00:00:00Z") + days * day;
                assert.deepEqual(planRotation(rotation, new Date(midnight + one)), planRotation(rotation, new Date(midnight + other)));
            }),
        );
    });
});

describe("rotation: bad input", () => {
    const table: [string, object, RegExp][] = [
        ["an overlap as long as the period", { days: 30, overlapDays: 30 }, /^secretRotation\.overlapDays: must be shorter than "days" \(30\).*received 30$/],
        ["a lifetime over two years", { days: 700, overlapDays: 30 }, /^secretRotation\.days: makes secrets that live 762 days .*730/],
        ["half a day", { days: 90, overlapDays: 0.5 }, /^secretRotation\.overlapDays: must be a whole number of days, at least 1; received 0\.5$/],
        ["a text", { days: "90", overlapDays: 14 }, /^secretRotation\.days: .*received "90"$/],
        ["no day", { days: 90, overlapDays: 14, startingOn: "2026-02-30" }, /^secretRotation\.startingOn: .*received "2026-02-30"$/],
    ];
    for (const [what, rotation, expected] of table) {
        it(`refuses ${what}`, () => {
            const problems = checkRotation(rotation as SecretRotation);
            assert.equal(problems.length, 1);
            assert.match(`${problems[0]!.property}: ${problems[0]!.message}`, expected);
        });
    }

    it("takes the tenant's own limit", () => {
        assert.deepEqual(checkRotation({ days: 90, overlapDays: 14 }), []);
        assert.match(checkRotation({ days: 90, overlapDays: 14 }, 90)[0]!.message, /120 days .* longer than the 90/);
    });
});

describe("rotation: changed", () => {
    const before: MadeSecret = { day: "2026-01-01", startDate: "2025-12-31T12:00:00Z", endDate: "2026-04-30T00:00:00Z" };
    const now = at("2026-02-10T12:00:00Z");
    const today = { days: 90, overlapDays: 14, startingOn: "2026-02-10" };

    it("the secret of the one before stays until the new one was handed out for the overlap, and no longer", () => {
        const first = planSecrets(today, [before], now);
        assert.deepEqual([first.slots.map((one) => one.day), first.newest?.day, first.formerUntil], [["2026-01-01", "2026-02-10"], "2026-02-10", "2026-02-24"]);
        const made = [before, { ...first.newest!, startDate: now.toISOString() }];
        const daysLater = (days: number) => planSecrets(today, made, new Date(now.getTime() + days * day)).slots.map((one) => one.day);
        assert.deepEqual([daysLater(13), daysLater(14)], [["2026-01-01", "2026-02-10"], ["2026-02-10"]]);
    });

    it("nor while a secret that was made ahead may not have been handed out yet, because runs came late", () => {
        const ahead: MadeSecret = { day: "2026-03-31", startDate: "2026-03-30T12:00:00Z", endDate: "2026-08-01T00:00:00Z" };
        const rotation = { days: 60, overlapDays: 10, startingOn: "2026-01-30" };
        const plans = ["2026-04-04", "2026-04-19", "2026-04-20"].map((day) => planSecrets(rotation, [before, ahead], at(`${day}T12:00:00Z`)));
        assert.deepEqual(plans.map(({ former }) => former.map((one) => one.day)), [["2026-01-01"], ["2026-01-01"], []]);
        assert.equal(plans[0]!.formerUntil, "2026-04-20");
    });

    it("before the first day of the new one, the one before is handed out; one that has ended goes", () => {
        const plan = planSecrets({ ...today, startingOn: "2026-03-01" }, [before, { ...before, day: "2025-10-01", endDate: "2026-02-11T00:00:00Z" }], now);
        assert.deepEqual([plan.slots.map((one) => one.day), plan.newest?.day, plan.formerUntil], [["2026-01-01"], "2026-01-01", "2026-03-15"]);
    });

    it("an overlap that changes, leaves the secrets with their ends; an end before the next secret is refused, with what to do", () => {
        const kept = planSecrets({ days: 90, overlapDays: 30, startingOn: "2026-01-01" }, [before], now);
        assert.deepEqual([kept.slots, kept.former], [[{ day: before.day, endDate: before.endDate }], []]);
        assert.throws(() => planSecrets({ days: 180, overlapDays: 14, startingOn: "2026-01-01" }, [before], now), /"Pulumi 2026-01-01" of the one before ends on 2026-04-30, before the next .*Give "startingOn" the day of today/);
        assert.throws(() => planSecrets({ ...today, startingOn: "2026-04-20" }, [before], now), /startingOn is 2026-04-20, and the secret "Pulumi 2026-01-01" .* ends on 2026-04-30: .* an earlier day/);
    });
});

/** A tenant that keeps secrets until they are removed or end, and a mail sender that uses the newest it was given. */
class Year {
    private readonly secrets = new Map<string, MadeSecret>();
    private readonly adoptions: { at: number; secret: string }[] = [];
    private sender: string | undefined;
    changes = 0;

    run(rotation: SecretRotation, now: number, clock: number, delay: number): void {
        const plan = planSecrets(rotation, [...this.secrets.values()], new Date(clock));
        for (const { day: name, endDate } of plan.slots) {
            // Whatever differs from what is there, replaces it.
            if (this.secrets.get(name)?.endDate !== endDate) {
                this.secrets.set(name, { day: name, endDate, startDate: new Date(clock).toISOString() });
                this.changes++;
            }
        }
        for (const name of [...this.secrets.keys()]) {
            if (!plan.slots.some((slot) => slot.day === name)) {
                this.secrets.delete(name);
                this.changes++;
            }
        }
        const given = plan.newest?.day;
        if (given !== undefined && given !== (this.adoptions.at(-1)?.secret ?? this.sender)) {
            this.adoptions.push({ at: this.sender === undefined ? now : now + delay, secret: given });
        }
    }

    send(now: number): void {
        while (this.adoptions.length > 0 && this.adoptions[0]!.at <= now) {
            this.sender = this.adoptions.shift()!.secret;
        }
        if (this.sender !== undefined) {
            const end = Date.parse(this.secrets.get(this.sender)?.endDate ?? "");
            assert.ok(now < end, `the sender uses ${this.sender} at ${new Date(now).toISOString()}, which is ${Number.isNaN(end) ? "removed" : "over"}`);
        }
    }
}

describe("rotation: a year of daily runs", () => {
    const rotations: SecretRotation[] = [
        { days: 90, overlapDays: 14 },
        { days: 30, overlapDays: 7 },
        { days: 30, overlapDays: 29 },
        { days: 2, overlapDays: 1 },
        { days: 180, overlapDays: 60 },
    ];

    /** Every run with its own skipped days (never more in a row than the grace), clock error and change-over delay, at most `slowest` days. */
    function simulate(rotation: SecretRotation, slowest: number, dice: () => number, later = rotation): void {
        const year = new Year();
        const start = Date.parse("2026-01-01T06:00:00Z") + Math.floor(dice() * 400) * day;
        const changed = Math.floor(dice() * 365);
        let missed = 0;
        for (let today = 0; today < 365; today++) {
            const skip = dice() < 0.5 && missed < Math.max(rotation.overlapDays, 7) - 1 && today > 0;
            missed = skip ? missed + 1 : 0;
            for (let passed = 0; passed < 24; passed += 3) {
                const now = start + today * day + passed * hour;
                if (!skip && passed === 6) {
                    year.run(today < changed ? rotation : later, now, now + (dice() - 0.5) * 20 * hour, dice() * slowest * day);
                }
                year.send(now);
            }
        }
        assert.ok(year.changes >= 2, "nothing was ever rotated");
    }

    const years = (rotation: SecretRotation, slowest: number, later?: SecretRotation) =>
        fc.assert(
            fc.property(fc.integer(), (seed) => simulate(rotation, slowest, random(seed), later)),
            { numRuns: 100 },
        );

    for (const rotation of rotations) {
        it(`never cuts mail with ${rotation.days} days and an overlap of ${rotation.overlapDays}`, () => years(rotation, rotation.overlapDays)).timeout(20_000);
    }

    for (const [one, other] of [
        [{ days: 90, overlapDays: 14 }, { days: 60, overlapDays: 10 }],
        [{ days: 30, overlapDays: 7 }, { days: 97, overlapDays: 30 }],
        [{ days: 90, overlapDays: 14 }, { days: 90, overlapDays: 30 }],
        [{ days: 90, overlapDays: 14, startingOn: "2026-01-01" }, { days: 90, overlapDays: 14, startingOn: "2026-03-20" }],
    ] as [SecretRotation, SecretRotation][]) {
        it(`never cuts mail where ${JSON.stringify(one)} becomes ${JSON.stringify(other)} on some day`, () => years(one, Math.min(one.overlapDays, other.overlapDays), other)).timeout(20_000);
    }

    it("does cut mail when the sender takes longer than overlap and grace together", () => {
        assert.throws(() => years({ days: 90, overlapDays: 14 }, 60), /Property failed/);
    }).timeout(20_000);
});

/** Numbers from 0 to 1, the same for a seed. */
function random(seed: number): () => number {
    let state = seed;
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
}
