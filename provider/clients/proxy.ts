// The way out of the network: HTTPS_PROXY and NO_PROXY, with the meaning that they have for azuread, which is written in Go
// (golang.org/x/net/http/httpproxy).
import * as https from "node:https";
import { BlockList, isIP } from "node:net";
import { HttpsProxyAgent } from "https-proxy-agent";

type Environment = NodeJS.ProcessEnv;

/** The agent for calls of a host, through the proxy where one is to be used; both trust what the process trusts. */
export function agentFor(url: URL, environment: Environment = process.env): https.Agent {
    const { secureContext } = https.globalAgent.options;
    // Connections are given up when they are idle, before the service does: a write on one that it just closed would be lost.
    const options = { keepAlive: true, timeout: 20_000, secureContext };
    const proxy = proxyFor(url, environment);
    if (!proxy) return new https.Agent(options);
    const agent = new HttpsProxyAgent(proxy, options);
    // The options that it was made with are for the proxy alone.
    Object.assign(agent.options, { secureContext });
    return agent;
}

/** The proxy for an HTTPS address; undefined where none is to be used. */
export function proxyFor(url: URL, environment: Environment = process.env): URL | undefined {
    const named = environment["HTTPS_PROXY"] || environment["https_proxy"];
    const spared = environment["NO_PROXY"] || environment["no_proxy"] || "";
    if (!named || !isProxied(url, spared)) return undefined;
    const text = /^[a-z][a-z\d+.-]*:\/\//i.test(named) ? named : `http://${named}`;
    const proxy = URL.canParse(text) ? new URL(text) : undefined;
    if (proxy && ["http:", "https:"].includes(proxy.protocol)) return proxy;
    // Never shown: it may hold a password.
    throw new Error("HTTPS_PROXY is no address of an HTTP proxy; expected http://host:port, https://host:port or host:port");
}

function isProxied(url: URL, spared: string): boolean {
    const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
    const port = url.port || "443";
    if (host === "localhost" || isLoopback(host)) return false;
    return !spared.split(",").some(entry => spares(entry.trim().toLowerCase(), host, port));
}

function isLoopback(host: string): boolean {
    const loopback = new BlockList();
    loopback.addSubnet("127.0.0.0", 8, "ipv4");
    loopback.addAddress("::1", "ipv6");
    return contains(loopback, host);
}

/** One entry of NO_PROXY: all, a network, an address, a domain with its subdomains, or with a dot in front the subdomains alone. */
function spares(entry: string, host: string, port: string): boolean {
    if (entry === "*") return true;
    const [, network = "", bits] = /^([\da-f.:]+)\/(\d+)$/.exec(entry) ?? [];
    if (isIP(network)) return contains(subnet(network, Number(bits)), host);
    const [, name = "", wanted] = isIP(entry) ? [entry, entry] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
    const bare = name.replace(/^\[|\]$/g, "");
    if (bare === "" || (wanted !== undefined && wanted !== port)) return false;
    if (isIP(bare)) return contains(subnet(bare, isIP(bare) === 4 ? 32 : 128), host);
    const domain = bare.replace(/^\*?\./, ".");
    return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function subnet(network: string, bits: number): BlockList {
    const list = new BlockList();
    const most = isIP(network) === 4 ? 32 : 128;
    if (bits <= most) list.addSubnet(network, bits, most === 32 ? "ipv4" : "ipv6");
    return list;
}

function contains(list: BlockList, host: string): boolean {
    const kind = isIP(host);
    return kind !== 0 && list.check(host, kind === 4 ? "ipv4" : "ipv6");
}
