import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { looked, said } from "../../../components/internal/looks";

const token = "azuread:index/getApplication:getApplication";
const reason = `Application not found: no applications found matching filter: "appId eq '1'"`;

describe("what a failed look says", () => {
    const table: [string, string][] = [
        ["the SDK's words", `invocation of ${token} returned an error: ${reason}`],
        ["the bridge's words", `invocation of ${token} returned an error: invoking ${token}: 1 error occurred:\n\t* ${reason}\n\n`],
        ["gRPC's words", `2 UNKNOWN: invoking ${token}: rpc error: code = Unknown desc = ${reason}`],
        ["nothing to take away", reason],
    ];
    for (const [what, message] of table) {
        it(`is the reason alone: ${what}`, () => assert.equal(said(new Error(message)), reason));
    }

    it("keeps every reason where there are two", () => {
        assert.equal(said(new Error("2 errors occurred:\n\t* first\n\t* second\n")), "first * second");
    });

    it("names the component, without a stack", async () => {
        const error = await looked("mim", Promise.reject(new Error(`invocation of x:y:z returned an error: ${reason}`))).catch((one: Error) => one);
        assert.ok(pulumi.RunError.isInstance(error));
        assert.equal(error.message, `mim: ${reason}`);
        assert.equal(error.stack, "");
    });
});
