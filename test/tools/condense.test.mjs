import assert from "node:assert/strict";
import { condensePreview, condenseUpdate } from "../../tools/start/condense.mjs";

describe("npm start: what is shown of a preview", () => {
    it("is every added line of a stdin and nothing that stayed or went", () => {
        const text = `Previewing update (dev):
~ pulumi:pulumi:Stack: (refresh)
    [urn=urn:pulumi:dev::x::pulumi:pulumi:Stack::x-dev]
warning: a: 1 value differs
    ~ command:remote:Command: (update)
        [id=a1]
        [urn=urn:pulumi:dev::x::command:remote:Command::a]
        [provider=urn:pulumi:dev::x::pulumi:providers:command::default]
      ~ stdin: (json) {
            desired: {
                HKLM\\A: {
                    B: "dword:1"
                }
            }
          - drift seen 1: {
              - HKLM\\A: {
                  - B: "dword:2 -> dword:1"
                }
            }
          + drift seen 2: {
              + HKLM\\A: {
                  + B: "dword:3 -> dword:1"
                }
            }
            owner: "x.dev"
        }
    - command:remote:Command: (delete)
        [urn=urn:pulumi:dev::x::command:remote:Command::b]
    ~ command:remote:Command: (update)
      ~ stdin: (json) {
            document: "a"
        }
warning: b: the application has credentials
  secret c
Resources:
    ~ 1 to update
    - 1 to delete`;
        assert.equal(
            condensePreview(text),
            `Previewing update (dev):
warning: a: 1 value differs
    ~ command:remote:Command: (update)
        [urn=urn:pulumi:dev::x::command:remote:Command::a]
      ~ stdin: (json) {
          + drift seen 2: {
              + HKLM\\A: {
                  + B: "dword:3 -> dword:1"
                }
            }
    - command:remote:Command: (delete)
        [urn=urn:pulumi:dev::x::command:remote:Command::b]
    ~ command:remote:Command: (update)
      ~ stdin: (json) {
warning: b: the application has credentials
  secret c
Resources:
    ~ 1 to update
    - 1 to delete`,
        );
    });
});

describe("npm start: what is shown of an update", () => {
    it("is its end, with long lists of values cut for each host", () => {
        const text = `Updating (dev):
 ~  command:remote:Command a updating (0s)
Diagnostics:
  hybrid-identity:windows:Host (a):
    warning: a: 3 values differ
      tls: HKLM\\A\\B: absent -> dword:0
      tls: HKLM\\A\\C: absent -> dword:0
      tls: HKLM\\A\\D: absent -> dword:0

  hybrid-identity:windows:Host (b):
    warning: b: 1 value differs
      net-1: HKLM32\\A\\B: absent -> dword:0
    error: something else

Resources:
    ~ 1 updated
`;
        assert.equal(
            condenseUpdate(text, 2),
            `Diagnostics:
  hybrid-identity:windows:Host (a):
    warning: a: 3 values differ
      tls: HKLM\\A\\B: absent -> dword:0
      tls: HKLM\\A\\C: absent -> dword:0
      ...
  hybrid-identity:windows:Host (b):
    warning: b: 1 value differs
      net-1: HKLM32\\A\\B: absent -> dword:0
    error: something else
Resources:
    ~ 1 updated
`,
        );
    });

    it("is all of it where it has another form", () => {
        assert.equal(condenseUpdate("error: no\n", 2), "error: no\n");
    });
});
