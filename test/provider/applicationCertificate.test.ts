// The certificate of an application against the pretend tenant, without gRPC.
import * as assert from "node:assert/strict";
import { randomUUID, X509Certificate } from "node:crypto";
import { newAuthority } from "../../lab/tenant/certificates";
import { callGraph } from "../../lab/tenant/client";
import { cloudOf } from "../../provider/clients/cloud";
import { graphClient } from "../../provider/clients/graph";
import { shared } from "../../provider/clients/shared";
import { settingsOf } from "../../provider/config";
import { applicationCertificate } from "../../provider/resources/applicationCertificate";
import type { Context } from "../../provider/resources/resource";
import { drift } from "./support/drift";
import { Exchange } from "./support/exchange";

const token = "hybrid-identity:entra:ApplicationCertificate";

describe("resource entra:ApplicationCertificate", function () {
    this.timeout(20_000);
    let lab: Exchange;
    let context: Context;
    let oid: string;
    const { certificate: value } = newAuthority();
    const inputs = () => ({ applicationId: `/applications/${oid}`, value });
    const application = () => lab.tenant.state.applications.find(({ id }) => id === oid)!;
    const writes = () => lab.tenant.calls.filter(({ method }) => method === "PATCH").length;

    before(async () => (lab = await Exchange.start()));
    after(() => lab.stop());
    beforeEach(async () => {
        lab.reset();
        const settings = settingsOf({}, lab.tenant.environment);
        context = { ...lab.context, graph: graphClient(settings, shared(signal => cloudOf(settings, signal))) };
        oid = String((await callGraph(lab.tenant, "POST", "/v1.0/applications", { displayName: "MIM mail" })).body["id"]);
    });

    it("is added beside those that are there, found unchanged, and removed alone", async () => {
        const other = await applicationCertificate.create({ ...inputs(), value: newAuthority().certificate }, context);
        const made = await applicationCertificate.create(inputs(), context);
        const [, entry] = application().keyCredentials;
        const thumbprint = new X509Certificate(value).fingerprint.replaceAll(":", "");
        assert.equal(made.id, `${oid}/certificate/${entry!.keyId}`);
        assert.deepEqual(made.state, { ...inputs(), keyId: entry!.keyId, thumbprint, endDate: entry!.endDateTime });
        assert.deepEqual(await drift(token, made.id, inputs(), context), {});
        await applicationCertificate.delete(made.id, made.state, context);
        assert.deepEqual(application().keyCredentials.map(({ keyId }) => keyId), [other.state["keyId"]]);
        assert.equal(await drift(token, made.id, inputs(), context), "gone");
    });

    it("takes over the one that is there, without a write", async () => {
        const first = await applicationCertificate.create(inputs(), context);
        lab.tenant.resetCalls();
        const again = await applicationCertificate.create({ ...inputs(), value: `${value.trim()}\r\n` }, context);
        assert.deepEqual([again.id, writes()], [first.id, 0]);
    });

    it("waits until an application that is new is known, and until its certificate is listed", async () => {
        lab.tenant.behaviour.nextStatus(/\/applications\/[^/?]+/, 404, { method: "GET", times: 1 });
        lab.tenant.behaviour.replicationDelay = { reads: 2, of: ["credentials"] };
        const made = await applicationCertificate.create(inputs(), context);
        assert.equal(made.state["keyId"], application().keyCredentials[0]!.keyId);
        assert.deepEqual(lab.waits, [15_000, 15_000, 15_000]);
        assert.equal(writes(), 1);
    });

    for (const [failed, executed] of [[429, false], [503, false], [503, true]] as const) {
        it(`takes no certificate away that somebody added while it waited, after ${failed}${executed ? " of a change that was made" : ""}`, async () => {
            const other = { keyId: randomUUID(), type: "AsymmetricX509Cert", usage: "Verify", key: new X509Certificate(newAuthority().certificate).raw.toString("base64") };
            const added = () => callGraph(lab.tenant, "PATCH", `/v1.0/applications/${oid}`, { keyCredentials: [...application().keyCredentials.map(one => ({ ...one, key: null })), other] });
            const waiting = { ...context, wait: async (milliseconds: number) => (await added(), context.wait(milliseconds)) };
            const fails = () => lab.tenant.behaviour.nextStatus(/\/applications\//, failed, { method: "PATCH", executed, retryAfter: "2" });
            fails();
            const made = await applicationCertificate.create(inputs(), waiting);
            assert.deepEqual(application().keyCredentials.map(({ keyId }) => keyId).sort(), [made.state["keyId"], other.keyId].sort());
            application().keyCredentials = application().keyCredentials.filter(({ keyId }) => keyId !== other.keyId);
            fails();
            await applicationCertificate.delete(made.id, made.state, waiting);
            assert.deepEqual([application().keyCredentials.map(({ keyId }) => keyId), lab.waits], [[other.keyId], [2_000, 2_000]]);
        });
    }

    it("is gone where the application is gone, and needs no removal then; a refusal is no absence", async () => {
        const made = await applicationCertificate.create(inputs(), context);
        lab.tenant.behaviour.nextStatus(/\/applications\//, 403, { method: "GET" });
        await assert.rejects(drift(token, made.id, inputs(), context), /Application\.ReadWrite\.OwnedBy/);
        lab.tenant.state.applications = lab.tenant.state.applications.filter(({ id }) => id !== oid);
        assert.equal(await drift(token, made.id, inputs(), context), "gone");
        await applicationCertificate.delete(made.id, made.state, context);
        assert.equal(writes(), 1);
    });

    it("is imported with the certificate that Graph tells", async () => {
        const made = await applicationCertificate.create(inputs(), context);
        const found = await applicationCertificate.read(made.id, undefined, context);
        const read = new X509Certificate(String(found?.inputs["value"]));
        assert.deepEqual([found?.inputs["applicationId"], read.fingerprint], [`/applications/${oid}`, new X509Certificate(value).fingerprint]);
    });

    it("names what is wrong before anything is called", () => {
        const wrong = (given: object) => applicationCertificate.check({ ...inputs(), ...given }).map(({ property }) => property);
        assert.deepEqual(wrong({}), []);
        assert.deepEqual(wrong({ applicationId: oid }), ["applicationId"]);
        assert.deepEqual(wrong({ value: "-----BEGIN CERTIFICATE-----" }), ["value"]);
        assert.deepEqual(wrong({ value: `${value}\n-----BEGIN PRIVATE KEY-----` }), ["value"]);
    });
});
