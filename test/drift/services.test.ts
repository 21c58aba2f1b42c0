import assert from "node:assert/strict";
import { describe as describeDrift } from "../../drift/describe";
import { checkDeclaration, listValues } from "../../drift/document";
import { identity, isRecordedValue, normaliseKey } from "../../drift/path";
import { parseDocumentRecord, recordedRestart } from "../../drift/records";
import { renderStdin } from "../../drift/render";
import type { Declaration, ValueTree } from "../../drift/types";

const time = "2026-11-22T08:30:00.123Z";
const declare = (desired: ValueTree, more: Partial<Declaration> = {}): Declaration => ({ id: "fim", kind: "registry", resource: "urn:fim", desired, onDestroy: "retain", ...more });
const render = (one: Declaration) => renderStdin(one, { owner: "shop.prod", now: new Date(time) }, { member: "changed", time, why: "x" });

describe("services as places of values", () => {
    it("one spelling of the root, the name as it was written, and no regard to case", () => {
        assert.equal(normaliseKey("service\\FIMService"), "SERVICE\\FIMService");
        assert.equal(identity("SERVICE\\FIMService", "state"), identity("SERVICE\\fimservice", "State"));
        assert.deepEqual(
            [isRecordedValue("SERVICE\\X", "State"), isRecordedValue("service\\x", "starttype"), isRecordedValue("SERVICE\\X", "Owner"), isRecordedValue("SERVICE\\X\\Y", "State")],
            [true, true, false, false],
        );
        for (const key of ["SERVICE", "SERVICE\\", "SERVICE\\a\\b", "SERVICE\\a/b", `SERVICE\\${"a".repeat(256)}`, "\u017fERVICE\\a"]) {
            assert.throws(() => normaliseKey(key), /Bad registry key/, key);
        }
    });

    it("two properties with few words can be declared, and nothing else", () => {
        const fine = { "SERVICE\\X": { State: "string:Running", StartType: "string:AutomaticDelayed" } };
        assert.deepEqual(checkDeclaration(declare(fine)), []);
        assert.deepEqual(listValues(fine).map(({ name }) => name), ["StartType", "State"], "how it starts comes before its start");
        const others: [string, string][] = [["State", "string:Paused"], ["State", "dword:1"], ["State", "absent"], ["StartType", "string:Boot"], ["Owner", "string:Running"]];
        for (const [name, notation] of others) {
            const [problem, ...more] = checkDeclaration(declare({ "SERVICE\\X": { [name]: notation } }));
            assert.equal(more.length, 0);
            assert.match(problem?.message ?? "", /^Of a service, State \(Running, Stopped\) and StartType can be declared; received "/);
        }
    });

    it("a restart stands in the document and in its record, and never as a bare time", () => {
        const text = render(declare({}, { waitSeconds: 60, restart: [{ service: "FIMService", time, why: "never rendered" }] }));
        const { waitSeconds, restart } = JSON.parse(text) as Record<string, unknown>;
        assert.deepEqual([waitSeconds, restart], [60, { FIMService: `if started before ${time}` }]);
        const record = parseDocumentRecord("shop.prod/fim", `${time}\n${text}`);
        assert.deepEqual([recordedRestart(record, "FIMService"), recordedRestart(record, "Other"), recordedRestart(undefined, "FIMService")], [time, "", ""]);
    });

    it("a record of a document that desires something else of a service is damaged", () => {
        const text = render(declare({ "SERVICE\\X": { State: "string:Running" } }));
        assert.ok(parseDocumentRecord("shop.prod/fim", `${time}\n${text}`));
        assert.equal(parseDocumentRecord("shop.prod/fim", `${time}\n${text.replace("string:Running", "string:Paused")}`), undefined);
        assert.equal(parseDocumentRecord("shop.prod/fim", `${time}\n${text.replace('"State"', '"Owner"')}`), undefined);
    });

    it("drift says what it means", () => {
        const say = (name: string, found: string, desired: string) => describeDrift({ path: "SERVICE\\FIM", name, found, desired }, 200);
        assert.equal(say("State", "string:Running", "string:Stopped"), "string:'Running' -> string:'Stopped' (service FIM: Running -> Stopped)");
        assert.equal(say("StartType", "string:Manual", "string:Automatic"), "string:'Manual' -> string:'Automatic' (service FIM, start type: Manual -> Automatic)");
        assert.equal(say("State", "absent", "string:Stopped"), "absent -> string:'Stopped' (service FIM: not there -> Stopped)");
    });
});
