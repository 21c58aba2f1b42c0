import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ReplyError } from "../../drift/reply";
import { noModule } from "../../drift/request";
import { RemoteError } from "../../remote/errors";
import { moduleText } from "../../powershell/moduleText";
import { HostReader, ReadOptions } from "../../remote/observer";
import { harness } from "./support/harness";
import { Behaviour, reply } from "./support/server";

const request = { owner: "demo.dev", values: { "HKLM\\SOFTWARE\\Contoso": ["Setting"] } };

const answer = `{"protocol":1,"operation":"observe","ok":true,
"facts":{"computerName":"MIM01","user":"MIM01\\\\svc","elevated":true,"osBuild":20348,"osName":"Windows Server 2022 Datacenter",
"bootTime":"2026-11-01T04:00:00.000Z","now":"2026-11-22T08:30:00.000Z","powershell":"5.1.20348.2227","languageMode":"FullLanguage"},
"module":null,"marker":"","values":{"HKLM\\\\SOFTWARE\\\\Contoso":{"Setting":"dword:1"}},"services":{},"records":{"values":{},"documents":{}}}`.replace(
    /\n/g,
    "",
);

function frame(json: string): string {
    const hash = createHash("sha256").update(json).digest("hex");
    return `\nHYBRID-IDENTITY-REPLY 1 ${json.length} ${hash}\n${json}\nHYBRID-IDENTITY-END\n`;
}

describe("host reader", () => {
    const { serve, pool } = harness();
    const commands: string[] = [];
    beforeEach(() => commands.splice(0));

    /** Answers the first command with `first`, the question for the language mode with `mode`. */
    async function look(
        first: { stdout: string; exitCode?: number; stderr?: string },
        options: ReadOptions & { mode?: string } & Behaviour = {},
    ) {
        const server = await serve({
            ident: options.ident,
            run: (channel, command) => {
                commands.push(command);
                if (/LanguageMode"$/.test(command)) {
                    reply(channel, options.mode ?? "FullLanguage\r\n");
                } else {
                    reply(channel, first.stdout, first.exitCode, first.stderr);
                }
            },
        });
        const outcome = await new HostReader(pool()).observe(server.connection(), request, { timeoutMs: 5000, ...options }).then(
            (observation) => ({ observation, error: undefined }),
            (error: unknown) => ({ observation: undefined, error: error as ReplyError }),
        );
        return { ...outcome, server };
    }

    it("sends module and request as one block, once, and reads the reply", async () => {
        const { observation, server } = await look({ stdout: frame(answer) });
        assert.deepEqual(observation?.values, { "HKLM\\SOFTWARE\\Contoso": { Setting: "dword:1" } });
        assert.equal(observation?.facts.computerName, "MIM01");
        assert.deepEqual(commands, [
            'powershell.exe -NoLogo -NoProfile -NonInteractive -Command "& ([scriptblock]::Create([Console]::In.ReadToEnd()))"',
        ]);
        const stdin = server.stdins[0] ?? "";
        assert.ok(stdin.startsWith(`& {\n${moduleText().psm1}if (Invoke-HybridIdentityRequest -Json @'\n{`), stdin.slice(0, 200));
        assert.ok(stdin.endsWith("\n'@) { exit 0 } else { exit 1 }\n}\n"), stdin.slice(-200));
    });

    it("sends the bare request to a module that is there already, through the executable that is named", async () => {
        const { observation, server } = await look({ stdout: frame(answer) }, { preinstalled: true, exe: "pwsh.exe" });
        assert.equal(observation?.facts.osBuild, 20348);
        assert.match(commands[0] ?? "", /^pwsh\.exe .*HybridIdentity\\Get-HybridIdentityState"$/);
        assert.deepEqual(JSON.parse(server.stdins[0] ?? ""), { protocol: 1, operation: "observe", ...request, limitSeconds: 5 });
    });

    it("sends no module where the host has it, and the module after all where it has not", async () => {
        const there = await look({ stdout: frame(answer) }, { installed: true });
        assert.deepEqual([commands.length, there.observation?.facts.computerName], [1, "MIM01"]);
        assert.ok(there.server.stdins[0]!.length < 3000, there.server.stdins[0]);
        assert.ok(there.server.stdins[0]!.startsWith("& {\n$ErrorActionPreference"), there.server.stdins[0]);
        commands.splice(0);
        const server = await serve({ run: (channel) => (commands.push("") === 1 ? reply(channel, `${noModule}\r\n`, 3) : reply(channel, frame(answer))) });
        const observation = await new HostReader(pool()).observe(server.connection(), request, { installed: true, timeoutMs: 5000 });
        assert.deepEqual([observation.facts.computerName, server.stdins.map((one) => one.includes(moduleText().psm1))], ["MIM01", [false, true]]);
    });

    it("says what to do where the server takes no files", async () => {
        const server = await serve({ run: () => undefined });
        const error = await new HostReader(pool()).checkSftp(server.connection(), 5000).then(() => undefined, (one: unknown) => one);
        assert.ok(RemoteError.isInstance(error));
        assert.match(`${error.kind}: ${error.message}`, /^subsystem: .* as \w+: the server refuses SFTP, .*Subsystem sftp sftp-server\.exe.*module: "preinstalled"$/);
    });

    it("hands on what the host says when it refuses, without asking again", async () => {
        const { error } = await look({
            stdout: frame(
                '{"protocol":1,"operation":"observe","ok":false,"error":{"code":"bitness","message":"32-bit"},"host":"as it was"}',
            ),
            exitCode: 1,
        });
        assert.ok(error instanceof ReplyError);
        assert.deepEqual([error.reason, error.code, commands.length], ["failed", "bitness", 1]);
    });

    it("does not ask again after a damaged reply", async () => {
        const { error } = await look({ stdout: frame(answer).replace("dword:1", "dword:2") });
        assert.equal(error?.reason, "hash");
        assert.equal(commands.length, 1);
    });

    it("does not ask again after a reply that was cut", async () => {
        const { error } = await look({ stdout: frame(answer).slice(0, 300) });
        assert.equal(error?.reason, "frame");
        assert.equal(commands.length, 1);
    });

    it("names the OpenSSH version that breaks quotes, when no reply comes", async () => {
        const { error } = await look({ stdout: "", exitCode: 1, stderr: "ParserError" }, { ident: "OpenSSH_for_Windows_7.7" });
        assert.ok(RemoteError.isInstance(error));
        assert.equal(error.kind, "banner");
        assert.match(error.message, /SSH-2\.0-OpenSSH_for_Windows_7\.7.*Make cmd\.exe the default shell.*7\.9 or newer/);
    });

    it("works with that version where a reply comes (cmd.exe is the default shell)", async () => {
        const { observation } = await look({ stdout: frame(answer) }, { ident: "OpenSSH_for_Windows_7.7" });
        assert.ok(observation);
    });

    for (const ident of ["OpenSSH_for_Windows_7.9", "OpenSSH_for_Windows_8.1", "OpenSSH_for_Windows_9.5", "OpenSSH_7.4"]) {
        it(`does not blame ${ident}`, async () => {
            const { error } = await look({ stdout: "", exitCode: 1 }, { ident });
            assert.equal(error?.reason, "nothing");
        });
    }

    it("names constrained language mode, and the way that works there", async () => {
        const { error } = await look({ stdout: "", exitCode: 1 }, { mode: "ConstrainedLanguage\r\n" });
        assert.deepEqual([error?.reason, error?.code], ["failed", "language"]);
        assert.match(error?.message ?? "", /ConstrainedLanguage.*module: "preinstalled"/);
        assert.equal(commands.length, 2);
    });

    it("asks for signed files where the module is there already", async () => {
        const { error } = await look({ stdout: "", exitCode: 1 }, { mode: "ConstrainedLanguage\r\n", preinstalled: true });
        assert.match(error?.message ?? "", /Sign HybridIdentity\.psd1/);
    });

    it("prints the error output, masked, and what to check", async () => {
        const { error } = await look(
            { stdout: "", exitCode: 1, stderr: "'pwsh.exe' is not recognized,\r\nright?" },
            { exe: "pwsh.exe", mode: "" },
        );
        assert.equal(error?.reason, "nothing");
        assert.match(
            error?.message ?? "",
            /Error output: 'pwsh\.exe' is not recognized, \*\*\*\?\. Check that pwsh\.exe starts on the host\.$/,
        );
    });

    it("says where the module should be when it is missing", async () => {
        const { error } = await look({ stdout: "", exitCode: 1, stderr: "Import-Module : not loaded" }, { preinstalled: true });
        assert.match(error?.message ?? "", /Import-Module : not loaded\. Check that HybridIdentity 1\.x is installed/);
    });
});
