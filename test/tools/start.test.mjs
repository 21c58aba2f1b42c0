import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { foreignProblems, previewProblems, readForeign, readPreview } from "../../tools/start/preview.mjs";
import { readTarget } from "../../tools/start/target.mjs";

// As the CLI prints it: the old block removed, the new one added, unchanged members around, keys padded to one width.
const preview = `
Previewing update (dev):
~ pulumi:pulumi:Stack: (refresh)
    [urn=urn:pulumi:dev::x::pulumi:pulumi:Stack::x-dev]
        ~ azuread:index/appRoleAssignment:AppRoleAssignment: (refresh)
            [urn=urn:pulumi:dev::x::azuread:index/appRoleAssignment:AppRoleAssignment::mail-consent]
            --outputs:--
          - appRoleId: "dc890d15"
    + azuread:index/appRoleAssignment:AppRoleAssignment: (create)
        [urn=urn:pulumi:dev::x::azuread:index/appRoleAssignment:AppRoleAssignment::mail-consent]
        appRoleId: "dc890d15"
    ~ hybrid-identity:exchange:EwsAllowedApplication: (update)
        [id=b7379e85]
        [urn=urn:pulumi:dev::x::hybrid-identity:exchange:EwsAllowedApplication::ews-allowed]
      ~ enableEws: false => true
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
    ~ command:remote:Command: (update)
        [urn=urn:pulumi:dev::x::hybrid-identity:windows:WindowsService$command:remote:Command::mail-service]
      ~ stdin: (json) {
          + changed 2026-11-22T23:16:15.751Z   : "restart of FIMService, which runs since 2026-11-21T23:16:15.751Z: it reads that"
          ~ restart                            : {
              ~ FIMService: "if started before 2026-11-21T23:16:15.751Z" => "if started before 2026-11-22T23:16:15.751Z"
            }
        }
warning: mail: the application has credentials that this program did not make; they stay:
  secret 8d2f0c5e "added by hand", ends 2028-11-22T00:36:25.820Z
    --outputs:--
  ~ baseline: {
      ~ state     : "compliant" => "drifted"
    }
Resources:
    + 1 to create
    ~ 3 to update
    4 changes. 9 unchanged
`;
const command = "mim01-tls-mim01-tls";
const drift = [
    { command, key: "HKLM\\A\\TLS 1.0", name: "DisabledByDefault", change: "absent -> dword:1 or nonzero" },
    { command, key: "HKLM\\A\\TLS 1.0", name: "Enabled", change: "dword:1 -> dword:0" },
    { command, key: "HKLM\\B", name: "(default)", change: "string:a: {b} -> string:c" },
];
const created = ["mail-consent"];
const foreign = ["8d2f0c5e"];
const changed = [{ resource: "ews-allowed", property: "enableEws", change: "false => true" }];
const restarts = [{ command: "mail-service", service: "FIMService" }];
const done = { drift, created, changed, restarts, foreign };

describe("npm start: what a preview shows", () => {
    it("is read from the lines that a person sees", () => {
        assert.deepEqual(readPreview(preview), { ...done, counts: { create: 1, update: 3 } });
    });

    it("is nothing where there is nothing", () => {
        assert.deepEqual(readPreview("Resources:\n    10 unchanged\n"), { drift: [], created: [], changed: [], restarts: [], foreign: [], counts: { unchanged: 10 } });
    });

    it("is right when it is exactly what was done", () => {
        assert.deepEqual(previewProblems(readPreview(preview), done), []);
    });

    const [first, second, third] = drift;
    const wrong = [
        [
            "a missing value",
            preview,
            { ...done, drift: [...drift, { ...first, name: "Other" }] },
            ["not shown: mim01-tls-mim01-tls: HKLM\\A\\TLS 1.0\\\\Other: absent -> dword:1 or nonzero"],
        ],
        [
            "an invented value",
            preview,
            { ...done, drift: [first, second] },
            ["shown, but nobody did it: mim01-tls-mim01-tls: HKLM\\B\\\\(default): string:a: {b} -> string:c"],
        ],
        [
            "a value on another host",
            preview,
            { ...done, drift: [first, second, { ...third, command: "edge01-tls-edge01-tls" }] },
            [
                "not shown: edge01-tls-edge01-tls: HKLM\\B\\\\(default): string:a: {b} -> string:c",
                "shown, but nobody did it: mim01-tls-mim01-tls: HKLM\\B\\\\(default): string:a: {b} -> string:c",
                "3 resources to update instead of 4",
            ],
        ],
        [
            "a restart that is not shown",
            preview.replace("restart of FIM", "restart of Other"),
            done,
            ["not shown: mail-service: restart of FIMService", "shown, but nobody did it: mail-service: restart of OtherService"],
        ],
        ["another update", preview.replace("~ 3 to", "~ 4 to"), done, ["4 resources to update instead of 3"]],
        [
            "another property",
            preview.replace("enableEws: false", "enableEws: true"),
            done,
            ["not shown: ews-allowed: enableEws: false => true", "shown, but nobody did it: ews-allowed: enableEws: true => true"],
        ],
        ["a resource that would go", preview.replace("    4 ch", "    - 1 to delete\n    5 ch"), done, ["1 resources to delete"]],
        [
            "another resource to create",
            preview.replace("+ 1 to create", "+ 2 to create").replace("    ~ command", "    + a:b:C: (create)\n[urn=urn:x::c]\n    ~ command"),
            done,
            ["shown, but nobody did it: c to create", "2 resources to create instead of 1"],
        ],
        [
            "a resource that is not created",
            preview.replace("(create)", "(same)").replace("    + 1 to create\n", ""),
            done,
            ["not shown: mail-consent to create", "0 resources to create instead of 1"],
        ],
        [
            "another secret",
            preview.replace("secret 8d2f0c5e", "secret 11111111"),
            done,
            ["not shown: foreign credential 8d2f0c5e", "shown, but nobody did it: foreign credential 11111111"],
        ],
        [
            "no preview at all",
            "",
            { ...done, drift: [first] },
            [
                "not shown: mim01-tls-mim01-tls: HKLM\\A\\TLS 1.0\\\\DisabledByDefault: absent -> dword:1 or nonzero",
                "not shown: mail-consent to create",
                "not shown: ews-allowed: enableEws: false => true",
                "not shown: mail-service: restart of FIMService",
                "not shown: foreign credential 8d2f0c5e",
                "0 resources to update instead of 3",
                "0 resources to create instead of 1",
            ],
        ],
    ];
    for (const [what, text, expected, problems] of wrong) {
        it(`is wrong with ${what}`, () => assert.deepEqual(previewProblems(readPreview(text), expected), problems));
    }
});

describe("npm start: credentials that the program did not make", () => {
    const update = `Diagnostics:
  hybrid-identity:entra:MailApplication (mail):
    warning: mail: the application has credentials that this program did not make; they stay:
      secret 8d2f0c5e "by hand", ends 2028-11-22T00:36:25.820Z
      certificate 9d2f0c5e "", ends 2028-11-22T00:36:25.820Z
      federated credential 0d2f0c5e "pipeline"
Outputs:
    mail: { clientSecret: [secret] }
`;

    it("are read from the warning of an update", () => {
        assert.deepEqual(readForeign(update), ["8d2f0c5e", "9d2f0c5e", "0d2f0c5e"]);
    });

    it("are compared in both directions", () => {
        assert.deepEqual(foreignProblems(["a"], ["a"]), []);
        assert.deepEqual(foreignProblems([], ["a"]), ["not shown: foreign credential a"]);
        assert.deepEqual(foreignProblems(["a"], []), ["shown, but nobody did it: foreign credential a"]);
    });
});

describe("npm start: the server that a command line names", () => {
    const key = fileURLToPath(import.meta.url);
    const given = ["--host", "mim01", "--user", "Administrator", "--key", key, "--host-key", "ssh-ed25519 AAAA"];

    it("is none without options: then the story is told in the lab", () => assert.equal(readTarget([]), undefined));

    it("has the options of npm run conformance", () => {
        const target = { host: "mim01", port: 22, user: "Administrator", keyFile: key, hostKey: "ssh-ed25519 AAAA", powershell: "powershell.exe" };
        assert.deepEqual(readTarget(given), target);
        const more = [...given, "--port", "2222", "--powershell", "pwsh.exe"];
        assert.deepEqual(readTarget(more), { ...target, port: 2222, powershell: "pwsh.exe" });
    });

    for (const [what, args, message] of [
        ["only half of it", given.slice(0, 4), /^--key, --host-key: missing\./],
        ["no host", ["--port", "22"], /^--host, --user, --key, --host-key: missing\./],
        ["a port that is none", [...given, "--port", "70000"], /^--port: expected 1 to 65535; received "70000"\./],
        ["a key that is not there", [...given, "--key", "nowhere"], /^--key: there is no file nowhere\./],
        ["an option that nobody knows", [...given, "--pasword", "x"], /'--pasword'/],
    ]) {
        it(`is refused with ${what}`, () => {
            assert.throws(() => readTarget(args), (error) => message.test(error.message) && error.message.includes("Usage: npm start"));
        });
    }
});
