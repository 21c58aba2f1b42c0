// One cause is one message, without a stack or the engine's own words.
import assert from "node:assert/strict";
import { entra } from "../../index";
import type { Tenant } from "../../lab/tenant/tenant";
import type { EngineStack, Program } from "./support/stack";
import { everyMailbox, useTenant } from "./support/tenantScene";

const id = "11111111-1111-4111-8111-111111111111";

describe("engine: one cause of a MailApplication is one message", function () {
    this.timeout(240_000);
    const scene = useTenant();
    let tenant: Tenant;
    let stack: EngineStack;

    before(() => ({ tenant, stack } = scene));

    /** The errors of a run, without the engine's own sum of them. */
    async function errors(program: Program): Promise<string[]> {
        stack.program = program;
        const { text } = await stack.preview({ fails: true });
        assert.doesNotMatch(text, /\n\s+at |serializing|grpc|Unhandled|UNKNOWN/i, text);
        const lines = text.split("\n").filter((line) => /^\s*error: /.test(line) && !/One or more errors occurred|preview failed/.test(line));
        return [...new Set(lines.map((line) => line.trim()))];
    }

    it("wrong credentials", async () => {
        tenant.behaviour.expiredSecret = true;
        for (const mode of ["enforce", "audit"] as const) {
            const found = await errors(() => {
                new entra.MailApplication("mim", { displayName: "MIM mail", adopt: id, mode, ...everyMailbox });
                return {};
            });
            assert.equal(found.length, 1, found.join("\n"));
            assert.match(found[0]!, /^error: mim: .*AADSTS/);
        }
    });
});
