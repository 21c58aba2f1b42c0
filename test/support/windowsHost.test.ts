import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newKeyPair } from "./keys";
import { windowsHost } from "./windowsHost";

const { public: hostKey, private: privateKey } = newKeyPair("ed25519");
const good = { host: "mim01", port: 2222, user: "CONTOSO\\admin", privateKeyFile: __filename, hostKey, powershell: "pwsh.exe" };

describe("the Windows host that the environment names", () => {
    it("is given as it is named, with SSH's port where none is", () => {
        const { port: _port, powershell: _powershell, ...least } = good;
        assert.deepEqual(windowsHost(JSON.stringify(good)), good);
        assert.deepEqual(windowsHost(JSON.stringify(least)), { ...least, port: 22 });
    });

    it("is none where the variable is empty", () => assert.equal(windowsHost(""), undefined));

    const wrong: [what: string, text: string, problem: string][] = [
        ["another form", "admin@mim01:22", "it is not JSON (in JSON a backslash is written twice)"],
        ["a list", "[]", "it is not a JSON object"],
        ["nothing in it", "{}", "host must be a text; user must be a text; privateKeyFile must be a text; hostKey must be a text"],
        ["an unknown member", JSON.stringify({ ...good, password: "secret" }), '"password" is not known'],
        ["a name that every object has", JSON.stringify({ ...good, toString: 1 }), '"toString" is not known'],
        ["a port as a text", JSON.stringify({ ...good, port: "22" }), "port must be a number from 1 to 65535"],
        ["port 0", JSON.stringify({ ...good, port: 0 }), "port must be a number from 1 to 65535"],
        ["port 65536", JSON.stringify({ ...good, port: 65536 }), "port must be a number from 1 to 65535"],
        ["no key file", JSON.stringify({ ...good, privateKeyFile: "secret" }), "privateKeyFile is no file that can be read"],
        ["a private key as host key", JSON.stringify({ ...good, hostKey: "-----BEGIN secret" }), 'hostKey is no public key line such as "ssh-ed25519 AAAA..."'],
        ["an empty PowerShell", JSON.stringify({ ...good, powershell: "" }), "powershell must be a text"],
    ];
    for (const [what, text, problem] of wrong) {
        it(`is refused with ${what}: ${problem}`, () => {
            assert.throws(
                () => windowsHost(text),
                ({ message }: Error) => message.startsWith(`HYBRID_IDENTITY_WINDOWS_HOST: ${problem}. It should be like {"host"`) && !message.includes("secret"),
            );
        });
    }

    it("that does not answer is told from one that is named wrong, in one line", () => {
        const folder = mkdtempSync(join(tmpdir(), "windows-host-"));
        const privateKeyFile = join(folder, "key");
        writeFileSync(privateKeyFile, privateKey);
        const env = { ...process.env, HYBRID_IDENTITY_WINDOWS_HOST: JSON.stringify({ ...good, host: "127.0.0.1", port: 1, privateKeyFile }) };
        const program = ["--import", "tsx", join(__dirname, "describeWindowsHost.ts")];
        const { status, stdout, stderr } = spawnSync(process.execPath, program, { env, encoding: "utf8" });
        rmSync(folder, { recursive: true });
        assert.deepEqual([status, stdout, stderr], [1, "", "127.0.0.1:1 as CONTOSO\\admin: nothing listens on that port (ECONNREFUSED). Start sshd on the host, and check address and port.\n"]);
    });
});
