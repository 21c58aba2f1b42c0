import assert from "node:assert/strict";
import { planHost } from "../../drift/plan";
import { context, declare, idOf, key, observe, valueRecord } from "./support/host";

const tls = declare("tls", { A: "dword:1" });

describe("unclaimed values: rule 18", () => {
    const records = {
        values: {
            [idOf("A")]: valueRecord(),
            [idOf("B")]: valueRecord({ document: "gone" }),
            [idOf("C")]: valueRecord({ document: "gone" }),
            [idOf("D")]: valueRecord({ owner: "", document: "" }),
            [idOf("E")]: valueRecord({ owner: "shop.test" }),
            [idOf("F")]: valueRecord(),
        },
        documents: {},
    };

    it("names values of this stack by document", () => {
        assert.deepEqual(planHost([tls], observe({ A: "dword:1" }, records), context()).orphans, [
            {
                document: "gone",
                unfinished: false,
                values: [
                    { path: key, name: "B", found: "", original: "absent", fate: "not seen" },
                    { path: key, name: "C", found: "", original: "absent", fate: "not seen" },
                ],
            },
        ]);
    });

    it("does not warn of values that a document takes", () => {
        const run = [tls, declare("new", { B: "dword:1", C: "dword:1" })];
        assert.deepEqual(planHost(run, observe({ A: "dword:1", B: "dword:1", C: "dword:1" }, records), context()).orphans, []);
    });
});
