// The proxy rule by itself, and the provider behind a real proxy that reaches hosts whose names nobody else resolves.
import * as assert from "node:assert/strict";
import { once } from "node:events";
import * as http from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { proxyFor } from "../../provider/clients/proxy";
import { clientId, clientSecret, Fake, tenantId } from "./support/fake";
import { credentials, Plugin, secret } from "./support/plugin";

describe("provider: which proxy", () => {
    const graph = "https://graph.microsoft.com";
    const proxy = "http://proxy.example:3128";
    const table: [string, NodeJS.ProcessEnv, string, string | undefined][] = [
        ["none is named", {}, graph, undefined],
        ["HTTPS_PROXY", { HTTPS_PROXY: proxy }, graph, "proxy.example:3128"],
        ["in lower case", { https_proxy: proxy }, graph, "proxy.example:3128"],
        ["without a scheme", { HTTPS_PROXY: "proxy.example:3128" }, graph, "proxy.example:3128"],
        ["HTTP_PROXY is for other addresses", { HTTP_PROXY: proxy }, graph, undefined],
        ["localhost never", { HTTPS_PROXY: proxy }, "https://localhost:2210", undefined],
        ["127.0.0.0/8 never", { HTTPS_PROXY: proxy }, "https://127.3.2.1", undefined],
        ["::1 never", { HTTPS_PROXY: proxy }, "https://[::1]:2210", undefined],
        ["a name below localhost", { HTTPS_PROXY: proxy }, "https://x.localhost", "proxy.example:3128"],
    ];
    const spared: [string, string, boolean][] = [
        ["*", graph, true],
        ["other.example, *", graph, true],
        ["microsoft.com", graph, true],
        ["MICROSOFT.com", graph, true],
        [" other.example , graph.microsoft.com ", graph, true],
        ["soft.com", graph, false],
        [".microsoft.com", graph, true],
        ["*.microsoft.com", graph, true],
        [".graph.microsoft.com", graph, false],
        ["*.graph.microsoft.com", graph, false],
        ["graph.microsoft.com:443", graph, true],
        ["graph.microsoft.com:8443", graph, false],
        ["microsoft.com:8443", "https://graph.microsoft.com:8443", true],
        [":443", graph, false],
        ["10.0.0.0/8", "https://10.1.2.3", true],
        ["10.0.0.0/8", "https://11.1.2.3", false],
        ["10.0.0.0/8", graph, false],
        ["10.1.2.3", "https://10.1.2.3", true],
        ["10.1.2.3:8443", "https://10.1.2.3", false],
        ["fd00::/8", "https://[fd12::1]", true],
        ["fd12::1", "https://[fd12::1]", true],
        ["[fd12::1]:443", "https://[fd12::1]", true],
        ["10.0.0.0/99", "https://10.1.2.3", false],
    ];
    for (const [what, environment, url, expected] of table) {
        it(what, () => assert.equal(proxyFor(new URL(url), environment)?.host, expected));
    }
    for (const [list, url, isSpared] of spared) {
        for (const name of ["NO_PROXY", "no_proxy"]) {
            it(`${name}=${list}: ${url} ${isSpared ? "goes without" : "goes through it"}`, () => {
                assert.equal(proxyFor(new URL(url), { HTTPS_PROXY: proxy, [name]: list }) === undefined, isSpared);
            });
        }
    }

    it("refuses what is no HTTP proxy, without showing a password", () => {
        for (const address of ["socks5://u:s3cret@proxy.example", "http://u:s3cret@:::"]) {
            assert.throws(() => proxyFor(new URL(graph), { HTTPS_PROXY: address }), (error: Error) => /^HTTPS_PROXY is no address/.test(error.message) && !/s3cret/.test(error.message));
        }
    });
});

describe("provider: behind a proxy", function () {
    this.timeout(30_000);
    // Names below localhost are in the fake cloud's certificate, and no loopback for the rule.
    const [login, graph, metadata] = ["login.vault.localhost", "graph.vault.localhost", "metadata.vault.localhost"];
    let fake: Fake;
    let proxy: http.Server;
    let plugin: Plugin;
    let status = "200 Connection established";
    const connected: string[] = [];
    const inputs = { tenantId, clientId, clientSecret: secret(clientSecret), metadataHost: metadata };
    const ask = () => plugin.invoke(credentials, { clientId: "12345678-abcd-4bcd-8bcd-1234567890ab" });

    before(async () => {
        fake = await Fake.start();
        proxy = http.createServer().listen(0, "127.0.0.1");
        await once(proxy, "listening");
        proxy.on("connect", ({ url, headers }: http.IncomingMessage, client: Socket) => {
            connected.push(`${url} ${headers["proxy-authorization"] ?? ""}`);
            client.on("error", () => undefined).write(`HTTP/1.1 ${status}\r\n\r\n`);
            if (!status.startsWith("200")) return client.end();
            const server = connect(Number(fake.host.split(":")[1]), "127.0.0.1").on("error", () => undefined);
            server.pipe(client).pipe(server);
        });
        const { port } = proxy.address() as AddressInfo;
        plugin = await Plugin.start({ SSL_CERT_FILE: fake.authority, HTTPS_PROXY: `http://user:pa%40ss@127.0.0.1:${port}`, NO_PROXY: "spared.example" });
    });
    after(async () => {
        await plugin.stop();
        await fake.stop();
        proxy.closeAllConnections();
        proxy.close();
    });
    beforeEach(() => {
        status = "200 Connection established";
        fake.reset();
        fake.login = `https://${login}`;
        fake.metadata = { authentication: { loginEndpoint: `https://${login}` }, microsoftGraphResourceId: `https://${graph}/` };
        fake.graph = () => ({ body: { id: "o", passwordCredentials: [], keyCredentials: [], federatedIdentityCredentials: [] } });
        connected.length = 0;
    });

    it("sends metadata, token and Graph through it, with the added authority", async () => {
        await plugin.configure(inputs);
        assert.equal((await ask()).result["objectId"], "o");
        const who = `Basic ${Buffer.from("user:pa@ss").toString("base64")}`;
        assert.deepEqual([...new Set(connected)].sort(), [graph, login, metadata].map(host => `${host}:443 ${who}`));
    });

    it("tells a refusal of the proxy from one of the service", async () => {
        await plugin.configure(inputs);
        status = "403 Forbidden";
        await assert.rejects(ask(), /metadata\.vault\.localhost.*the proxy refused to connect to metadata\.vault\.localhost, with 403\. It was sent through the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\)/);
    });
});

describe("provider: a managed identity", function () {
    this.timeout(30_000);

    it("gives the tokens, as ARM_USE_MSI has it", async () => {
        const asked: string[] = [];
        const identity = http.createServer(({ url, headers }, response) => {
            asked.push(`${headers["metadata"]} ${url}`);
            response.end(JSON.stringify({ access_token: "the.identity.token", expires_on: String(Math.floor(Date.now() / 1000) + 3600) }));
        });
        await once(identity.listen(0, "127.0.0.1"), "listening");
        const fake = await Fake.start();
        fake.graph = ({ headers }) => ({ body: { id: headers.authorization, passwordCredentials: [], keyCredentials: [], federatedIdentityCredentials: [] } });
        const { port } = identity.address() as AddressInfo;
        const environment = { ARM_USE_MSI: "true", ARM_MSI_ENDPOINT: `http://127.0.0.1:${port}/oauth2/token`, ARM_CLIENT_ID: clientId };
        const plugin = await Plugin.start({ SSL_CERT_FILE: fake.authority, ARM_METADATA_HOSTNAME: fake.host, ...environment });
        try {
            await plugin.configure();
            const { result } = await plugin.invoke(credentials, { clientId });
            assert.equal(result["objectId"], "Bearer the.identity.token");
            const resource = encodeURIComponent(fake.origin);
            assert.deepEqual(asked, [`true /oauth2/token?api-version=2018-02-01&resource=${resource}&client_id=${clientId}`]);
        } finally {
            await plugin.stop();
            await fake.stop();
            identity.close();
        }
    });
});
