import fc from "fast-check";
import { planHost } from "../../drift/plan";
import { observe, remove, set } from "../../lab/host/module";
import { act, anyAction, type Action } from "./support/actions";
import { newWorld, type Tool } from "./support/world";

const tool: Tool = { plan: planHost, observe, set, remove };
const start: Action[] = [
    { do: "declare", stack: 0, doc: { component: "c1", id: "x", host: 0, desired: { a: "dword:1", b: "dword:1" }, onDestroy: "restore" } },
    { do: "up", stack: 0 },
];
const runs = Number(process.env["MODEL_RUNS"] ?? 1500);

describe("the drift loop, walked at random", () => {
    it(`keeps its promises in ${runs} walks of up to 40 steps`, function () {
        this.timeout(0);
        fc.assert(
            fc.property(fc.array(anyAction, { maxLength: 40, size: "max" }), actions => {
                const world = newWorld(tool);
                [...start, ...actions].forEach(action => act(world, action));
            }),
            { numRuns: runs },
        );
    });
});
