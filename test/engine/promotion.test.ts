import assert from "node:assert/strict";
import { clock } from "../../components/internal/clock";
import { dword, promotion } from "../../index";
import { declareHost, useScene } from "./support/scene";
import type { EngineStack } from "./support/stack";

const KEY = "HKLM\\SOFTWARE\\Contoso";
const hour = 60 * 60 * 1000;
const baseline = (name: string, keepAlive: number): promotion.Baseline => ({ name, protocols: { "TLS 1.0": "disabled", "TLS 1.2": "enabled" }, strongCrypto: true, values: { [KEY]: { KeepAlive: dword(keepAlive) } } });

describe("engine: a baseline from stack to stack", function () {
    this.timeout(240_000);
    const scene = useScene({ hosts: ["dev01", "test01", "prod01"] });
    const now = clock.now;
    const keepAlive = (host: string) => scene.host(host).state.registry.get(KEY, "KeepAlive");
    let stacks: Record<"dev" | "test" | "prod", EngineStack>;

    before(async () => {
        const [dev, test] = await Promise.all([scene.anotherStack("dev"), scene.anotherStack("test")]);
        stacks = { dev, test, prod: scene.stack };
    });
    afterEach(() => void (clock.now = now));

    function later(hours: number): void {
        clock.now = () => new Date(now().getTime() + hours * hour);
    }

    /** The stack's program: its server has the baseline once the gate lets it through. */
    function declare(name: keyof typeof stacks, wanted: promotion.Baseline, order?: promotion.PromotionOrder, more: Partial<promotion.HostBaselineArgs> = {}, told = more.roles): EngineStack {
        const stack = stacks[name];
        stack.program = async () => {
            const gate = await promotion.passGate(wanted, order, told);
            const server = new promotion.HostBaseline("server", { host: declareHost(scene.host(`${name}01`)), baseline: gate.baseline, ...more });
            return { baseline: gate.applied([server]), state: server.state, since: server.since };
        };
        return stack;
    }

    it("goes from dev to test to prod, each when the one before has proved it", async () => {
        const [one, two] = [{ ...baseline("2026-11", 1), roles: { edge: { protocols: { "TLS 1.3": "enabled" as const } } } }, baseline("2026-12", 2)];
        const refusedBy = async (stack: EngineStack) => {
            const preview = await stack.preview({ fails: true });
            assert.deepEqual(preview.changes, {});
            return preview.errors.join("\n");
        };
        // Nothing is registered, and no server asked, before the gate has said yes.
        assert.match(await refusedBy(declare("test", one, { from: "dev" })), /^the baseline 2026-11 may not be applied to test yet:\n {2}the stack dev has no output "baseline": it was never applied/);
        assert.match(await refusedBy(declare("test", one, { from: "staging" })), /\n {2}the stack staging could not be read: .*staging/);
        const said = (await declare("dev", one).up()).outputs["baseline"] as promotion.AppliedBaseline;
        assert.match((await declare("dev", one, undefined, { roles: ["edge"] }, []).preview({ fails: true })).errors.join(), /^passGate was not told of the role edge, which servers of this stack have: give it the roles of all servers/);
        const withEdge = await refusedBy(declare("test", one, { from: "dev" }, { roles: ["edge"] }));
        assert.match(withEdge, /dev has it since .*, 0\.0 h when it was last looked at, and "minimumSoak" is 24 h/);
        assert.match(withEdge, /dev has no server with the role edge, so nothing proves what the baseline sets there/);
        assert.equal(scene.host("test01").counters.connections, 0);

        later(25);
        const again = await declare("dev", one).up();
        assert.deepEqual(again.changes, {});
        const { since, exportedAt, roles } = again.outputs["baseline"] as promotion.AppliedBaseline;
        assert.ok(Date.parse(exportedAt) - Date.parse(since) > 24.9 * hour, `${since} ${exportedAt}`);
        assert.deepEqual([roles, since], [[], said.since]);
        const promoted = await declare("test", one, { from: "dev" }).up();
        assert.equal(keepAlive("test01"), "dword:1");
        const { after, notInForce } = promoted.outputs["baseline"] as promotion.AppliedBaseline;
        assert.deepEqual([after, notInForce], [["dev"], ["test01"]]);
        assert.match(promoted.warnings.join("\n"), /dev01 of dev needs a reboot before all of it is in force/);

        assert.match(await refusedBy(declare("prod", two, { from: "test" })), /test applies 2026-11, and not 2026-12/);
        const emergency = { from: "test", override: { reason: "mail stands", until: new Date(clock.now().getTime() + hour).toISOString().replace(/:\d\d\.\d+Z/, "Z") } };
        const forced = await declare("prod", two, emergency).up();
        assert.match(forced.warnings.join("\n"), /promotion\.override goes without the proof of test until .*mail stands/);
        const { override, after: proved } = forced.outputs["baseline"] as promotion.AppliedBaseline;
        assert.deepEqual([keepAlive("prod01"), override, proved], ["dword:2", { from: "test", ...emergency.override }, []]);

        // A preview shows no new time of an export; and what was let through once needs no proof, whatever dev has by now.
        later(26);
        await declare("dev", two).up();
        await declare("test", one, { from: "dev" }).up();
        const quiet = await declare("test", one, { from: "dev" }).preview({ expectNoChanges: true });
        assert.doesNotMatch(quiet.text, /exportedAt/);
    });

    it("is not proved by a server that drifted, that is only looked at, or whose mark somebody changed", async () => {
        const wanted = baseline("2026-11", 1);
        const drifted = await declare("dev", wanted).up();
        assert.equal(drifted.outputs["state"], "enforced");
        const registry = scene.host("dev01").state.registry;
        const says = async (more: Partial<promotion.HostBaselineArgs> = {}) => (await declare("dev", wanted, undefined, more).preview()).outputs["baseline"] as promotion.AppliedBaseline;
        assert.equal((await says()).state, "compliant");
        assert.equal((await says({ mode: "audit" })).state, "audited");
        registry.set(KEY, "KeepAlive", "dword:7");
        assert.equal((await says()).state, "drifted");
        registry.set("HKLM\\SOFTWARE\\HybridIdentityBaseline", "Applied", "string:2026-12 0123456789abcdef");
        assert.deepEqual([(await says()).state, (await says()).since], ["drifted", ""]);
        const before = Date.parse((drifted.outputs["baseline"] as promotion.AppliedBaseline).since);
        const anew = (await declare("dev", wanted).up()).outputs["baseline"] as promotion.AppliedBaseline;
        const later = [anew.since, (await says()).since].map((time) => Date.parse(time));
        assert.ok(later.every((time) => time > before + 1000), `${before} ${later}`);
        await scene.host("dev01").fault("deniedKey:HKLM\\SOFTWARE\\HybridIdentityBaseline");
        const { outputs } = await declare("dev", wanted).preview({ fails: true });
        assert.deepEqual([outputs["state"], outputs["since"]], ["unknown", ""]);
    });
});
