import assert from "node:assert/strict";
import { healthy, HealthChecks } from "../../../../components/internal/health";
import { SeenDocument, withDocuments } from "../../../../components/mim/portalMail/documentHealth";

const tls = (role: string) => `HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\${role}\\\\Enabled`;
const own: HealthChecks = { service: healthy("runs"), secret: healthy("is there") };
const fine: SeenDocument = { state: "compliant", drift: {}, repaired: {} };
const off = (id: string, found: string, as: "drift" | "repaired" = "drift"): SeenDocument => ({ ...fine, state: as === "drift" ? "drifted" : "enforced", [as]: { [id]: { found, desired: "x" } } });
const secret = off("MIM\\ExchangeOnline\\\\ClientSecretKeyId", "string:sha256:abc");

describe("PortalMail: mail and the documents of the same run", () => {
    it("where they are as declared, all is healthy", () => {
        const checks = withDocuments(own, { secret: fine, tls: fine, dotNet: fine }, false);
        assert.deepEqual(Object.entries(checks).map(([name, { state }]) => `${name} ${state}`), ["service healthy", "secret healthy", "tls healthy", "dotNet healthy"]);
        assert.equal(checks["secret"], own["secret"]);
    });

    const cases: [what: string, documents: Parameters<typeof withDocuments>[1], check: string, audited: boolean, state: string, says: RegExp][] = [
        ["a foreign secret", { secret }, "secret", false, "pending", /^MIM\\ExchangeOnline\\ClientSecretKeyId \(string:sha256:abc\) is not as declared; this update repairs it, and the service reads it when it restarts/],
        ["a foreign secret, audited", { secret }, "secret", true, "failing", /not as declared. only audited here: mode "enforce"/],
        ["a secret that this update has put there", { secret: off("MIM\\X\\\\Y", "string:a", "repaired") }, "secret", false, "pending", /this update repairs it/],
        ["TLS 1.2 off", { tls: off(tls("TLS 1.2\\Client"), "dword:0") }, "tls", true, "failing", /TLS 1\.2\\Client\\Enabled \(dword:0\)/],
        ["TLS 1.2 that nobody ever set: Windows has it on", { tls: off(tls("TLS 1.2\\Client"), "absent") }, "tls", true, "healthy", /as declared/],
        ["TLS 1.0 on: mail does not hang on it", { tls: off(tls("TLS 1.0\\Client"), "dword:1") }, "tls", true, "healthy", /as declared/],
        ["strong cryptography off", { dotNet: off("HKLM\\A\\\\SchUseStrongCrypto", "dword:0") }, "dotNet", false, "pending", /SchUseStrongCrypto/],
        ["a document that was not read", { secret: { ...fine, state: "unknown" } }, "secret", false, "unknown", /not all of it could be read/],
    ];
    for (const [what, documents, check, audited, state, says] of cases) {
        it(`${what}: ${state}`, () => {
            const one = withDocuments(own, documents, audited)[check]!;
            assert.equal(one.state, state);
            assert.match(`${one.found}. ${one.advice}`, says);
        });
    }

    it("what fails already stays as it is told, and nothing is added of a host that was not observed", () => {
        const failing: HealthChecks = { secret: { state: "failing", found: "is not there", advice: "put it there" } };
        assert.deepEqual(withDocuments(failing, { secret }, false), failing);
        const host: HealthChecks = { host: { state: "unknown", found: "the host was not observed", advice: "" } };
        assert.equal(withDocuments(host, { tls: { ...fine, state: "unknown" } }, false), host);
    });
});
