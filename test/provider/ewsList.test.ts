// The shared list of application ids as a string: nothing that is not ours changes by a byte.
import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { appIdsOf, ewsEnabledOf, ewsListOf, malformedEntriesOf, withAppId, withoutAppId } from "../../provider/resources/ewsList";

const mim = "11111111-aaaa-4bbb-8ccc-000000000001";
const other = "22222222-AAAA-4BBB-8CCC-000000000002";

describe("EWS list", () => {
    it("is read from the forms in which the service answers it", () => {
        for (const [value, list] of [[null, ""], [undefined, ""], ["", ""], [mim, mim], [[], ""], [[`${mim},${other}`], `${mim},${other}`]] as const) {
            assert.equal(ewsListOf(value), list);
        }
        for (const [value, enabled] of [[null, "unset"], [undefined, "unset"], [true, "true"], [false, "false"], ["True", "true"], ["", "unset"]] as const) {
            assert.equal(ewsEnabledOf(value), enabled);
        }
    });

    const table: { list: string; ids: string[]; malformed: string[]; added: string; removed: string }[] = [
        { list: "", ids: [], malformed: [], added: mim, removed: "" },
        { list: "  ", ids: [], malformed: [], added: mim, removed: "  " },
        { list: mim, ids: [mim], malformed: [], added: mim, removed: "" },
        { list: other, ids: [other.toLowerCase()], malformed: [], added: `${other},${mim}`, removed: other },
        { list: ` ${mim.toUpperCase()} ,${other}`, ids: [mim, other.toLowerCase()], malformed: [], added: ` ${mim.toUpperCase()} ,${other}`, removed: other },
        { list: `${mim},${other},${mim}`, ids: [mim, other.toLowerCase()], malformed: [], added: `${mim},${other},${mim}`, removed: other },
        { list: `Contoso CRM, ${other};x`, ids: [], malformed: ["Contoso CRM", ` ${other};x`], added: `Contoso CRM, ${other};x,${mim}`, removed: `Contoso CRM, ${other};x` },
        { list: `{${mim}},,${other},`, ids: [other.toLowerCase()], malformed: [`{${mim}}`], added: `{${mim}},,${other},,${mim}`, removed: `{${mim}},,${other},` },
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
