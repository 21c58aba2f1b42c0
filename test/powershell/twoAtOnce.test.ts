import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Json } from "../conformance/reply";
import { generator, long, testSeed, type Random } from "../support/random";
import { restoringDocument, shown, testKey, useWindowsHost } from "../support/onHost";

const rounds = long ? 200 : 10;
const owners = ["process.one", "process.two"];
const names = (prefix: string): string[] => Array.from({ length: 8 }, (_, at) => `${prefix}${at}`);
const shared = names("shared");

/** Values by name; all of one key. */
type Values = Record<string, string>;
/** What there is: a value that nobody owns is absent, as it was before the first run. */
type Standing = Record<string, { owner: string; value: string }>;

/** Its own values, and at times some that the other one declares, too. */
function anyDesired(owner: string, random: Random): Values {
    const own = names(`${owner} `).filter(() => random(4) > 0);
    const both = random(4) === 0 ? [] : shared.filter(() => random(2) === 0);
    return Object.fromEntries([...own, ...both].map((name) => [name, `string:${owner} ${random(1000)}`]));
}

/** What a set does, by docs/drift.md: all of it, or nothing where another one owns a value. Gives undefined for that. */
function set(before: Standing, owner: string, desired: Values): Standing | undefined {
    if (Object.keys(desired).some((name) => (before[name]?.owner ?? owner) !== owner)) {
        return undefined;
    }
    const others = Object.entries(before).filter(([, value]) => value.owner !== owner);
    return Object.fromEntries([...others, ...Object.entries(desired).map(([name, value]) => [name, { owner, value }])]) as Standing;
}

describe(`PowerShell module on a Windows host: two owners at once, ${rounds} rounds`, function () {
    this.timeout(rounds * 60_000);
    const on = useWindowsHost();

    /** The outcome must be that of one after the other, in one of the two orders. */
    it("ends as if one came after the other, and who comes second is refused where they meet", async () => {
        const random = generator(testSeed());
        const seen = new Set<string>();
        let standing: Standing = {};
        let met = 0;
        for (let round = 1; round <= rounds; round++) {
            const desired = owners.map((owner) => anyDesired(owner, random));
            const replies = await Promise.all(
                owners.map((owner, at) => on.call("Set", restoringDocument(owner, { [testKey]: desired[at]! })) as Promise<Json>),
            );
            const refused = replies.map((reply, at) => refusal(reply, owners[1 - at]!));
            const possible = [[0, 1], [1, 0]].flatMap((order) => {
                let after = standing;
                const no = order.map((at) => {
                    const next = set(after, owners[at]!, desired[at]!);
                    after = next ?? after;
                    return next === undefined;
                });
                return refused.every((was, at) => was === no[order.indexOf(at)]) ? [after] : [];
            });
            const when = `round ${round}: ${JSON.stringify({ standing, desired, replies })}`;
            assert.ok(possible.length > 0, `no order of the two explains who was refused, ${when}`);
            met += refused.includes(true) ? 1 : 0;

            const values = await on.values();
            const fitting = possible.find((after) => matches(values, after));
            assert.ok(fitting, `no order of the two explains ${JSON.stringify(values)}, ${when}`);
            standing = fitting;
            Object.keys(standing).forEach((name) => seen.add(name));
            await checkRecords(standing, seen, when);
        }
        console.log(`      ${rounds} rounds, ${met} of them with a refusal`);
        assert.ok(met > 0, "the two never met");
    });

    function matches(values: object, after: Standing): boolean {
        const expected = Object.fromEntries(Object.entries(after).map(([name, { value }]) => [name, value]));
        return isDeepStrictEqual(values, shown({ [testKey]: expected }));
    }

    /** Every value that was ever managed has its record, with the one who owns it now. */
    async function checkRecords(after: Standing, seen: Set<string>, when: string): Promise<void> {
        const { values, documents } = await on.records();
        const found = Object.entries(values).map(([id, { owner, original, written, writing }]) => [id, owner, original, written, writing]);
        const expected = [...seen].map((name) => {
            const { owner = "", value = "absent" } = after[name] ?? {};
            return [`${testKey}\\\\${name}`, owner, "absent", value, ""];
        });
        assert.deepEqual(found.sort(), expected.sort(), when);
        assert.ok(documents.every((name) => owners.some((owner) => name === `${owner}/many`)), documents.join());
    }
});

/** Whether a reply refuses because of the other owner, which it names; anything else but a success is a failure. */
function refusal(reply: Json, other: string): boolean {
    if (reply["ok"] === true) {
        return false;
    }
    const { code, message } = reply["error"] as Json;
    assert.deepEqual([code, reply["host"]], ["owner", "as it was"], JSON.stringify(reply));
    assert.ok(String(message).includes(`belongs to ${other}`), String(message));
    return true;
}
