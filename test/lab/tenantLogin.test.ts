import assert from "node:assert/strict";
import { sign, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { UsageError } from "../../lab/host/faults";
import { newSignInCertificate } from "../../lab/tenant/certificates";
import { askToken, callGraph, send, sendMail } from "../../lab/tenant/client";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";

const EXCHANGE = "00000002-0000-0ff1-ce00-000000000000";
const FULL_ACCESS = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";
const DAY_MS = 86_400_000;

describe("the pretend tenant's way in", () => {
    let tenant: Tenant;

    beforeEach(async () => {
        tenant = await startTenant();
    });

    afterEach(() => tenant.stop());

    async function refusal(answer: ReturnType<typeof askToken>): Promise<[number, unknown, string]> {
        const { status, body } = await answer;
        return [status, body["error"], /AADSTS\d+/.exec(String(body["error_description"]))?.[0] ?? ""];
    }

    /** An application with a secret and the right to every mailbox. */
    async function mailSender(endDateTime: string): Promise<{ id: string; servicePrincipal: string; clientId: string; clientSecret: string; keyId: string }> {
        const { body: app } = await callGraph(tenant, "POST", "/v1.0/applications", { displayName: "MIM mail" });
        const { body: principal } = await callGraph(tenant, "POST", "/v1.0/servicePrincipals", { appId: app["appId"] });
        const exchange = tenant.state.servicePrincipals.find(({ appId }) => appId === EXCHANGE)?.id ?? "";
        const assignment = { appRoleId: FULL_ACCESS, principalId: principal["id"], resourceId: exchange };
        await callGraph(tenant, "POST", `/v1.0/servicePrincipals/${exchange}/appRoleAssignedTo`, assignment);
        const path = `/v1.0/applications/${String(app["id"])}/addPassword`;
        const { body: secret } = await callGraph(tenant, "POST", path, { passwordCredential: { endDateTime } });
        return {
            id: String(app["id"]),
            servicePrincipal: String(principal["id"]),
            clientId: String(app["appId"]),
            clientSecret: String(secret["secretText"]),
            keyId: String(secret["keyId"]),
        };
    }

    it("says where everything is, in one document for both providers", async () => {
        const { status, body } = await send(tenant, "GET", "/metadata/endpoints?api-version=2022-09-01");
        assert.equal(status, 200);
        assert.deepEqual(body, {
            name: "HybridIdentityLab",
            portal: tenant.url,
            authentication: { loginEndpoint: tenant.url, audiences: ["https://management.azure.com"], tenant: tenant.tenantId, identityProvider: "AAD" },
            resourceManager: `${tenant.url}/`,
            microsoftGraphResourceId: `${tenant.url}/`,
            suffixes: { keyVaultDns: `vault.localhost:${new URL(tenant.url).port}` },
        });
        for (const form of ["v2.0/", ""]) {
            const openId = await send(tenant, "GET", `/${tenant.tenantId}/${form}.well-known/openid-configuration`);
            assert.equal(openId.body["token_endpoint"], `${tenant.url}/${tenant.tenantId}/oauth2/${form}token`);
        }
        assert.deepEqual(tenant.unknownCalls, []);
        assert.equal((await send(tenant, "GET", "/metadata/endpoints?api-version=1999-01-01")).status, 404);
        assert.deepEqual(tenant.unknownCalls, [{ method: "GET", path: "/metadata/endpoints?api-version=1999-01-01", status: 404 }]);
    });

    it("gives tokens that name the caller and its roles", async () => {
        const { body } = await askToken(tenant);
        const [head, payload, signature] = String(body["access_token"]).split(".");
        const claims = JSON.parse(Buffer.from(payload ?? "", "base64url").toString()) as Record<string, unknown>;
        assert.ok(head && signature);
        assert.equal(claims["aud"], tenant.url);
        assert.equal(claims["oid"], tenant.objectId);
        assert.deepEqual([...(claims["roles"] as string[])].sort(), ["AppRoleAssignment.ReadWrite.All", "Application.ReadWrite.All", "Directory.Read.All"]);
        assert.equal(body["expires_in"], 3599);
    });

    it("refuses as Entra does, with the numbers that people search for", async () => {
        const { clientId, clientSecret } = tenant;
        const strange = "11111111-1111-4111-8111-111111111111";
        assert.deepEqual(await refusal(askToken(tenant, { clientId, clientSecret: "wrong" })), [401, "invalid_client", "AADSTS7000215"]);
        assert.deepEqual(await refusal(askToken(tenant, { clientId: strange, clientSecret })), [400, "unauthorized_client", "AADSTS700016"]);
        assert.deepEqual(await refusal(askToken(tenant, tenant, "https://nowhere.example")), [400, "invalid_resource", "AADSTS500011"]);
        assert.deepEqual(await refusal(send(tenant, "POST", `/${strange}/oauth2/v2.0/token`, new URLSearchParams())), [400, "invalid_request", "AADSTS90002"]);
        tenant.behaviour.expiredSecret = true;
        assert.deepEqual(await refusal(askToken(tenant)), [401, "invalid_client", "AADSTS7000222"]);
    });

    it("lets a mail sender in as long as its secret lives, its service principal is on, and consent is there", async () => {
        tenant.clock = () => new Date("2026-11-22T00:00:00Z");
        const sender = await mailSender("2027-01-01T00:00:00Z");
        assert.equal(await sendMail(tenant, sender), "sent");
        tenant.clock = () => new Date("2026-12-31T23:59:59Z");
        assert.equal(await sendMail(tenant, sender), "sent");
        tenant.clock = () => new Date("2027-01-01T00:00:00Z");
        assert.equal(await sendMail(tenant, sender), "AADSTS7000222");
        tenant.clock = () => new Date("2026-11-21T00:00:00Z");
        assert.equal(await sendMail(tenant, sender), "AADSTS7000215");
        tenant.clock = () => new Date("2026-12-01T00:00:00Z");
        const principal = `/v1.0/servicePrincipals/${sender.servicePrincipal}`;
        await callGraph(tenant, "PATCH", principal, { accountEnabled: false });
        assert.equal(await sendMail(tenant, sender), "AADSTS7000112");
        await callGraph(tenant, "PATCH", principal, { accountEnabled: true });
        const exchange = tenant.state.servicePrincipals.find(({ appId }) => appId === EXCHANGE);
        exchange?.appRoleAssignedTo.splice(0);
        assert.equal(await sendMail(tenant, sender), "the token has no role full_access_as_app");
        await callGraph(tenant, "DELETE", principal);
        assert.equal(await sendMail(tenant, sender), "AADSTS7000229");
        await callGraph(tenant, "POST", `/v1.0/applications/${sender.id}/removePassword`, { keyId: sender.keyId });
        assert.equal(await sendMail(tenant, sender), "AADSTS7000215");
    });

    it("takes an assertion of the application's certificate or of its federated credential, and no other", async () => {
        const sender = await mailSender(new Date(Date.now() + DAY_MS).toISOString());
        const { certificate, key } = newSignInCertificate("MIM mail", 10);
        const assertion = (claims: object): string => {
            const parts = [{ alg: "RS256" }, { exp: Date.now() / 1000 + 60, ...claims }];
            const signed = parts.map(part => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
            return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
        };
        const status = async (claims: object): Promise<number> => {
            const form = { client_id: sender.clientId, client_assertion: assertion(claims), grant_type: "client_credentials", scope: `${tenant.url}/.default` };
            return (await send(tenant, "POST", `/${tenant.tenantId}/oauth2/v2.0/token`, new URLSearchParams(form))).status;
        };
        const federated = { iss: "https://issuer.example", sub: "repo:a", aud: "api://AzureADTokenExchange" };
        const own = { iss: sender.clientId, sub: sender.clientId, aud: tenant.url };
        assert.deepEqual([await status(federated), await status(own)], [401, 401]);
        const credential = { name: "p", issuer: federated.iss, subject: federated.sub, audiences: [federated.aud] };
        await callGraph(tenant, "POST", `/v1.0/applications/${sender.id}/federatedIdentityCredentials`, credential);
        assert.equal(await status(federated), 200);
        assert.equal(await status({ ...federated, sub: "repo:b" }), 401);
        assert.equal(await status({ ...federated, exp: Date.now() / 1000 - 60 }), 401);
        const entry = { type: "AsymmetricX509Cert", usage: "Verify", key: Buffer.from(certificate).toString("base64") };
        assert.equal((await callGraph(tenant, "PATCH", `/v1.0/applications/${sender.id}`, { keyCredentials: [entry] })).status, 204);
        assert.equal(await status(own), 200);
        assert.equal(await status({ ...own, sub: tenant.clientId }), 401);
        tenant.clock = () => new Date(Date.now() + 11 * DAY_MS);
        assert.equal(await status(own), 401);
    });

    it("shows a certificate that its authority vouches for, for the loopback and nothing else", async () => {
        const ca = readFileSync(tenant.caFile, "utf8");
        const port = Number(new URL(tenant.url).port);
        for (const [servername, good] of [["localhost", true], ["lab.vault.localhost", true], ["example.com", false]] as const) {
            const socket = tls.connect({ host: "127.0.0.1", port, ca, servername });
            const outcome = await new Promise<boolean>(resolve => socket.once("secureConnect", () => resolve(true)).once("error", () => resolve(false)));
            socket.destroy();
            assert.equal(outcome, good, servername);
        }
        assert.equal(new X509Certificate(ca).ca, true);
    });

    it("keeps everything in its folder, and no secret of an application in it", async () => {
        const dir = mkdtempSync(join(tmpdir(), "tenant-test-"));
        const first = await startTenant({ dir });
        await callGraph(first, "POST", "/v1.0/applications", { displayName: "kept" });
        const { caFile, clientSecret, tenantId } = first;
        const ca = readFileSync(caFile, "utf8");
        await first.stop();
        assert.equal(readFileSync(join(dir, "tenant.json"), "utf8").includes(clientSecret), false);
        const second = await startTenant({ dir });
        try {
            assert.deepEqual([second.clientSecret, second.tenantId, readFileSync(second.caFile, "utf8")], [clientSecret, tenantId, ca]);
            assert.deepEqual(second.state.applications.map(({ displayName }) => displayName), ["Lab pipeline", "kept"]);
            assert.equal((await callGraph(second, "GET", "/v1.0/applications")).status, 200);
            const port = Number(new URL(second.url).port);
            const taken = `port ${port} for the tenant is taken`;
            await assert.rejects(startTenant({ port }), (error: Error) => error instanceof UsageError && error.message.startsWith(taken));
        } finally {
            await second.stop();
            rmSync(dir, { recursive: true });
        }
    });
});
