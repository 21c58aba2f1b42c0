import assert from "node:assert/strict";
import { dword, windows } from "../../index";
import { declareHost, useScene } from "./support/scene";

const KEY = "HKLM\\SOFTWARE\\Contoso";

describe("engine: the hosts of one program", function () {
    this.timeout(240_000);
    const scene = useScene({ hosts: ["mim01", "mim02"] });

    function twoHosts(second: Partial<windows.HostArgs> = {}) {
        return () => {
            const hosts = [declareHost(scene.host("mim01")), declareHost(scene.host("mim02"), second)];
            hosts.forEach((host, at) => new windows.RegistryValues(`values${at}`, { host, values: { [KEY]: { Setting: dword(at) } } }));
            return {};
        };
    }

    it("one machine declared twice, by its address: the second one is not dialled", async () => {
        const { address, port, hostKey, privateKey } = scene.host("mim01");
        scene.stack.program = twoHosts({ address, port, hostKey, privateKey });
        const run = await scene.stack.preview({ fails: true });
        assert.match(run.errors[0] ?? "", /^mim0[12]: it is the same machine as the host "mim0[12]", which has the address 127\.0\.0\.1, port \d+ too\. Declare it once/);
        assert.equal(run.errors.length, 1, run.text);
        assert.equal(scene.host("mim01").counters.execs, 1);
    });

    it("skipHosts with a name that no host has: nothing is looked at, and that is said once", async () => {
        scene.stack.program = twoHosts();
        scene.stack.settings = { skipHosts: ["mim1"] };
        const run = await scene.stack.preview({ fails: true });
        assert.deepEqual(run.errors, [
            "mim01: hybrid-identity:skipHosts names mim1, but the hosts of the program are mim01, mim02. Nothing is looked at before each name is one of these",
        ]);
        assert.deepEqual([scene.host("mim01").counters.execs, scene.host("mim02").counters.execs], [0, 0]);
    });

    for (const setting of ["skipHosts", "retiredHosts"]) {
        it(`${setting} that is no list is refused in words`, async () => {
            scene.stack.program = twoHosts();
            scene.stack.settings = { [setting]: "mim02" };
            const run = await scene.stack.preview({ fails: true });
            const way = `hybrid-identity:${setting} must be a list of hosts; received "mim02". Write: pulumi config set --path "hybrid-identity:${setting}[0]" NAME`;
            assert.ok(run.text.includes(way), run.text);
        });
    }

    it("one machine declared twice, by its answer: nothing is enforced through the second one", async () => {
        const [one, two] = [scene.host("mim01").state, scene.host("mim02").state];
        two.facts.computerName = one.facts.computerName;
        scene.stack.program = twoHosts();
        two.bootTime = "2026-10-01T04:00:00.000Z";
        assert.deepEqual((await scene.stack.preview()).errors, [], "two machines of one name, in two forests");
        two.bootTime = one.bootTime;
        const run = await scene.stack.preview({ fails: true });
        assert.match(run.errors[0] ?? "", /^mim0[12]: it is the same machine as the host "mim0[12]", which has the computer name \S+ too/);
        assert.equal(run.errors.length, 1, run.text);
    });
});
