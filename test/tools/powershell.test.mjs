import assert from "node:assert/strict";
import { delimiter } from "node:path";
import { findPowerShell } from "../../tools/test/powershell.mjs";
import { createSurroundings } from "./support/surroundings.mjs";

const quiet = { POWERSHELL_TELEMETRY_OPTOUT: "1", POWERSHELL_UPDATECHECK: "Off" };

describe("npm test: the PowerShell of this system", () => {
    let around;
    beforeEach(() => (around = createSurroundings()));
    afterEach(() => around.dispose());

    const onPath = (body) => around.program("path/pwsh", body);
    const inKit = (body = "echo PowerShell 7.6.9") => {
        around.program("kit/linux/bin/pwsh", body);
        around.program("shared/powershell/setup.sh", `echo ${around.inside("kit")}`);
    };

    it("is pwsh on PATH; nothing is unpacked then", async () => {
        onPath("echo PowerShell 7.4.6");
        inKit();
        assert.deepEqual(await findPowerShell(around), { environment: { ...around.env, ...quiet }, description: "7.4.6 on PATH" });
        assert.deepEqual(around.calls(), ["pwsh -Version"]);
    });

    const unfit = { none: undefined, "an old one": "echo PowerShell 6.2.7", "one that does not run": "exit 126" };
    for (const [what, body] of Object.entries(unfit)) {
        it(`is the one beside the repository where PATH has ${what}`, async () => {
            if (body) onPath(body);
            inKit();
            const PATH = around.inside("kit", "linux", "bin") + delimiter + around.env.PATH;
            assert.deepEqual(await findPowerShell(around), {
                environment: { ...around.env, ...quiet, PATH },
                description: "7.6.9 from ../shared/powershell",
            });
        });
    }

    const help = "PowerShell 7 as pwsh on PATH would do";

    it("is missing where neither is there", async () => {
        const missing = `no pwsh on PATH, no ../shared/powershell; ${help}`;
        assert.deepEqual(await findPowerShell(around), { environment: around.env, missing });
    });

    it("is missing where none works, with what is wrong with each", async () => {
        onPath("echo PowerShell 6.2.7");
        around.program("shared/powershell/setup.sh", "echo tar: no xz >&2; exit 2");
        const { missing } = await findPowerShell(around);
        const old = `${around.inside("path", "pwsh")} is 6.2.7, older than 7`;
        assert.equal(missing, `${old}, ../shared/powershell/setup.sh: exit code 2, tar: no xz; ${help}`);
    });

    it("is missing where the one beside the repository is for another machine", async () => {
        inKit("exit 126");
        const { missing } = await findPowerShell(around);
        assert.equal(missing, `no pwsh on PATH, ${around.inside("kit", "linux", "bin", "pwsh")} -Version: exit code 126; ${help}`);
    });
});
