import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { binary, dword, expand, exchangeServer, mim, multi, promotion, qword, string, windows } from "../../../index";
import { hostArgs } from "../support/hostArgs";
import { installMocks } from "../support/mocks";

type Args = Record<string, unknown>;

/** One class with arguments that are right: each of them given, so that each can be spoilt. */
interface Walked {
    type: string;
    make(name: string, args: Args): unknown;
    good(): Args;
    required: string[];
}

const guid = "6b0e8a0c-1111-4222-8333-444455556666";
const values = { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } };
const { password: _, ...ssh } = { privateKeyPassphrase: undefined, ...hostArgs, password: undefined };
const ofDocument = () => ({ host: new windows.Host("mim01", hostArgs), document: "d", mode: "audit", failOnDrift: true, onDestroy: "retain", restartServices: ["FIMService"] });
const classes: Walked[] = [
    {
        type: "windows.RegistryValues",
        make: (name, args) => new windows.RegistryValues(name, args as never),
        good: () => ({ ...ofDocument(), values, needsReboot: true }),
        required: ["host", "values"],
    },
    {
        type: "windows.SchannelProtocols",
        make: (name, args) => new windows.SchannelProtocols(name, args as never),
        good: () => ({ ...ofDocument(), enable: ["TLS 1.2"], disable: ["TLS 1.0"], roles: ["Server"], exact: true }),
        required: ["host"],
    },
    {
        type: "windows.DotNetStrongCrypto",
        make: (name, args) => new windows.DotNetStrongCrypto(name, args as never),
        good: () => ({ ...ofDocument(), createMissing: true }),
        required: ["host"],
    },
    {
        type: "windows.WindowsService",
        make: (name, args) => new windows.WindowsService(name, args as never),
        good: () => {
            const { restartServices: __, ...document } = ofDocument();
            return { ...document, service: "FIMService", state: "running", startType: "manual", restart: "whenNeeded", restartAfter: "2026-11-28T22:00:00Z", timeout: 60 };
        },
        required: ["host", "service"],
    },
    {
        type: "promotion.HostBaseline",
        make: (name, args) => new promotion.HostBaseline(name, args as never),
        good: () => ({
            ...ofDocument(),
            baseline: { name: "2026-11", protocols: { "TLS 1.0": "disabled" }, strongCrypto: true, values, roles: { edge: { protocols: { "TLS 1.3": "enabled" } } } },
            roles: ["edge"],
            exceptions: [{ setting: "TLS 1.0", value: "enabled", reason: "an old scanner", until: "2026-12-31", hosts: ["mim01"] }],
            withoutTls: false,
        }),
        required: ["host", "baseline"],
    },
    {
        type: "mim.ServiceSettings",
        make: (name, args) => new mim.ServiceSettings(name, args as never),
        good: () => ({ ...ofDocument(), applicationId: guid, tenantId: guid }),
        required: ["host", "applicationId", "tenantId"],
    },
    {
        type: "mim.ServiceSecret",
        make: (name, args) => new mim.ServiceSecret(name, args as never),
        good: () => ({ ...ofDocument(), keyId: guid, clientSecret: "s3cret", accountPassword: "pa55word" }),
        required: ["host", "keyId", "clientSecret"],
    },
    {
        type: "exchangeServer.TransportCertificate",
        make: (name, args) => new exchangeServer.TransportCertificate(name, args as never),
        good: () => {
            const { restartServices: __, ...document } = ofDocument();
            const repair = { access: true, repairStore: true, remove: "0".repeat(40) };
            return { ...document, tlsName: "<I>CN=A<S>CN=B", otherNames: ["<I>CN=A<S>CN=C"], expiresWithin: 30, repair, pfx: "AAAA", pfxPassword: "pa55word", restart: "never" };
        },
        required: ["host", "tlsName"],
    },
    {
        type: "mim.Product",
        make: (name, args) => new mim.Product(name, args as never),
        good: () => {
            const { onDestroy: __, ...document } = ofDocument();
            const numbers = { keepLogs: 3, waitSeconds: 300, timeLimit: 3600 };
            return { ...document, ...numbers, properties: { A: "1" }, secretProperties: { B: "12345678" }, minimumBuild: "4.6.673.0", allowTemporaryTls11: true };
        },
        required: ["host", "properties"],
    },
    {
        type: "mim.MailHealth",
        make: (name, args) => new mim.MailHealth(name, args as never),
        good: () => ({
            host: new windows.Host("mim01", hostArgs),
            route: "exchangeOnline",
            applicationId: guid,
            tenantId: guid,
            clientSecret: "s3cret",
            mailbox: "mim@contoso.com",
            method: "rbac",
            changedAt: "2026-11-30T08:00:00Z",
            service: "FIMService",
            failWhenUnhealthy: true,
        }),
        required: ["host", "applicationId", "tenantId", "clientSecret", "mailbox"],
    },
    {
        type: "mim.PortalMail",
        make: (name, args) => new mim.PortalMail(name, args as never),
        good: () => ({
            host: new windows.Host("mim01", hostArgs),
            route: "smtp",
            mailbox: "mim@contoso.com",
            tenantId: guid,
            application: { displayName: "MIM mail", method: "rbac", mailboxScope: { group: "mim@contoso.com", inScopeMailbox: "a@contoso.com", outOfScopeMailbox: "b@contoso.com" } },
            enableEws: true,
            neededUntil: "2027-03-01",
            exchangeServer: { address: "exch01" },
            smtp: { address: "relay", port: 25, tls: true },
            setup: { properties: { MAIL_SERVER: "relay", MAIL_SERVER_IS_EXCHANGE: "0", MAIL_SERVER_IS_EXCHANGE_ONLINE: "0", POLL_EXCHANGE_ENABLED: "0" } },
            testMessageTo: "me@contoso.com",
            keepApplication: true,
            harden: true,
            service: "FIMService",
            restart: "whenNeeded",
            restartAfter: "2026-12-01T22:00:00Z",
            failWhenUnhealthy: true,
            mode: "audit",
            failOnDrift: true,
            onDestroy: "retain",
        }),
        required: ["host", "route", "mailbox", "smtp"],
    },
    {
        type: "exchangeServer.SmtpProtocolLog",
        make: (name, args) => new exchangeServer.SmtpProtocolLog(name, args as never),
        good: () => ({
            host: new windows.Host("exch01", hostArgs),
            since: "48h",
            connectors: ["Outbound to Office 365"],
            certificateName: "<I>CN=CA<S>CN=mail.contoso.com",
            maximumBytes: 1e8,
            logFolders: { hub: "D:\\Logs\\SmtpSend" },
            failWhenUnhealthy: true,
        }),
        required: ["host"],
    },
    {
        type: "windows.Host",
        make: (name, args) => new windows.Host(name, args as never),
        good: () => ({
            ...hostArgs,
            password: undefined,
            jumpHost: { ...ssh, address: "jump" },
            observe: { user: "observer", privateKey: hostArgs.privateKey },
            powershell: "pwsh.exe",
            module: "install",
            recordReaders: ["CONTOSO\\readers"],
            onUnreachable: "skip",
            waitForSsh: 1,
            timeout: 1,
            commandTimeout: 90,
        }),
        required: ["address", "user", "privateKey", "hostKey"],
    },
];

/** What the constructor says; every failure is one RunError that names component and property. */
function said(one: Walked, args: unknown, ...names: unknown[]): string[] {
    const name = names.length > 0 ? names[0] : "x";
    try {
        one.make(name as string, args as Args);
        return [];
    } catch (error) {
        assert.ok(pulumi.RunError.isInstance(error), `not a RunError: ${(error as Error).stack}`);
        const [head, ...lines] = error.message.split("\n");
        assert.equal(head, `${one.type} "${name}" cannot be used as it is written:`);
        return lines.map((line) => line.trim());
    }
}

/** Arguments with one of them replaced, also one level down. */
function variants(good: Args, change: (name: string) => [string, unknown]): [string, Args][] {
    return Object.entries(good).flatMap(([name, value]) => {
        const { [name]: __, ...rest } = good;
        const [as, instead] = change(name);
        const inside = ["jumpHost", "observe"].includes(name) ? variants(value as Args, change) : [];
        return [[as, { ...rest, [as]: instead }] as [string, Args], ...inside.map(([path, args]): [string, Args] => [`${name}.${path}`, { ...good, [name]: args }])];
    });
}

describe("arguments of every component for a Windows host", () => {
    beforeEach(async () => void (await installMocks()));

    for (const one of classes) {
        it(`${one.type}: takes what is right`, () => assert.deepEqual(said(one, one.good()), []));

        it(`${one.type}: an argument that is left out is refused where it is needed, in one line`, () => {
            for (const name of Object.keys(one.good())) {
                const { [name]: __, ...rest } = one.good();
                const lines = said(one, rest);
                // It needs "audit".
                const expected = name === "mode" ? ["failOnDrift"] : one.required.includes(name) ? [name] : [];
                assert.deepEqual(lines.map((line) => line.split(":")[0]), expected, `${name}: ${lines.join()}`);
            }
        });

        it(`${one.type}: null, and a value of another type, are refused by their names`, () => {
            for (const wrong of [null, Symbol, { odd: 1 }]) {
                for (const [path, args] of variants(one.good(), (name) => [name, wrong])) {
                    const lines = said(one, args);
                    assert.ok(lines.length > 0, `${path} may be ${String(wrong)}`);
                    assert.deepEqual(lines.filter((line) => !line.startsWith(path)), [], path);
                    assert.ok(lines.every((line) => /received|is not known here|unknown choice|is missing, and without it|Bad registry key "odd"/.test(line)), lines.join());
                }
            }
        });

        it(`${one.type}: a misspelt argument is refused, and the right one is named`, () => {
            for (const [path, args] of variants(one.good(), (name) => [`${name}d`, "x"])) {
                const right = path.split(".").at(-1)!.slice(0, -1);
                const lines = said(one, args);
                assert.ok(lines.some((line) => line.startsWith(`${path}: is not known here`) && line.includes(right)), `${path}: ${lines.join()}`);
            }
        });

        it(`${one.type}: what is wrong with one argument does not hide what is wrong with another`, () => {
            const lines = said(one, { ...one.good(), ...(one.type === "windows.Host" ? { hostKey: "none" } : { document: "Not Valid", changedAt: "now", restartAfter: "now", since: "now" }), odd: 1 });
            assert.ok(lines.some((line) => line.startsWith("odd: is not known here")), lines.join());
            assert.ok(lines.some((line) => /^(document|changedAt|restartAfter|since|hostKey): (?!is not known)/.test(line)), lines.join());
        });

        it(`${one.type}: no arguments at all, and no name`, () => {
            for (const none of [undefined, null, {}, "x", 5, []]) {
                assert.ok(said(one, none).length > 0, String(none));
            }
            for (const name of [undefined, "", 5]) {
                assert.match(said(one, one.good(), name)[0] ?? "", /^name: must be a text/);
            }
        });
    }

    it("what a notation helper cannot make is said by the component, with key and name", () => {
        const [registry] = classes as [Walked];
        const [key, host] = ["HKLM\\SOFTWARE\\Contoso", new windows.Host("mim01", hostArgs)];
        const made = { A: dword(-1), B: multi([""]), C: string(5 as never), D: expand(null as never), E: qword(1.5), F: binary("f"), G: multi("a" as never) };
        const lines = said(registry, { host, values: { [key]: made, HKLM: "x" } });
        const at = (name: string) => `values["HKLM\\\\SOFTWARE\\\\Contoso"]["${name}"]: `;
        assert.deepEqual(lines.slice(0, 7).map((line) => line.slice(0, at("A").length)), Object.keys(made).map(at));
        assert.equal(lines[0], `${at("A")}dword must be 0 to 4294967295; received -1. Unsigned, this is 4294967295.`);
        assert.equal(lines.length, 9);
    });

    it("failOnDrift beside enforce does nothing, and is refused", () => {
        const host = new windows.Host("mim01", hostArgs);
        assert.deepEqual(said(classes[0]!, { host, values, failOnDrift: true }), [
            'failOnDrift: has an effect only with mode: "audit", because "enforce" repairs drift; leave it out, or set the mode',
        ]);
    });

    it("a name that cannot be a document's id makes one", () => {
        const host = new windows.Host("mim01", hostArgs);
        assert.deepEqual(said(classes[0]!, { host, values }, "Mail Values_2"), []);
        assert.match(said(classes[0]!, { host, values }, "a".repeat(65))[0] ?? "", /^name: A document id is 1 to 64 .* It is made of the component's name; give the argument "document"\.$/);
    });
});
