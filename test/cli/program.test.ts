import assert from "node:assert/strict";
import ts from "typescript";
import { programOf } from "../../cli/program";
import { questions } from "../../cli/server";
import type { Observation } from "../../drift/types";
import { observation, protocol } from "./observations";

const target = { host: "mim01.contoso.com", port: 22, user: "CONTOSO\\svc", privateKey: "p-r-i-v-a-t-e", preinstalled: false };
const hostKey = "ssh-ed25519 AAAA";
const on = { Enabled: "dword:4294967295", DisabledByDefault: "dword:0" };
const off = { Enabled: "dword:0", DisabledByDefault: "dword:1" };
const net = (version: string, node = "") => `HKLM\\SOFTWARE\\${node}Microsoft\\.NETFramework\\${version}`;
const strong = { SchUseStrongCrypto: "dword:1", SystemDefaultTlsVersions: "dword:1" };
const settings = "HKLM\\SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const product = questions.products![0]!;
const applicationId = "0f0f0f0f-1111-4222-8333-444455556666";

/** The program, which compiles, without what is the same in all. */
function body(observed: Observation, own: Partial<typeof target> & { password?: string; powershell?: string } = {}): string[] {
    const program = programOf({ ...target, ...own }, hostKey, observed);
    const { diagnostics } = ts.transpileModule(program, { reportDiagnostics: true });
    assert.deepEqual(diagnostics?.map(({ messageText }) => messageText), []);
    assert.ok(!program.includes("p-r-i-v-a-t-e"));
    return program.split("\n").slice(program.split("\n").indexOf("});") + 1).filter((line) => line !== "");
}

describe("program of a server", () => {
    it("names the host as it was reached, and no secret", () => {
        const program = programOf({ ...target, port: 2222, powershell: "pwsh.exe", preinstalled: true, privateKeyPassword: "x-x-x" }, hostKey, observation());
        assert.ok(
            program.includes(
                [
                    "const mode = \"audit\";",
                    "const config = new pulumi.Config();",
                    'const host = new windows.Host("mim01", {',
                    '    address: "mim01.contoso.com",',
                    "    port: 2222,",
                    '    user: "CONTOSO\\\\svc",',
                    '    privateKey: config.requireSecret("privateKey"), // pulumi config set --secret privateKey',
                    '    privateKeyPassphrase: config.requireSecret("privateKeyPassphrase"),',
                    '    hostKey: "ssh-ed25519 AAAA",',
                    '    powershell: "pwsh.exe",',
                    '    module: "preinstalled",',
                    "});",
                ].join("\n"),
            ),
            program,
        );
        assert.ok(!program.includes("x-x-x"));
    });

    it("declares protocols that are on or off as the component has it, by role where the roles differ", () => {
        const values = { [protocol("TLS 1.2\\Client")]: on, [protocol("TLS 1.2\\Server")]: on, [protocol("TLS 1.0\\Client")]: off, [protocol("TLS 1.0\\Server")]: off, [protocol("TLS 1.1\\Server")]: off, [protocol("TLS 1.3\\Client")]: on };
        assert.deepEqual(body(observation(values)).slice(0, 4), [
            'new windows.SchannelProtocols("mim01-tls", { host, mode, enable: ["TLS 1.2"], disable: ["TLS 1.0"] });',
            'new windows.SchannelProtocols("mim01-tls-client", { host, mode, enable: ["TLS 1.3"], roles: ["Client"] });',
            'new windows.SchannelProtocols("mim01-tls-server", { host, mode, disable: ["TLS 1.1"], roles: ["Server"] });',
            "// Not set, so Windows decides: SSL 2.0, SSL 3.0, TLS 1.1 Client, TLS 1.3 Server, DTLS 1.0, DTLS 1.2.",
        ]);
    });

    it("declares value by value what the component would change", () => {
        const lines = body(observation({ [protocol("TLS 1.2\\Server")]: { Enabled: "dword:1" } }));
        assert.deepEqual(lines.filter((line) => /Schannel/.test(line) && !line.startsWith("        ")), []);
        assert.deepEqual(lines.slice(lines.indexOf("    values: {") + 1, -2), [
            `        ${JSON.stringify(protocol("TLS 1.2\\Server"))}: {`,
            '            "Enabled": dword(1),',
            '            "DisabledByDefault": absent,',
            "        },",
        ]);
    });

    it("does not give the component what it would refuse: a role without any protocol", () => {
        const values = Object.fromEntries(["TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"].map((one) => [protocol(`${one}\\Server`), off]));
        const text = body(observation(values)).join("\n");
        assert.doesNotMatch(text, /new windows\.SchannelProtocols/);
        assert.match(text, /\/\/ SchannelProtocols would refuse what is there: no TLS version that build 20348 can do would be left enabled for the role Server/);
        assert.equal(text.match(/"Enabled": dword\(0\)/g)?.length, 4);
    });

    it("declares .NET by its component where all is there, and value by value where not", () => {
        const four = { [net("v4.0.30319")]: strong, [net("v4.0.30319", "WOW6432Node\\")]: strong };
        const two = { [net("v2.0.50727")]: strong, [net("v2.0.50727", "WOW6432Node\\")]: strong };
        const lines = (values: Record<string, Record<string, string>>) => body(observation(values)).filter((line) => /dotnet|NETFramework/.test(line));
        assert.deepEqual(lines({ ...four, ...two }), ['new windows.DotNetStrongCrypto("mim01-dotnet", { host, mode });']);
        assert.deepEqual(lines(four), Object.keys(four).map((key) => `        ${JSON.stringify(key)}: {`));
        // One that is not installed is the component's to leave alone, what is set there nevertheless is not.
        const setup = "HKLM\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\";
        const without = { [`${setup}v2.0.50727`]: { Install: "absent" }, [`${setup}v3.5`]: { Install: "absent" } };
        const only4 = observation({ ...four, [net("v2.0.50727")]: strong });
        Object.assign(only4.values, without);
        const neither = observation();
        Object.assign(neither.values, without, { [`${setup}v4\\Full`]: { Install: "absent" } });
        assert.deepEqual(body(neither).filter((line) => /NET/.test(line)), ["// .NET Framework v4.0.30319 is not installed.", "// .NET Framework v2.0.50727 is not installed."]);
        assert.deepEqual(body(only4).filter((line) => /dotnet|NETFramework/.test(line)), ['new windows.DotNetStrongCrypto("mim01-dotnet", { host, mode });', `        ${JSON.stringify(net("v2.0.50727"))}: {`]);
    });

    it("declares MIM: its ids and services; and says of the secret that nobody can", () => {
        const ids = { ExchangeOnlineApplicationID: `expand:${applicationId}`, ExchangeOnlineTenantID: `string:${applicationId}` };
        const observed = observation({ [settings]: ids }, {
            products: { [product]: [{ code: "{A}", version: "4.6.673.0", view: "64", uninstallString: "" }] },
            services: { FIMService: { state: "Running", startTime: "", startType: "AutomaticDelayed" }, FIMSynchronizationService: { state: "Paused", startTime: "", startType: "Manual" } },
            names: { ...observation().names, [settings]: ["EncryptedExchangeOnlineClientSecret"] },
        });
        const lines = body(observed).filter((line) => /mim\.|WindowsService|service/.test(line));
        assert.deepEqual(lines, [
            `new mim.ServiceSettings("mim01-mim", { host, mode, applicationId: "${applicationId}", tenantId: "${applicationId}" });`,
            'new windows.WindowsService("mim01-fimservice", { host, mode, service: "FIMService", state: "running", startType: "automaticDelayed" });',
            'new windows.WindowsService("mim01-fimsynchronizationservice", { host, mode, service: "FIMSynchronizationService", startType: "manual" });',
            "// The service FIMSynchronizationService was Paused, which nobody can declare.",
            "// The client secret for mail is there and encrypted: nobody can declare it as it is. mim.ServiceSecret puts another one in its place.",
        ]);
        assert.match(programOf(target, hostKey, observed), /^import \{ mim, windows \} from "pulumi-hybrid-identity";$/m);
        // An older build has no component for its ids.
        const old = body({ ...observed, products: { [product]: [{ code: "{A}", version: "4.4.1302.0", view: "64", uninstallString: "" }] } }).join("\n");
        assert.match(old, new RegExp(`"ExchangeOnlineApplicationID": expand\\("${applicationId}"\\)`));
        assert.doesNotMatch(old, /ServiceSettings/);
    });

    it("declares nothing of what could not be read or cannot be declared, and says so", () => {
        const lines = body(observation({ [protocol("TLS 1.2\\Server")]: { Enabled: "unknown:denied", DisabledByDefault: "dword:0" }, [protocol("TLS 1.1\\Server")]: { Enabled: "none:00" } }));
        const text = lines.join("\n");
        assert.doesNotMatch(text, /new windows\.SchannelProtocols|"Enabled"/);
        assert.match(text, /"DisabledByDefault": dword\(0\)/);
        assert.match(text, /\n\/\/ No program can declare this: HKLM\\.*TLS 1\.1\\Server\\Enabled is none:00/);
        assert.match(text, /\n\/\/ Not known, and nothing is declared of what could not be read:\n(.*\n)*\/\/ .*TLS 1\.2\\Server\\Enabled could not be read: denied$/);
    });

    it("lets nothing that a host says become a line of the program", () => {
        const { facts } = observation();
        const evil = "A\nprocess.exit(1);//\u2028process.exit(2)";
        const observed = observation({ [protocol("TLS 1.2\\Server")]: { Enabled: `string:${evil}`, DisabledByDefault: `unknown:${evil}` } }, {
            facts: { ...facts, computerName: evil, osName: evil },
            services: { FIMService: { state: evil, startTime: "", startType: evil, account: evil }, FIMSynchronizationService: { state: "absent", startTime: "" } },
            records: `unknown:${evil}`,
        });
        const code = programOf({ ...target, user: evil }, hostKey, observed);
        assert.deepEqual(code.split(/[\n\u2028]/).filter((line) => line.startsWith("process.exit")), []);
        const calls: string[] = [];
        const visit = (node: ts.Node): void => {
            if (ts.isCallExpression(node)) {
                calls.push(node.expression.getText());
            }
            ts.forEachChild(node, visit);
        };
        visit(ts.createSourceFile("index.ts", code, ts.ScriptTarget.ES2022, true));
        assert.deepEqual([...new Set(calls)].sort(), ["config.requireSecret", "string"]);
    });
});
