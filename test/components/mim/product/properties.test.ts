import assert from "node:assert/strict";
import { buildOf, checkGate, checkProperties, checkSecretProperties, desiredProperties, productDesired, standIns, temporaryTls } from "../../../../components/mim/product/properties";
import type { Observation, Product } from "../../../../drift/types";

const product = "Microsoft Identity Manager Service and Portal";
const tls = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.1\\Client";
const installed = (...versions: string[]): Product[] => versions.map((version) => ({ code: `{${version}}`, version, view: "64", uninstallString: "" }));
const texts = (problems: { property: string; message: string }[]): string => problems.map(({ property, message }) => `${property}: ${message}`).join("\n");

describe("properties of setup", () => {
    const refused: [what: string, given: Parameters<typeof checkProperties>[0], says: RegExp][] = [
        ["none at all", { properties: {} }, /properties: must name at least one property/],
        ["a private name", { properties: { mailServer: "x" } }, /properties\["mailServer"\]: is no public property/],
        ["a name that the module gives itself", { properties: { REINSTALLMODE: "omus" } }, /\["REINSTALLMODE"\]: cannot be given: it decides whether setup changes/],
        ["a name that removes features", { secretProperties: { REMOVE: "x" } }, /secretProperties\["REMOVE"\]: cannot be given/],
        ["a name that makes setup do something else", { properties: { ACTION: "ADMIN" } }, /\["ACTION"\]: cannot be given/],
        ["a name in both", { properties: { A: "1" }, secretProperties: { A: "2" } }, /secretProperties\["A"\]: is among properties too/],
        ["a password among the others", { properties: { SERVICE_ACCOUNT_PASSWORD: "x" } }, /looks like a secret by its name.*secretProperties/],
        ["a line feed", { properties: { A: "1\n" } }, /\["A"\]: must be a text of at most 1000.*control character/],
        ["what stands for a secret", { properties: { A: "(secret 00000000)" } }, /stands for a secret in records/],
    ];
    for (const [what, given, says] of refused) {
        it(`refuses ${what}`, () => assert.match(texts(checkProperties(given)), says));
    }

    it("refuses secrets that the log could not be masked of, and shows none", () => {
        const all = texts(checkSecretProperties({ SHORT: "1234567", BREAK: "12345678\n", LONG: "x".repeat(1001), GOOD: "12345678" }));
        assert.match(all, /\["SHORT"\].*received 7 characters\. A shorter one could not be told/);
        assert.match(all, /\["BREAK"\].*control character/);
        assert.match(all, /\["LONG"\].*received 1001 characters/);
        assert.doesNotMatch(all, /GOOD|1234567/);
        assert.match(texts(checkSecretProperties({ A: "\u00e4".repeat(600), B: "\u00e4".repeat(600) })), /secretProperties: do not fit on one line/);
    });

    it("stands 32 bits for each secret, others for another host, name or value", () => {
        const one = standIns("mim01", { A: "12345678", B: "12345678" });
        assert.match(one["A"]!, /^\(secret [0-9a-f]{8}\)$/);
        assert.deepEqual(standIns("mim01", { A: "12345678" })["A"], one["A"]);
        assert.equal(new Set([one["A"], one["B"], standIns("mim02", { A: "12345678" })["A"], standIns("mim01", { A: "12345679" })["A"]]).size, 4);
    });

    it("desires both kinds in the order of their names", () => {
        assert.deepEqual(desiredProperties({ properties: { B_: "2", B: "x=y" }, secretProperties: { A: "(secret 00000000)" } }), {
            "MIM\\Setup": { Properties: 'multi:["A=(secret 00000000)","B=x=y","B_=2"]' },
        });
    });

    it("bounds its numbers, and the time limit holds the wait", () => {
        assert.deepEqual(checkGate({}), []);
        const all = texts(checkGate({ minimumBuild: "new", keepLogs: 101, waitSeconds: 900, timeLimit: 600 }));
        assert.match(all, /minimumBuild: must be a build such as/);
        assert.match(all, /keepLogs: must be a whole number from 0 to 100; received 101/);
        assert.match(all, /timeLimit: must be more than waitSeconds \(900\)/);
    });
});

describe("whether a product may be changed", () => {
    const given = { properties: { A: "1" } };
    const decide = (found: Product[] | string | undefined, values: Observation["values"] = {}, gate = {}): string =>
        productDesired(given, { audited: false, ...gate }, { values, products: found === undefined ? undefined : { [product]: found } } as unknown as Observation).problems.join("\n");

    it("only one that is there once and new enough", () => {
        assert.equal(decide(installed("4.6.421.0")), "");
        assert.match(decide(installed()), /is not installed/);
        assert.match(decide(installed("4.6.421.0", "4.6.673.0")), /is there 2 times/);
        assert.match(decide(installed("4.4.1302.0")), /4\.4\.1302\.0 cannot be changed: .*4\.6\.421\.0/);
        assert.match(decide(installed("4.6.421.0"), {}, { minimumBuild: "4.6.673.0" }), /cannot be changed: build 4\.6\.673\.0 or newer is asked for/);
        assert.equal(decide(installed("4.4.1302.0"), {}, { minimumBuild: "4.4.0.0" }), "");
        assert.match(decide("unknown:denied"), /cannot tell whether .*: denied/);
        assert.match(decide(undefined), /too old to answer/);
    });

    it("not while TLS 1.1 is off, where setup would run, unless it may be on meanwhile", () => {
        const off = { [tls]: { Enabled: "dword:0" } };
        assert.match(decide(installed("4.6.673.0"), off), /TLS 1\.1 is off on this host \(Client Enabled dword:0\).*Set allowTemporaryTls11/);
        assert.equal(decide(installed("4.6.673.0"), off, { allowTemporaryTls11: true }), "");
        assert.equal(decide(installed("4.6.673.0"), off, { audited: true }), "");
        assert.equal(decide(installed("4.6.673.0"), { ...off, "MIM\\Setup": { Properties: 'multi:["A=1"]' } }), "");
        assert.equal(decide(installed("4.6.673.0"), { [tls]: { Enabled: "absent", DisabledByDefault: "dword:0" } }), "");
        assert.match(decide(installed("4.6.673.0"), { [tls.replace("Client", "Server")]: { Enabled: "dword:1", DisabledByDefault: "dword:4294967295" } }), /\(Server DisabledByDefault dword:4294967295\)/);
    });

    it("not while something holds it back, where setup would run", () => {
        const held = (heldBackBy: string, values = {}) =>
            productDesired({ ...given, heldBackBy }, { audited: false }, { values, products: { [product]: installed("4.6.673.0") } } as unknown as Observation).problems;
        assert.deepEqual([held("the relay is down"), held("")], [["the relay is down"], []]);
        assert.deepEqual(held("the relay is down", { "MIM\\Setup": { Properties: 'multi:["A=1"]' } }), []);
    });

    it("says what becomes of TLS 1.1, where it is off", () => {
        const said = (values: Observation["values"]) => temporaryTls({ values } as unknown as Observation);
        assert.match(said({ [tls]: { Enabled: "dword:0", DisabledByDefault: "dword:1" } })!, /\(Client Enabled dword:0, Client DisabledByDefault dword:1\): it is turned on for the time of setup, and put back/);
        assert.equal(said({ [tls]: { Enabled: "dword:1", DisabledByDefault: "absent" } }), undefined);
    });

    it("tells the build, and advises the last one of SP2", () => {
        assert.deepEqual(buildOf(installed("4.6.673.0")), { build: "4.6.673.0", advice: undefined });
        assert.match(buildOf(installed("4.6.540.0")).advice!, /4\.6\.673\.0/);
        assert.deepEqual([buildOf(undefined), buildOf("unknown:denied")], [{ build: "" }, { build: "" }]);
    });
});
