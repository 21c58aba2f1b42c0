// Whether a mail server takes mail, against a pretend relay with real TLS and the EWS of the pretend tenant.
import * as assert from "node:assert/strict";
import net from "node:net";
import { startSmtp, type SmtpServer } from "../../lab/smtp";
import { serverHealth } from "../../provider/functions/serverHealth";
import type { Properties } from "../../provider/values";
import { Exchange } from "./support/exchange";

describe("function mim:serverHealth", function () {
    this.timeout(20_000);
    let exchange: Exchange;
    let relay: SmtpServer;

    before(async () => {
        exchange = await Exchange.start();
        exchange.newRun();
        relay = await startSmtp(exchange.tenant.certificate);
    });
    beforeEach(() => {
        Object.assign(relay.behaviour, { starttls: true, refuses: "" });
        relay.messages.length = 0;
    });
    after(async () => {
        assert.deepEqual(exchange.tenant.unknownCalls, []);
        await relay.stop();
        await exchange.stop();
    });

    async function ask(more: Properties = {}): Promise<{ state: string; check: string; message: string; advice: string }> {
        const args = { route: "smtp", server: "localhost", port: relay.port, ...more };
        assert.deepEqual(serverHealth.check(args), []);
        return (await serverHealth.run(args, exchange.context)) as never;
    }
    async function expect(more: Properties, state: string, check: string, message: RegExp, advice: RegExp): Promise<void> {
        const answer = await ask(more);
        assert.deepEqual([answer.state, answer.check], [state, check], answer.message);
        assert.match(answer.message, message);
        assert.match(answer.advice, advice);
    }

    it("healthy with TLS and a certificate for the server, by name and by address; nothing is sent", async () => {
        await expect({}, "healthy", "done", /^localhost:\d+ takes mail by SMTP, TLS with a certificate for DNS:localhost, .* until 20\d\d-/, /^$/);
        await expect({ server: "127.0.0.1" }, "healthy", "done", /^127\.0\.0\.1:\d+ takes mail/, /^$/);
        assert.deepEqual(relay.messages, []);
    });

    it("sends one test message over TLS where one is asked for", async () => {
        await expect({ sender: "mim@contoso.example", testMessageTo: "me@contoso.example" }, "healthy", "done", /, and took a test message to me@contoso\.example$/, /^$/);
        const [{ from, to, secure, text }, ...more] = relay.messages as [SmtpServer["messages"][number]];
        assert.deepEqual([from, to, secure, more], ["mim@contoso.example", ["me@contoso.example"], true, []]);
        assert.match(text, /^From: <mim@contoso\.example>\nTo: <me@contoso\.example>\nSubject: /);
    });

    it("a recipient that the relay refuses is named with its words", async () => {
        relay.behaviour.refuses = "me@contoso.example";
        await expect({ testMessageTo: "me@contoso.example" }, "failing", "message", /550 5\.7\.54 SMTP; Unable to relay/, /accept this machine as a relay/);
        assert.deepEqual(relay.messages, []);
    });

    it("without STARTTLS it is failing, unless TLS is not wanted", async () => {
        relay.behaviour.starttls = false;
        await expect({}, "failing", "starttls", /does not offer STARTTLS/, /or declare tls: false/);
        await expect({ tls: false }, "healthy", "done", /takes mail by SMTP, without TLS$/, /^$/);
    });

    it("a certificate that is not trusted, or for another name, is a handshake that fails", async () => {
        const other = await Exchange.start();
        const stranger = await startSmtp(other.tenant.certificate);
        try {
            exchange.newRun();
            // The last one to be trusted is the other tenant's.
            await expect({}, "failing", "handshake", /certificate/, /an authority that this machine and the MIM server trust/);
        } finally {
            await stranger.stop();
            await other.stop();
        }
    });

    it("who does not answer, hangs up, or is no mail server, is told apart", async () => {
        const closed = net.createServer(socket => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
        await new Promise<void>(resolve => closed.listen(0, "127.0.0.1", resolve));
        const { port } = closed.address() as net.AddressInfo;
        await expect({ port }, "failing", "greeting", /closed the connection/, /that port is the mail server's/);
        await new Promise(resolve => closed.close(resolve));
        await expect({ port }, "failing", "connect", /ECONNREFUSED/, /a firewall lets this machine through/);
    });

    it("an Exchange server: EWS that ask for a logon are there; what answers otherwise is not", async () => {
        const port = Number(new URL(exchange.tenant.url).port);
        await expect({ route: "exchangeServer", port }, "healthy", "done", /^localhost:\d+ has EWS, TLS with a certificate for DNS:localhost/, /^$/);
        await expect({ route: "exchangeServer", port: relay.port }, "failing", "handshake", /./, /an authority that this machine/);
        exchange.tenant.behaviour.faults.push({ path: "/EWS/", status: 503, times: 1 });
        await expect({ route: "exchangeServer", port }, "failing", "ews", /EWS answered 503/, /virtual directory EWS/);
        exchange.tenant.behaviour.reset();
    });

    it("refuses arguments that mean nothing", () => {
        const bad = { route: "smpt", server: "a b", port: 0, tls: "yes", sender: "x", testMessageTo: "y" };
        assert.deepEqual(serverHealth.check(bad).map(({ property }) => property), ["route", "server", "port", "tls", "sender", "testMessageTo"]);
    });
});
