import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { parseReply, ReplyError } from "../../drift/reply";

const observed = {
    protocol: 1,
    operation: "observe",
    ok: true,
    facts: { computerName: "MIM01", user: "MIM01\\svc-pulumi", elevated: true },
    values: { "HKLM\\SOFTWARE\\Contoso": { Setting: "dword:1", "(default)": "absent" } },
};

function frame(body: unknown, { protocol = "1", cut = 60 } = {}): string {
    const json = JSON.stringify(body).replace(/[^\x20-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
    const lines = json.match(new RegExp(`.{1,${cut}}`, "g")) ?? [];
    const header = `HYBRID-IDENTITY-REPLY ${protocol} ${json.length} ${createHash("sha256").update(json).digest("hex")}`;
    return `\n${header}\n${lines.join("\n")}\nHYBRID-IDENTITY-END\n`;
}

function refusal(stdout: string, exitCode = 0, secrets?: string[]): ReplyError {
    try {
        parseReply(stdout, exitCode, secrets);
    } catch (error) {
        assert.ok(error instanceof ReplyError);
        return error;
    }
    assert.fail("the reply was taken");
}

describe("reply: the frame", () => {
    it("is read from a text written by hand", () => {
        const text = [
            "",
            "HYBRID-IDENTITY-REPLY 1 46 76efadab6f16b5b98d57fced2fd25df6692dd3ce765f59418a67fef8542c282c",
            '{"protocol":1,"operation":',
            '"install","ok":true}',
            "HYBRID-IDENTITY-END",
            "",
        ].join("\n");
        assert.deepEqual(parseReply(text, 0), { protocol: 1, operation: "install", ok: true });
    });

    it("is found amid noise, with either line end", () => {
        const noise = fc
            .array(fc.string({ unit: "binary" }).filter((line) => !/[\r\n]|HYBRID-IDENTITY/.test(line)))
            .map((lines) => lines.join("\r\n"));
        fc.assert(
            fc.property(noise, noise, fc.boolean(), fc.integer({ min: 1, max: 4000 }), (before, after, windows, cut) => {
                const text = before + frame(observed, { cut }) + after;
                assert.deepEqual(parseReply(windows ? text.replace(/\r?\n/g, "\r\n") : text, 0), observed);
            }),
        );
    });

    it("is not ended by what stands before it", () => {
        assert.deepEqual(parseReply(`HYBRID-IDENTITY-END\n${frame(observed)}`, 0), observed);
    });

    it("is refused when it does not have the length it names", () => {
        assert.equal(refusal(frame(observed).replace(/REPLY 1 (\d+)/, "REPLY 1 1$1")).reason, "hash");
    });

    it("may lack the last line end, which the command plugin takes away", () =>
        assert.deepEqual(parseReply(frame(observed).trimEnd(), 0), observed));

    it("is refused wherever it is cut", () => {
        const text = frame(observed);
        for (let length = 0; length < text.length - 1; length++) {
            assert.ok(["nothing", "frame"].includes(refusal(text.slice(0, length)).reason));
        }
    });

    it("is refused when any one byte changed", () => {
        const text = frame(observed).trim();
        fc.assert(
            fc.property(fc.nat({ max: text.length - 1 }), fc.integer({ min: 33, max: 126 }), (at, code) => {
                fc.pre(text[at] !== "\n" && text.charCodeAt(at) !== code);
                const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
                assert.ok(["frame", "hash", "protocol"].includes(refusal(changed).reason));
            }),
            { numRuns: 1000 },
        );
    });

    const table: [string, string, number, ReplyError["reason"], RegExp][] = [
        ["nothing, though the exit code is 0", "", 0, "nothing", /answered nothing \(exit code 0\)/],
        ["only line ends", "\r\n\r\n", 1, "nothing", /exit code 1/],
        [
            "noise alone",
            "powershell.exe: not found\r\n",
            127,
            "frame",
            /no reply \(exit code 127\)\. Received: "powershell\.exe: not found\\u000d/,
        ],
        ["two replies", frame(observed) + frame(observed), 0, "frame", /2 replies/],
        ["another protocol", frame(observed, { protocol: "2" }), 0, "protocol", /speaks protocol 2, this library 1/],
        ["a reply that is a list", frame([1]), 0, "shape", /no JSON object/],
        ["a reply without ok", frame({ protocol: 1, operation: "observe" }), 0, "shape", /misses/],
        ["a good reply with exit code 1", frame(observed), 1, "exit", /exit code 1/],
        ["a failure that says nothing", frame({ protocol: 1, operation: "set", ok: false }), 1, "shape", /not why/],
    ];
    for (const [name, text, exitCode, reason, message] of table) {
        it(`refuses ${name}`, () => {
            const error = refusal(text, exitCode);
            assert.equal(error.reason, reason);
            assert.match(error.message, message);
        });
    }

    it("a failure tells code, message and host, whatever the exit code", () => {
        const failed = {
            protocol: 1,
            operation: "set",
            ok: false,
            error: { code: "owner", message: 'HKLM\\X belongs to "shop.test"\n\u00fcber' },
            host: "as it was",
        };
        for (const exitCode of [0, 1]) {
            const error = refusal(frame(failed), exitCode);
            assert.deepEqual([error.reason, error.code, error.host], ["failed", "owner", "as it was"]);
            assert.equal(
                error.message,
                'The host refused or failed (owner): HKLM\\X belongs to "shop.test"\\u000a\u00fcber The host is as it was.',
            );
        }
    });
});

describe("reply: what an error shows", () => {
    it("is cut", () => {
        const { message } = refusal("\x1b[31m".repeat(10000));
        assert.ok(message.length < 500);
        assert.match(message, /\\u001b\[31m.*\(50000 characters\)$/);
    });

    it("holds no secret, also where it would be cut, and none that JSON escaped", () => {
        const secret = 'p"ss\\w0rd';
        const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE\nAAAAsecond\n-----END OPENSSH PRIVATE KEY-----";
        const texts = [
            `x ${secret} y`,
            `x ${JSON.stringify(secret)}`,
            `${"x".repeat(296)}${secret}`,
            key,
            "line AAAAsecond",
            "password=hunter22",
            'Token: "abc def"',
        ];
        for (const text of texts) {
            const { message } = refusal(text, 1, [secret, key]);
            assert.match(message, /\[hidden|\[h|x{296}/);
            for (const part of ["ss\\w", "ss\\\\w", "b3Bl", "AAAA", "hunter22", "abc", 'p"s']) {
                assert.ok(!message.includes(part), `${part} in ${message}`);
            }
        }
    });

    it("holds no secret in a failure that the host reports", () => {
        const failed = {
            protocol: 1,
            operation: "set",
            ok: false,
            error: { code: "denied", message: "logon with s3cret-value refused" },
            host: "s3cret-value",
        };
        const error = refusal(frame(failed), 1, ["s3cret-value"]);
        assert.ok(!`${error.message}${error.host}`.includes("s3cret"));
    });
});
