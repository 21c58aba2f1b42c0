import assert from "node:assert/strict";
import { splitArguments } from "../../lab/host/argv";
import { pretendHost } from "../../lab/host/host";
import { reg } from "../../lab/host/reg";

const KEY = "HKLM\\SOFTWARE\\Contoso";

describe("the pretend host's reg.exe", () => {
    it("splits a command line as C programs do", () => {
        const cases: Array<[string, string[]]> = [
            [`reg.exe add "A B" /v c`, ["reg.exe", "add", "A B", "/v", "c"]],
            [`x "say \\"hi\\"" ""`, ["x", `say "hi"`, ""]],
            [`x C:\\dir\\ "C:\\dir\\\\" end`, ["x", "C:\\dir\\", "C:\\dir\\", "end"]],
            [`x "a\\\\\\"b"`, ["x", `a\\"b`]],
        ];
        for (const [line, expected] of cases) {
            assert.deepEqual(splitArguments(line), expected, line);
        }
    });

    it("adds, shows and deletes as the real one does", () => {
        const host = pretendHost();
        const done = (line: string): void => assert.deepEqual(reg(host, line), { stdout: "The operation completed successfully.\r\n", stderr: "", exitCode: 0 }, line);
        done(`reg.exe add "${KEY}\\Empty" /f /reg:64`);
        done(`reg.exe add "${KEY}" /v "Number" /t REG_DWORD /d "0x10" /f /reg:64`);
        done(`reg.exe add "${KEY}" /v "Large" /t REG_QWORD /d "18446744073709551615" /f /reg:64`);
        done(`reg.exe add "${KEY}" /v "List" /t REG_MULTI_SZ /d "A\\0B" /f /reg:64`);
        done(`reg.exe add "${KEY}" /v "Bytes" /t REG_BINARY /d "0aff" /f /reg:64`);
        done(`reg.exe add "${KEY}" /ve /t REG_SZ /d "the default" /f /reg:64`);
        assert.equal(
            reg(host, `reg.exe query "HKEY_LOCAL_MACHINE\\software\\CONTOSO" /s /reg:64`).stdout,
            [
                "",
                "HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso",
                "    Number    REG_DWORD    0x10",
                "    Large    REG_QWORD    0xffffffffffffffff",
                "    List    REG_MULTI_SZ    A\\0B",
                "    Bytes    REG_BINARY    0AFF",
                "    (Default)    REG_SZ    the default",
                "",
                "HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso\\Empty",
                "",
                "",
            ].join("\r\n"),
        );
        done(`reg.exe delete "${KEY}" /v "number" /f /reg:64`);
        assert.equal(host.registry.get(KEY, "Number"), "absent");
        done(`reg.exe delete "${KEY}" /ve /f /reg:64`);
        done(`reg.exe delete "${KEY}" /f /reg:64`);
        assert.equal(host.registry.hasKey(`${KEY}\\Empty`), false);
    });

    it("fails as the real one does", () => {
        const host = pretendHost({ elevated: false });
        const failed = (line: string): string => {
            const { stdout, stderr, exitCode } = reg(host, line);
            assert.deepEqual([stdout, exitCode], ["", 1]);
            return stderr;
        };
        assert.equal(failed(`reg.exe query "${KEY}" /s /reg:64`), "ERROR: The system was unable to find the specified registry key or value.\r\n");
        assert.equal(failed(`reg.exe add "${KEY}" /f /reg:64`), "ERROR: Access is denied.\r\n");
        assert.equal(failed(`reg.exe add "${KEY}" /reg:64`), "ERROR: Invalid syntax.\r\n");
    });
});
