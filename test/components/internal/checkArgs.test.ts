import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { checkArgs, choice, flag, listOf, members, needed, number, plain, secretText, text } from "../../../components/internal/checkArgs";

const checks = {
    displayName: needed(text),
    disable: listOf(text),
    exact: flag,
    days: number,
    mode: choice({ enforce: "enforce", audit: "audit" }),
    services: plain(listOf(text)),
    password: secretText,
    keyVault: members({ id: needed(text), secretName: needed(text) }),
};

/** The problems, one line each. */
function problems(args: unknown): string[] {
    return checkArgs(args, checks).map((one) => `${one.property}: ${one.message}`);
}

describe("checkArgs", () => {
    const good = { displayName: "MIM" };
    const table: [string, unknown, string[]][] = [
        ["what is right", { ...good, disable: ["TLS 1.0"], exact: false, days: 0, mode: "audit", keyVault: { id: "a", secretName: "b" } }, []],
        ["what becomes known later", { displayName: pulumi.output(1), disable: [Promise.resolve(1)] }, []],
        ["undefined, which is left out", { ...good, exact: undefined, mode: undefined }, []],
        ["no arguments at all", undefined, ["displayName: is required; received nothing"]],
        ["null for all arguments", null, ["displayName: is required; received nothing"]],
        ["a text for all arguments", "MIM", [`arguments: must be an object with the members ${Object.keys(checks).join(", ")}; received "MIM"`]],
        ["null", { displayName: null, exact: null }, ["displayName: must be a text; received null", "exact: must be true or false; received null"]],
        ["a text for a list", { ...good, disable: "TLS 1.0" }, ['disable: must be a list; received "TLS 1.0". Write ["TLS 1.0"]']],
        ["a wrong entry and a hole in a list", { ...good, disable: [1, undefined] }, ["disable[0]: must be a text; received 1", "disable[1]: is required; received nothing"]],
        ["a text for a number", { ...good, days: "90" }, ['days: must be a number; received "90"']],
        ["an unknown choice", { ...good, mode: "watch" }, ['mode: unknown choice "watch"; use one of enforce, audit']],
        ["an output where none may be", { ...good, services: [pulumi.output("a")] }, ["services: must be known while the program is built; received an output or a promise. Give a plain value"]],
        ["an incomplete object", { ...good, keyVault: { id: "a" } }, ["keyVault.secretName: is required; received nothing"]],
        ["an output for an object", { ...good, keyVault: pulumi.output({ id: "a" }) }, ["keyVault: must be an object, whose members may be outputs; received an output or a promise of one. Write the members, each as what it is"]],
        ["a text for an object", { ...good, keyVault: "a" }, ['keyVault: must be an object with the members id, secretName; received "a"']],
        ["an unknown name inside", { ...good, keyVault: { id: "a", secretName: "b", name: "c" } }, ["keyVault.name: is not known here. There are id, secretName"]],
    ];
    for (const [what, args, expected] of table) {
        it(`takes or refuses ${what}`, () => assert.deepEqual(problems(args), expected));
    }

    it("refuses a misspelt name, and says which one is meant", () => {
        const known = Object.keys(checks).join(", ");
        assert.deepEqual(problems({ ...good, disabled: ["TLS 1.0"] }), [`disabled: is not known here; "disable" is meant, perhaps. There are ${known}`]);
        assert.deepEqual(problems({ ...good, DisplayName: "x" }), [`DisplayName: is not known here; "displayName" is meant, perhaps. There are ${known}`]);
    });

    it("never shows what may be a secret", () => {
        assert.deepEqual(problems({ ...good, password: 12345678 }), ["password: must be a text; received something else"]);
        assert.deepEqual(problems({ ...good, password: ["hunter2"] }), ["password: must be a text; received something else"]);
    });
});
