// The shared list of application ids as a string: nothing that is not ours changes by a byte.
import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { appIdsOf, ewsEnabledOf, ewsListOf, malformedEntriesOf, withAppId, withoutAppId } from "../../provider/resources/ewsList";

const mim = "11111111-aaaa-4bbb-8ccc-000000000001";
const other = "22222222-AAAA-4BBB-8CCC-000000000002";

describe("EWS list", () => {
    it("is read from the forms in which the service answers it", () => {
        for (const nothing of [null, undefined, "", []]) assert.equal(ewsListOf(nothing), "");
        for (const value of [`${mim},${other}`, [`${mim},${other}`]]) assert.equal(ewsListOf(value), `${mim},${other}`);
        assert.deepEqual([null, undefined, ""].map(ewsEnabledOf), ["unset", "unset", "unset"]);
        assert.deepEqual([true, "True", false, "False"].map(ewsEnabledOf), ["true", "true", "false", "false"]);
    });

    const table: { list: string; ids: string[]; malformed: string[]; added: string; removed: string }[] = [
        { list: "", ids: [], malformed: [], added: mim, removed: "" },
        { list: "  ", ids: [], malformed: [], added: mim, removed: "  " },
        { list: mim, ids: [mim], malformed: [], added: mim, removed: "" },
        { list: other, ids: [other.toLowerCase()], malformed: [], added: `${other},${mim}`, removed: other },
        { list: ` ${mim.toUpperCase()} ,x`, ids: [mim], malformed: ["x"], added: ` ${mim.toUpperCase()} ,x`, removed: "x" },
        { list: `${mim},${other},${mim}`, ids: [mim, other.toLowerCase()], malformed: [], added: `${mim},${other},${mim}`, removed: other },
        { list: `A, ${other};x`, ids: [], malformed: ["A", ` ${other};x`], added: `A, ${other};x,${mim}`, removed: `A, ${other};x` },
        { list: `{${mim}},,a,`, ids: [], malformed: [`{${mim}}`, "a"], added: `{${mim}},,a,,${mim}`, removed: `{${mim}},,a,` },
        { list: `,${mim}, `, ids: [mim], malformed: [], added: `,${mim}, `, removed: ", " },
    ];
    for (const { list, ids, malformed, added, removed } of table) {
        it(`${JSON.stringify(list)}: ids, entries that are none, with and without one id`, () => {
            assert.deepEqual(appIdsOf(list), ids);
            assert.deepEqual(malformedEntriesOf(list), malformed);
            assert.equal(withAppId(list, mim), added);
            assert.equal(withoutAppId(list, mim), removed);
        });
    }

    const id = fc.uuid().chain(text => fc.constantFrom(text, text.toUpperCase(), ` ${text} `));
    const entry = fc.oneof(id, fc.constantFrom("", " ", "\t", "not an id", "{}"), fc.string().map(text => text.replaceAll(",", ";")));
    const lists = fc.array(entry, { maxLength: 8 }).map(entries => entries.join(","));

    it("adding an id keeps all that was there, in front and unchanged, and adding it again changes nothing", () => {
        fc.assert(
            fc.property(lists, fc.uuid(), (list, appId) => {
                const added = withAppId(list, appId);
                assert.ok(list.trim() === "" || added.startsWith(list));
                assert.deepEqual(new Set(appIdsOf(added)), new Set([...appIdsOf(list), appId]));
                assert.deepEqual(malformedEntriesOf(added), malformedEntriesOf(list));
                assert.equal(withAppId(added, appId.toUpperCase()), added);
            }),
        );
    });

    it("removing an id that was added gives the list that was there before, and removing takes nothing else", () => {
        fc.assert(
            fc.property(lists, fc.uuid(), (list, appId) => {
                fc.pre(!appIdsOf(list).includes(appId));
                assert.equal(withoutAppId(withAppId(list, appId), appId), list.trim() === "" ? "" : list);
                assert.equal(withoutAppId(list, appId), list);
                for (const present of appIdsOf(list)) {
                    const rest = withoutAppId(list, present);
                    assert.deepEqual(appIdsOf(rest), appIdsOf(list).filter(each => each !== present));
                    assert.deepEqual(malformedEntriesOf(rest), malformedEntriesOf(list));
                }
            }),
        );
    });
});
