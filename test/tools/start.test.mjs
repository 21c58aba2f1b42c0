import assert from "node:assert/strict";
import { previewProblems, readPreview } from "../../tools/start/preview.mjs";

// As the CLI prints it: the old block removed, the new one added, unchanged members around, keys padded to one width.
const preview = `
Previewing update (dev):
~ pulumi:pulumi:Stack: (refresh)
    [urn=urn:pulumi:dev::x::pulumi:pulumi:Stack::x-dev]
    ~ command:remote:Command: (update)
        [id=aa066e873]
        [urn=urn:pulumi:dev::x::hybrid-identity:windows:SchannelProtocols$command:remote:Command::mim01-tls-mim01-tls]
        [provider=urn:pulumi:dev::x::pulumi:providers:command::default_1_2_1::53710a70-3b80-446d-8718-8bfa23d2ddcd]
      ~ stdin: (json) {
            desired                            : {
                HKLM\\A: {
                    Enabled: "dword:0"
                }
            }
            document                           : "tls"
          - drift seen 2026-11-21T23:16:15.751Z: {
              - HKLM\\A: {
                  - Enabled: "dword:7 -> dword:0"
                }
            }
          + drift seen 2026-11-22T23:16:15.751Z: {
              + HKLM\\A\\TLS 1.0  : {
                  + DisabledByDefault: "absent -> dword:1 or nonzero"
                  + Enabled          : "dword:1 -> dword:0"
                }
              + HKLM\\B         : {
                  + (default): "string:a: {b} -> string:c"
                }
            }
            resource                           : "urn"
          + takeOverFrom                       : "p.old"
        }
Resources:
    ~ 1 to update
    9 unchanged
`;
const command = "mim01-tls-mim01-tls";
const drift = [
    { command, key: "HKLM\\A\\TLS 1.0", name: "DisabledByDefault", change: "absent -> dword:1 or nonzero" },
    { command, key: "HKLM\\A\\TLS 1.0", name: "Enabled", change: "dword:1 -> dword:0" },
    { command, key: "HKLM\\B", name: "(default)", change: "string:a: {b} -> string:c" },
];

describe("npm start: what a preview shows", () => {
    it("is read from the lines that a person sees", () => {
        assert.deepEqual(readPreview(preview), { drift, counts: { update: 1, unchanged: 9 } });
    });

    it("is nothing where there is nothing", () => {
        assert.deepEqual(readPreview("Resources:\n    10 unchanged\n"), { drift: [], counts: { unchanged: 10 } });
    });

    it("is right when it is exactly what was done", () => {
        assert.deepEqual(previewProblems(readPreview(preview), drift), []);
    });

    const [first, second, third] = drift;
    const wrong = [
        [
            "a missing value",
            preview,
            [...drift, { ...first, name: "Other" }],
            ["not shown: mim01-tls-mim01-tls: HKLM\\A\\TLS 1.0\\\\Other: absent -> dword:1 or nonzero"],
        ],
        [
            "an invented value",
            preview,
            [first, second],
            ["shown, but nobody did it: mim01-tls-mim01-tls: HKLM\\B\\\\(default): string:a: {b} -> string:c"],
        ],
        [
            "a value on another host",
            preview,
            [first, second, { ...third, command: "edge01-tls-edge01-tls" }],
            [
                "not shown: edge01-tls-edge01-tls: HKLM\\B\\\\(default): string:a: {b} -> string:c",
                "shown, but nobody did it: mim01-tls-mim01-tls: HKLM\\B\\\\(default): string:a: {b} -> string:c",
                "1 resources to update instead of 2",
            ],
        ],
        ["another update", preview.replace("~ 1 to", "~ 2 to"), drift, ["2 resources to update instead of 1"]],
        ["a resource that would go", preview.replace("    9 un", "    - 1 to delete\n    8 un"), drift, ["1 resources to delete"]],
        [
            "no preview at all",
            "",
            [first],
            [
                "not shown: mim01-tls-mim01-tls: HKLM\\A\\TLS 1.0\\\\DisabledByDefault: absent -> dword:1 or nonzero",
                "0 resources to update instead of 1",
            ],
        ],
    ];
    for (const [what, text, expected, problems] of wrong) {
        it(`is wrong with ${what}`, () => assert.deepEqual(previewProblems(readPreview(text), expected), problems));
    }
});
