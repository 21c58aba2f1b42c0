import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { provideExecution } from "../../tools/test/execution.mjs";
import { provideWindowsHost } from "../../tools/test/windows-host.mjs";
import { createSurroundings } from "./support/surroundings.mjs";

const help = "a host named in HYBRID_IDENTITY_WINDOWS_HOST would do, see docs/conformance.md";
const starts = `[ "$1" = stop ] || printf 'host=127.0.0.1\\nport=%s\\nuser=root\\nkey=%s\\nhostKey="ssh-ed25519 AAAA"\\n' "$3" "$2/key"`;

describe("npm test: the Windows host", () => {
    let around, context;
    beforeEach(() => {
        around = createSurroundings();
        const describe = async () => ({ description: "Windows Server 2019, build 17763" });
        context = { ...around, folder: around.inside("host of this run"), isRoot: true, describe };
        for (const program of ["wine", "sshd"]) around.program(`path/${program}`, "exit 1");
    });
    afterEach(() => around.dispose());

    const beside = (body) => around.program("shared/powershell/windows-host.sh", body);
    /** The calls, with the port that was chosen as PORT. */
    const calls = () => around.calls().map((call) => call.replace(/ \d+$/, " PORT"));
    const startCall = () => `windows-host.sh start ${context.folder} PORT`;
    const settingCall = String.raw`wine reg add HKLM\System\CurrentControlSet\Control\Session Manager\Environment /v DOTNET_JITMinOpts /d 1 /f`;
    const stopCall = () => `windows-host.sh stop ${context.folder}`;

    it("is started and named to the tests, and stopped at the end", async () => {
        beside(`${starts}; : >"$2/sshd_config"`);
        const asked = [];
        const describe = async (root, env) => (asked.push(root, env), { description: "Windows, build 1" });
        const { environment, description, missing, stop } = await provideWindowsHost({ ...context, describe });
        assert.deepEqual([description, missing], ["Windows, build 1, started from ../shared/powershell", undefined]);
        const { HYBRID_IDENTITY_WINDOWS_HOST: named, ...rest } = environment;
        const { port, ...others } = JSON.parse(named);
        const key = `${context.folder}/key`;
        assert.deepEqual(others, { host: "127.0.0.1", user: "root", privateKeyFile: key, hostKey: "ssh-ed25519 AAAA" });
        assert.ok(Number.isInteger(port) && port >= 1024, String(port));
        assert.deepEqual(rest, around.env);
        assert.deepEqual(asked, [around.root, environment]);
        assert.deepEqual(calls(), [startCall(), settingCall]);
        assert.equal(readFileSync(`${context.folder}/sshd_config`, "utf8"), "SetEnv SHLVL=2\n");
        await stop();
        assert.deepEqual(calls(), [startCall(), settingCall, stopCall()]);
    });

    it("is the one that the environment names; it is neither started nor stopped", async () => {
        beside(starts);
        const env = { ...around.env, HYBRID_IDENTITY_WINDOWS_HOST: "{}" };
        const { environment, description, stop } = await provideWindowsHost({ ...context, env });
        await stop();
        assert.deepEqual([environment, description], [env, "Windows Server 2019, build 17763"]);
        assert.deepEqual(calls(), []);
    });

    it("is missing where the named one cannot be asked; its tests still find it, and fail", async () => {
        const env = { ...around.env, HYBRID_IDENTITY_WINDOWS_HOST: "{}" };
        const { environment, missing } = await provideWindowsHost({ ...context, env, describe: async () => ({ problem: "refused" }) });
        assert.deepEqual([environment, missing], [env, "refused"]);
    });

    it("is missing where it does not start, and what came half way is stopped", async () => {
        beside('[ "$1" = stop ] || { echo wine: no space left >&2; exit 1; }');
        const { environment, missing, stop } = await provideWindowsHost(context);
        await stop();
        assert.equal(missing, "the one of ../shared/powershell did not start: exit code 1, wine: no space left");
        assert.deepEqual([environment, calls()], [around.env, [startCall(), stopCall()]]);
    });

    it("is missing where it starts and does not answer, and is stopped", async () => {
        beside(starts);
        const { environment, missing } = await provideWindowsHost({ ...context, describe: async () => ({ problem: "no answer" }) });
        assert.equal(missing, "the one of ../shared/powershell did not start: no answer");
        assert.deepEqual([environment, calls()], [around.env, [startCall(), settingCall, stopCall()]]);
    });

    it("is missing where there is nothing to start it with", async () => {
        const reason = async (differing = {}) => (await provideWindowsHost({ ...context, ...differing })).missing;
        assert.equal(await reason(), `no ../shared/powershell; ${help}`);
        beside(starts);
        assert.equal(await reason({ isRoot: false }), `only root can start the one of ../shared/powershell; ${help}`);
        const env = { ...around.env, PATH: around.inside("nowhere") };
        assert.match(await reason({ env }), /^no wine(, no sshd)?: apt-get install --no-install-recommends wine wine64( openssh-server)?; a host/);
        assert.deepEqual(calls(), []);
    });

    describe("and the PowerShell of this system", () => {
        const provide = (env = {}) => provideExecution({ ...context, env: { ...around.env, ...env }, wanted: true });

        it("are told in one line each, and tests find both", async () => {
            beside(starts);
            around.program("path/pwsh", "echo PowerShell 7.6.9");
            const { environment, lines, lacking } = await provide({ HYBRID_IDENTITY_REQUIRE_POWERSHELL: "1" });
            assert.deepEqual(lines, [
                "PowerShell: 7.6.9 on PATH.",
                "Windows host: Windows Server 2019, build 17763, started from ../shared/powershell.",
            ]);
            assert.deepEqual(lacking, []);
            assert.equal(environment.POWERSHELL_TELEMETRY_OPTOUT, "1");
            assert.ok(JSON.parse(environment.HYBRID_IDENTITY_WINDOWS_HOST).privateKeyFile.endsWith("/windows-host/key"));
        });

        it("are lacking only where they are required", async () => {
            const lines = [
                "PowerShell: not executed (no pwsh on PATH, no ../shared/powershell; PowerShell 7 as pwsh on PATH would do).",
                `Windows host: not executed (no ../shared/powershell; ${help}).`,
            ];
            const free = await provide();
            assert.deepEqual([free.lines, free.lacking], [lines, []]);
            const strict = await provide({ HYBRID_IDENTITY_REQUIRE_POWERSHELL: "1" });
            assert.deepEqual([strict.lines, strict.lacking], [lines, ["PowerShell", "Windows host"]]);
        });

        it("are not looked for where no test uses them", async () => {
            beside(starts);
            const { environment, lines } = await provideExecution({ ...context, wanted: false });
            assert.deepEqual([environment, lines, calls()], [around.env, [], []]);
        });
    });
});
