import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { installMarker, moduleDrift } from "../../drift/marker";
import { block, installBlock, installRequest, observeRequest } from "../../drift/request";
import { observe } from "./support/host";

const [ours, other] = ["a".repeat(64), "b".repeat(64)];

describe("request", () => {
    it("observe is as the protocol has it", () => {
        assert.equal(
            observeRequest({
                owner: "shop.prod",
                values: { "HKLM\\SOFTWARE\\Contoso": ["Setting", "(default)"] },
                services: ["FIMService"],
            }),
            String.raw`{
  "protocol": 1,
  "operation": "observe",
  "owner": "shop.prod",
  "values": {
    "HKLM\\SOFTWARE\\Contoso": [
      "Setting",
      "(default)"
    ]
  },
  "services": [
    "FIMService"
  ]
}`,
        );
        assert.equal("services" in JSON.parse(observeRequest({ owner: "x", values: {}, services: [] })), false);
    });

    it("observe asks for more only where there is a question", () => {
        const asked = {
            products: ["Microsoft Identity Manager Service and Portal"],
            accounts: ["CONTOSO\\svc-mim"],
            names: ["HKU\\<FIMService>\\SOFTWARE\\Contoso"],
            events: [{ log: "Application", provider: "Microsoft.ResourceManagement*", ids: [12], sinceStartOf: "FIMService" }],
            smtpLogs: [{ since: "2026-11-22T08:30:00.000Z", connectors: ["Outbound to Office 365"], folders: { Hub: "D:\\Logs" } }],
        };
        const request = { protocol: 1, operation: "observe", owner: "x", values: {} };
        assert.deepEqual(JSON.parse(observeRequest({ owner: "x", values: {}, ...asked })), { ...request, ...asked });
        const nothing = { services: [], products: [], accounts: [], names: [], events: [], smtpLogs: [] };
        assert.deepEqual(JSON.parse(observeRequest({ owner: "x", values: {}, ...nothing })), request);
    });

    it("install carries nothing of the module itself: it stands in state twice", () => {
        const parsed = JSON.parse(installRequest({ version: "1.0.0", sha256: ours, marker: "M", readers: ["CONTOSO\\Readers"] })) as Record<string, unknown>;
        assert.deepEqual(Object.keys(parsed), ["protocol", "operation", "version", "sha256", "marker", "readers"]);
        assert.deepEqual(parsed["readers"], ["CONTOSO\\Readers"]);
    });

    it("a block takes the module from a file by its hash, and the request from its own text", () => {
        const text = installBlock({ version: "1.0.0", psm1: "# module\n" }, "HybridIdentity-1.0.0-20261122T083000123Z.psm1", "{}");
        const hash = createHash("sha256").update("# module\n").digest();
        assert.ok(text.includes(`-ceq '${[...hash].map((one) => one.toString(16).toUpperCase().padStart(2, "0")).join("-")}'`), text);
        assert.ok(text.endsWith("if (Invoke-HybridIdentityRequest -Psm1 $text -Json @'\n{}\n'@) { exit 0 } else { exit 1 }\n}\n"), text);
        assert.ok(text.length < 2000 && text.split("\n").every((line) => line.length < 300), text);
        assert.throws(() => installBlock({ version: "1.0.0", psm1: "\n" }, "a", "{\n'@; Remove-Item x\n}"), /TypeError: The request/);
    });

    it("a block holds module and request", () => {
        assert.equal(
            block("# module\n", "{}"),
            "& {\n# module\nif (Invoke-HybridIdentityRequest -Json @'\n{}\n'@) { exit 0 } else { exit 1 }\n}\n",
        );
    });

    it("a block refuses parts that would run into each other", () => {
        assert.throws(() => block("# no line feed", "{}"), /TypeError: The module's text/);
        assert.throws(() => block("# \u00e9\n", "{}"), /TypeError: The module's text/);
        assert.throws(() => block("\n", "{\n'@; Remove-Item x\n}"), /TypeError: The request/);
        assert.throws(() => block("\n", '"\u00e9"'), /TypeError: The request/);
    });
});

describe("marker", () => {
    const module = { version: "1.1.0", sha256: ours };
    const now = new Date("2026-11-22T08:30:00.123Z");
    const fresh = `HybridIdentity 1.1.0 sha256:${ours} at 2026-11-22T08:30:00.123Z`;
    const on = (marker: string, found: { version: string; sha256: string } | null) => ({
        ...observe({}),
        marker,
        module: found && { ...found, unsignedSha256: found.sha256 },
    });
    const old = `HybridIdentity 1.1.0 sha256:${ours} at 2026-11-01T00:00:00.000Z`;

    const table: [string, Parameters<typeof installMarker>[1], string, RegExp | undefined][] = [
        ["a host that was not observed", undefined, fresh, undefined],
        ["a new host", on("", null), fresh, undefined],
        ["a host that has it", on(old, module), old, undefined],
        ["a host without marker", on("", module), fresh, undefined],
        ["a host with the marker of another version", on(old.replace("1.1.0", "1.0.0"), module), fresh, undefined],
        ["a host with the marker of another hash", on(old.replace(ours, other), module), fresh, undefined],
        [
            "a changed file",
            on(old, { version: "1.1.0", sha256: other }),
            fresh,
            /1\.1\.0 \(sha256 b{64}\), which was changed since it was installed \(sha256 a{64}\)/,
        ],
        ["a removed module", on(old, null), fresh, /1\.1\.0 was removed from the host/],
        [
            "an older module",
            on(`HybridIdentity 1.0.0 sha256:${other} at 2026-11-01T00:00:00.000Z`, { version: "1.0.0", sha256: other }),
            fresh,
            /^The host has the module HybridIdentity 1\.0\.0 \(sha256 b{64}\)\. It will be installed as 1\.1\.0 \(sha256 a{64}\)\.$/,
        ],
        ["a marker that is damaged", on("HybridIdentity", module), fresh, undefined],
    ];
    for (const [name, observation, marker, drift] of table) {
        it(`for ${name}`, () => {
            assert.equal(installMarker(module, observation, now), marker);
            const warning = observation && moduleDrift(module, observation);
            assert.equal(warning === undefined, drift === undefined);
            assert.match(warning ?? "", drift ?? /^$/);
        });
    }

    it("never has the time of the host's marker again", () => {
        const tampered = on(fresh, { version: "1.1.0", sha256: other });
        assert.equal(installMarker(module, tampered, now), fresh.replace(".123Z", ".124Z"));
    });
});
