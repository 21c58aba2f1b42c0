import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { pretendHost, type PretendHost } from "../../lab/host/host";
import { observe as observePretend } from "../../lab/host/module";
import { skip } from "../support/skip";
import { observe, powershell, replyIn } from "./support/ownProcess";

const services = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\";
const uninstall = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall";
const mim = "Microsoft Identity Manager Service and Portal";
const mimService = "SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const sid = "S-1-5-21-1000000000-2000000000-3000000000-1104";
const start = "2026-11-22T08:00:00.000Z";

interface Known {
    Status: string;
    ProcessId: number;
    CreationDate?: string;
    Dependents?: string[];
}

/** A MIM server; its services as the fakes of PowerShell and as the pretend host have them. */
function mimServer(members: Partial<PretendHost> = {}): { host: PretendHost; known: Record<string, Known> } {
    const known: Record<string, Known> = {
        FIMService: { Status: "Running", ProcessId: 10, CreationDate: start, Dependents: ["FIMSync", "Later"] },
        FIMSync: { Status: "Running", ProcessId: 11, CreationDate: start },
        Later: { Status: "Stopped", ProcessId: 0 },
        Winmgmt: { Status: "Running", ProcessId: 12, CreationDate: start },
    };
    const host = pretendHost({
        services: Object.fromEntries(
            Object.entries(known).map(([name, { Status, CreationDate = "", Dependents }]) => [name, { state: Status, startTime: CreationDate, dependents: Dependents }]),
        ),
        accounts: { "CONTOSO\\svc-mim": sid, "CONTOSO\\gmsa-mim$": `${sid}9`, [`${hostname()}\\local`]: "S-1-5-21-1-2-3-1001" },
        ...members,
    });
    // What .NET says of this machine.
    host.facts.computerName = hostname();
    const set = (key: string, values: Record<string, string>) => Object.entries(values).forEach(([name, value]) => host.registry.set(key, name, value));
    set(`${services}FIMService`, { Type: "dword:16", Start: "dword:2", DelayedAutostart: "dword:1", ObjectName: "string:CONTOSO\\svc-mim" });
    set(`${services}FIMSync`, { Type: "dword:16", Start: "dword:2", ObjectName: "string:NT AUTHORITY\\NetworkService" });
    set(`${services}Later`, { Type: "dword:272", Start: "dword:4", ObjectName: "string:.\\gone" });
    set(`${services}Winmgmt`, { Type: "dword:32", Start: "dword:7" });
    set(`HKLM\\${uninstall}\\{AAAAAAAA-0000-4000-8000-000000000002}`, {
        DisplayName: `string:${mim}`,
        DisplayVersion: "string:4.6.673.0",
        UninstallString: "expand:MsiExec.exe /X{AAAAAAAA-0000-4000-8000-000000000002}",
    });
    set(`HKLM\\${uninstall}\\Another`, { DisplayName: `string:${mim.toUpperCase()}` });
    set(`HKLM\\${uninstall}\\Longer`, { DisplayName: `string:${mim} Language Pack` });
    set(`HKLM\\${uninstall}\\Nameless`, { DisplayVersion: "string:1" });
    set(`HKLM32\\${uninstall}\\{BBBBBBBB-0000-4000-8000-000000000001}`, { DisplayName: `string:${mim}`, DisplayVersion: "string:4.4.1302.0" });
    set(`HKU\\${sid}\\${mimService}`, { Token: "string:not to be shown", accessToken: "binary:00", "(default)": "string:x" });
    return { host, known };
}

/** The reply of the module, which must be the pretend host's too. */
async function ask(request: object, { host, known }: ReturnType<typeof mimServer>, before = ""): Promise<Record<string, any>> {
    const { stdout, stderr } = await powershell(`${before}\n[void](${observe(request)})`, { host, services: known });
    assert.equal(stderr, "");
    const reply = replyIn(stdout);
    if (reply.ok) {
        const pretend = observePretend(host, { protocol: 1, operation: "observe", owner: "a.b", values: {}, ...request });
        for (const member of ["services", "products", "accounts", "names", "events", "smtpLogs"]) {
            assert.deepEqual(reply[member], JSON.parse(JSON.stringify({ ...pretend, undefined: null }))[member], member);
        }
    }
    return reply;
}

describe("PowerShell module, what it reads beside values", function () {
    this.timeout(300_000);
    before(function () {
        if (spawnSync("pwsh", ["-Version"]).error) {
            skip(this, "no pwsh on PATH");
        }
    });

    it("how services are set up, and nothing that was not asked", async () => {
        const reply = await ask({ services: ["fimservice", "FIMSync", "Later", "Winmgmt", "None"] }, mimServer());
        assert.deepEqual(reply["services"], {
            fimservice: { state: "Running", startTime: start, account: "CONTOSO\\svc-mim", sid, startType: "AutomaticDelayed", dependents: ["FIMSync"] },
            FIMSync: { state: "Running", startTime: start, account: "NT AUTHORITY\\NetworkService", sid: "S-1-5-20", startType: "Automatic", dependents: [] },
            Later: { state: "Stopped", startTime: "", account: ".\\gone", sid: "absent", startType: "Disabled", dependents: [] },
            Winmgmt: { state: "Running", startTime: start, account: "", sid: "", startType: "unknown:its Start is dword:7", dependents: [] },
            None: { state: "absent", startTime: "", account: "", sid: "", startType: "", dependents: [] },
        });
        const members = Object.keys(reply).sort();
        assert.deepEqual(members, ["facts", "marker", "module", "ok", "operation", "protocol", "recorded", "records", "services", "values"]);
    });

    it("products by their exact name in both views", async () => {
        const { products } = await ask({ products: [mim.toLowerCase(), "None"] }, mimServer());
        assert.deepEqual(products, {
            [mim.toLowerCase()]: [
                { code: "Another", version: "", view: "64", uninstallString: "" },
                {
                    code: "{AAAAAAAA-0000-4000-8000-000000000002}", version: "4.6.673.0", view: "64",
                    uninstallString: "MsiExec.exe /X{AAAAAAAA-0000-4000-8000-000000000002}",
                },
                { code: "{BBBBBBBB-0000-4000-8000-000000000001}", version: "4.4.1302.0", view: "32", uninstallString: "" },
            ],
            None: [],
        });
    });

    it("products as unknown where one entry, or all, could not be read", async () => {
        const server = mimServer();
        server.host.registry.deny(`HKLM32\\${uninstall}\\{BBBBBBBB-0000-4000-8000-000000000001}`);
        const { products } = await ask({ products: [mim, "None"] }, server);
        const why = `unknown:HKLM32\\${uninstall}\\{BBBBBBBB-0000-4000-8000-000000000001}: denied`;
        assert.deepEqual(products, { [mim]: why, None: why });
        server.host.registry.deny(`HKLM\\${uninstall}`);
        assert.deepEqual((await ask({ products: ["None"] }, server))["products"], { None: `unknown:HKLM\\${uninstall}: denied` });
    });

    it("accounts of every kind", async () => {
        const asked = [
            "contoso\\SVC-MIM", "CONTOSO\\gmsa-mim$", "CONTOSO\\nobody", ".\\local", "LocalSystem", ".\\localsystem", "NT AUTHORITY\\LocalService",
            "NT AUTHORITY\\SYSTEM", "BUILTIN\\Administrators", "NT SERVICE\\FIMService", "NT SERVICE\\None",
        ];
        const { accounts } = await ask({ accounts: asked }, mimServer());
        assert.deepEqual(accounts, {
            "contoso\\SVC-MIM": sid,
            "CONTOSO\\gmsa-mim$": `${sid}9`,
            "CONTOSO\\nobody": "absent",
            ".\\local": "S-1-5-21-1-2-3-1001",
            LocalSystem: "S-1-5-18",
            ".\\localsystem": "S-1-5-18",
            "NT AUTHORITY\\LocalService": "S-1-5-19",
            "NT AUTHORITY\\SYSTEM": "S-1-5-18",
            "BUILTIN\\Administrators": "S-1-5-32-544",
            "NT SERVICE\\FIMService": "S-1-5-80-837417060-3258171521-177196578-1548632642-2452134693",
            "NT SERVICE\\None": "absent",
        });
    });

    it("accounts as unknown where nobody tells, and answers although a domain controller hangs", async () => {
        const fault = "The trust relationship between this workstation and the primary domain failed.";
        const server = mimServer({ accountFault: fault });
        const reply = await ask({ accounts: ["CONTOSO\\svc-mim", "LocalSystem"], services: ["FIMService"] }, server);
        assert.deepEqual(reply["accounts"], { "CONTOSO\\svc-mim": `unknown:${fault}`, LocalSystem: "S-1-5-18" });
        assert.equal(reply["services"].FIMService.sid, `unknown:${fault}`);

        const hang = [
            "$AccountSeconds = 1",
            "function Request-Sid {",
            "    param([string]$Account)",
            "    if ($Account -ceq 'HANG\\one') { return Request-Call ([System.Threading.ManualResetEvent]::new($false)) 'WaitOne' (-1) ([int]) }",
            "    return Request-Call ([System.Threading.ManualResetEvent]::new($false)) 'WaitOne' 0 ([int])",
            "}",
        ];
        const script = `${hang.join("\n")}\nif (${observe({ accounts: ["HANG\\one", "ONE\\two", "LocalSystem"] })}) { exit 0 } else { exit 1 }`;
        const { code, stdout } = await powershell(script);
        assert.equal(code, 0);
        const { accounts } = replyIn(stdout);
        assert.equal(accounts["HANG\\one"], "unknown:the account was not found within 1 seconds; a domain controller may not answer");
        // The call came back with what has no SID.
        assert.match(accounts["ONE\\two"], /^unknown:The property 'Value' cannot be found/);
        assert.equal(accounts["LocalSystem"], "S-1-5-18");
    });

    it("names of values, also in the hive of a service's account, and why there are none", async () => {
        const server = mimServer();
        server.host.registry.set("HKLM\\SOFTWARE\\Denied", "A", "dword:1");
        server.host.registry.deny("HKLM\\SOFTWARE\\Denied");
        const asked = [
            `HKU\\<FIMService>\\${mimService}`, "HKU\\<fimservice>\\None", "HKU\\<Later>\\X", "HKU\\<Winmgmt>\\X", "HKU\\<None>\\X", "HKU\\S-1-5-21-9\\X",
            "HKLM\\SOFTWARE\\Denied", "HKLM\\SOFTWARE\\None", `hklm32\\${uninstall}`,
        ];
        const { names } = await ask({ names: asked }, server);
        assert.deepEqual(names, {
            [`HKU\\<FIMService>\\${mimService}`]: ["(default)", "accessToken", "Token"],
            "HKU\\<fimservice>\\None": "absent",
            "HKU\\<Later>\\X": 'unknown:the service Later runs as ".\\gone", which is no account that this host knows',
            "HKU\\<Winmgmt>\\X": 'unknown:the service Winmgmt runs as "", which is no account that this host knows',
            "HKU\\<None>\\X": "unknown:there is no service None",
            "HKU\\S-1-5-21-9\\X": "unknown:not loaded",
            "HKLM\\SOFTWARE\\Denied": "unknown:denied",
            "HKLM\\SOFTWARE\\None": "absent",
            [`hklm32\\${uninstall}`]: [],
        });
        server.host.registry.deleteKey(`HKU\\${sid}`);
        assert.deepEqual((await ask({ names: ["HKU\\<FIMService>\\X"] }, server))["names"], { "HKU\\<FIMService>\\X": "unknown:not loaded" });
    });

    it("events since a time or the start of a service, and why they are not known", async () => {
        const provider = "Microsoft.ResourceManagement.ServiceHealthSource";
        const event = (minute: number, more: object = {}) =>
            ({ log: "Application", provider, id: 12, time: `2026-11-22T08:${String(minute).padStart(2, "0")}:00.000Z`, message: `minute ${minute}`, ...more });
        const server = mimServer({
            events: [
                event(7), event(1), event(2, { message: `"\u00e9\r\n\u001b[31m${"x".repeat(1200)}` }), event(3, { id: 13 }), event(4, { provider: "Other" }),
                event(5, { log: "System" }), event(6, { id: 22 }), event(8), event(9), event(10), { ...event(0), time: "2026-11-22T07:59:59.999Z" },
            ],
            logs: { Application: "", System: "", Security: "denied", Broken: "The RPC server is unavailable." },
        });
        const since = { log: "application", provider: "microsoft.ResourceManagement*", ids: [12, 13] };
        const { events } = await ask(
            {
                events: [
                    { ...since, sinceStartOf: "FIMService" }, { ...since, since: "2026-11-22T09:00:00.000Z" }, { ...since, ids: [12], provider: "*", since: "2026-11-22T08:09:00.000Z" },
                    { ...since, since: start, log: "Security" }, { ...since, since: start, log: "Broken" },
                    { ...since, sinceStartOf: "Later" }, { ...since, sinceStartOf: "None" },
                ],
            },
            server,
        );
        const shown = (minute: number, message = `minute ${minute}`, id = 12) => ({ time: event(minute).time, id, provider, message });
        assert.deepEqual(events, [
            { count: 7, newest: [shown(10), shown(9), shown(8), shown(7), shown(3, "minute 3", 13)], since: start, more: false },
            { count: 0, newest: [], since: "2026-11-22T09:00:00.000Z", more: false },
            { count: 2, newest: [shown(10), shown(9)], since: "2026-11-22T08:09:00.000Z", more: false },
            "unknown:denied",
            "unknown:The RPC server is unavailable.",
            "unknown:the service Later does not run",
            "unknown:there is no service None",
        ]);
        const long = await ask({ events: [{ ...since, since: start }] }, { ...server, host: { ...server.host, events: [event(2, { message: `"\u00e9\r\n\u001b[31m${"x".repeat(1200)}` })] } });
        assert.equal(long["events"][0].newest[0].message, `"\u00e9 [31m${"x".repeat(993)}`);
        const many = Array.from({ length: 1001 }, (_, index) => event(index === 0 ? 2 : 1, index === 0 ? { provider: "Other" } : {}));
        const { count, more } = (await ask({ events: [{ ...since, since: start }] }, { ...server, host: { ...server.host, events: many } }))["events"][0];
        // The newest is of another provider, the oldest was not looked at.
        assert.deepEqual([count, more], [999, true]);
    });

    it("events whose service's start is not known", async () => {
        const server = mimServer();
        const unknown = "unknown:WMI is not there: the service Winmgmt does not run";
        server.known["Winmgmt"]!.Status = "Stopped";
        server.host.services["FIMService"]!.startTime = unknown;
        const { events } = await ask({ events: [{ log: "Application", provider: "*", ids: [12], sinceStartOf: "FIMService" }] }, server);
        assert.deepEqual(events, [unknown]);
    });

    it("makes of an event without a message what it would have been made of", async () => {
        const script = [
            "$one = [pscustomobject]@{ Message = $null; Properties = @([pscustomobject]@{ Value = 'no token' }, [pscustomobject]@{ Value = 5 }) }",
            "Get-EventText $one",
        ];
        assert.equal((await powershell(script.join("\n"))).stdout, "no token 5\n");
    });

    it("protocol logs below Exchange's folder: behind a line that is too long, until there are 1,000 failures, and why not", async () => {
        const server = mimServer();
        const home = "C:\\Exchange\\TransportRoles\\Logs";
        const setup = "HKLM\\SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup";
        const header = "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n";
        const line = (time: string, session: string, data: string, context = "") => `2026-11-22T${time}Z,To cloud,${session},0,a:1,b:25,*,${data},${context}\r\n`;
        const failed = (time: string, session: string) => line(time, session, "", "TLS negotiation failed with error NoCredentials");
        const certificate = "Sending certificate Subject Issuer name Serial number Thumbprint";
        const sent = `x 01 ${"A".repeat(40)} y`;
        const long = [line("08:00:00.000", "S1", sent, certificate), line("08:00:01.000", "S2", "x".repeat(95_000)), failed("08:00:02.000", "S1"), line("08:00:03.000", "S3", sent, certificate), failed("08:00:04.000", "S3"), "2026-11-22T08:00:05.000Z,To cl"];
        const many = Array.from({ length: 1_100 }, (_, at) => failed(new Date(Date.UTC(2026, 10, 22, 9, 0, 0, at)).toISOString().slice(11, 23), `M${at}`));
        const put = (role: string, name: string, lines: string[]) => (server.host.files[`${home.replaceAll("\\", "/")}/${role}/ProtocolLog/SmtpSend/${name}`] = header + lines.join(""));
        put("Hub", "SEND2026112208-1.LOG", long);
        const question = { since: "2026-11-22T08:00:00.000Z", connectors: ["To cloud"] };
        const folder = (role: string, logging: string, last = "") => ({ role, path: `${home}\\${role}\\ProtocolLog\\SmtpSend`, logging, last });
        const group = { connector: "To cloud", reason: "NoCredentials", thumbprint: "", count: 1, last: "2026-11-22T08:00:02.000Z" };

        const none = (await ask({ smtpLogs: [question] }, server)).smtpLogs[0];
        const absent = `unknown:${setup}\\MsiInstallPath is absent`;
        assert.deepEqual(none, { folders: ["Hub", "FrontEnd", "Edge"].map((role) => ({ role, path: "", logging: absent, last: "" })), failures: [], works: {}, seen: { "To cloud": "" }, met: [], read: 0, more: false });

        server.host.registry.set(setup, "MsiInstallPath", "expand:C:\\Exchange\\");
        const found = (await ask({ smtpLogs: [question] }, server)).smtpLogs[0];
        assert.deepEqual(found.folders, [folder("Hub", "found", "2026-11-22T08:00:04.000Z"), folder("FrontEnd", "absent"), folder("Edge", "absent")]);
        assert.deepEqual(found.failures, [{ ...group, thumbprint: "A".repeat(40), count: 2, last: "2026-11-22T08:00:04.000Z" }]);
        assert.deepEqual([found.seen, found.more], [{ "To cloud": "2026-11-22T08:00:04.000Z" }, false]);

        put("FrontEnd", "SEND2026112209-1.LOG", many);
        const stopped = (await ask({ smtpLogs: [question] }, server)).smtpLogs[0];
        assert.deepEqual(stopped.folders, [folder("Hub", "unknown:its files were left out"), folder("FrontEnd", "found", "2026-11-22T09:00:01.099Z"), folder("Edge", "absent")]);
        assert.deepEqual(stopped.failures, [{ ...group, count: 1_100, last: "2026-11-22T09:00:01.099Z" }]);
        assert.deepEqual([stopped.more, stopped.read], [true, header.length + many.join("").length]);

        server.host.registry.deny(setup);
        const denied = (await ask({ smtpLogs: [question] }, server)).smtpLogs[0];
        assert.deepEqual(denied.folders.map((one: { logging: string }) => one.logging), Array(3).fill(`unknown:${setup}\\MsiInstallPath is denied`));
    });
});
