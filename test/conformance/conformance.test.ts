import assert from "node:assert/strict";
import { pretendHost, type PretendHost } from "../../lab/host/host";
import { addService } from "../../lab/host/control";
import { parseCommand, refuse, run } from "../../lab/host/shell";
import { moduleText } from "../../powershell/moduleText";
import { loadCases, type Case } from "./cases";
import { Asker, type Dialogue } from "./asker";
import { ConnectionLost, type Exec } from "./host";
import { forgetRecords } from "./scripts";
import { runSuite, type Count, type SuiteOptions } from "./suite";

/** The command lines of a pretend host, without SSH around them. */
function reach(host: PretendHost): (command: string, stdin?: string) => Promise<{ stdout: string; stderr: string; exitCode: number }> {
    return async (text, stdin = "") => {
        const command = parseCommand(text);
        return command ? run(host, command, stdin, () => moduleText().psm1) : refuse(text);
    };
}

async function outcome(host: PretendHost, options?: Partial<SuiteOptions>): Promise<Count & { lines: string[] }> {
    const lines: string[] = [];
    return { ...(await runSuite({ exec: reach(host), print: line => lines.push(line), ...options })), lines };
}

const schannel = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";
const bindings = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters\\SslSniBindingInfo";

function host(): PretendHost {
    // Every look at the clock is a little later: which of two document records is newer counts.
    let now = Date.UTC(2026, 10, 22, 9);
    const pretend = pretendHost({ clock: () => new Date((now += 5)) });
    pretend.registry.set("HKLM\\SOFTWARE\\Contoso", "Kept", "dword:1");
    ["HKLM\\SOFTWARE\\Policies", "HKLM\\SOFTWARE\\WOW6432Node", "HKU\\.DEFAULT\\Software", schannel, bindings].forEach(key => pretend.registry.createKey(key));
    ["HKLM", "HKLM32"].forEach(hive => pretend.registry.createKey(`${hive}\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall`));
    pretend.registry.deny("HKLM\\SAM\\SAM");
    addService(pretend, "RpcLocator");
    pretend.accounts["CONTOSO\\svc-mim"] = "S-1-5-21-1-2-3-1104";
    pretend.passwords["CONTOSO\\SVC-MIM"] = "a good one";
    pretend.services["EventLog"] = { state: "Running", startTime: "2026-11-01T04:01:00.000Z" };
    pretend.registry.set("HKLM\\SYSTEM\\CurrentControlSet\\Services\\EventLog", "ObjectName", "string:NT AUTHORITY\\LocalService");
    const started = { log: "System", provider: "EventLog", id: 6005, time: "2026-11-01T04:01:00.000Z", message: "The Event log service was started.\r\n" };
    pretend.events.push(started);
    return pretend;
}

/** The numbers of the cases that run at the same time, with three at once, whenever one begins a step. */
async function runningTogether(cases: Case[]): Promise<string[][]> {
    const pretend = host();
    const running = new Set<string>();
    const seen: string[][] = [];
    const exec: Exec = async (text, stdin) => {
        const place = /\bc(\d{3})\b/.exec(`${text} ${stdin?.slice(-3000)}`)?.[1];
        if (place === undefined) {
            return reach(pretend)(text, stdin);
        }
        running.add(place);
        seen.push([...running]);
        await new Promise(setImmediate);
        running.delete(place);
        return reach(pretend)(text, stdin);
    };
    const { failed, lines } = await outcome(pretend, { cases, jobs: 3, exec });
    assert.equal(failed, 0, lines.join("\n"));
    return seen;
}

describe("conformance suite on the pretend host", function () {
    this.timeout(60_000);

    it("passes, and leaves the host as it was", async () => {
        const pretend = host();
        const before = JSON.stringify(pretend.registry.snapshot());
        const { passed, failed, skipped, lines } = await outcome(pretend);
        assert.deepEqual(lines.filter(line => line.startsWith("FAILED")), []);
        assert.deepEqual([passed, failed, skipped], [loadCases().length + 5, 0, 0]);
        assert.equal(JSON.stringify(pretend.registry.snapshot()), before);
        assert.deepEqual(pretend.modules, {});
    });

    it("finds a host that breaks a rule, and still cleans up", async () => {
        const pretend = host();
        const before = JSON.stringify(pretend.registry.snapshot());
        // Knows nothing of QWORD.
        pretend.registry.afterWrite = ({ key, name, notation }) => {
            if (key.includes("Conformance") && notation.startsWith("qword:")) {
                pretend.registry.set(key, name, "dword:1");
            }
        };
        const { failed, lines } = await outcome(pretend);
        assert.ok(failed > 0);
        assert.match(lines.join("\n"), /FAILED {2}writing: every type/);
        assert.match(lines.at(-1)!, /^ok {6}leaves the host as it was$/);
        assert.equal(JSON.stringify(pretend.registry.snapshot()), before);
    });

    it("leaves the records of others alone where the module is there already", async () => {
        const pretend = host();
        pretend.modules[moduleText().version] = { psd1: moduleText().psd1, psm1: moduleText().psm1 };
        pretend.registry.set("HKLM\\SOFTWARE\\HybridIdentity\\Values", "HKLM\\SOFTWARE\\Contoso\\\\Kept", "string:damaged");
        ["Documents", "TakenOver"].forEach(key => pretend.registry.createKey(`HKLM\\SOFTWARE\\HybridIdentity\\${key}`));
        const before = JSON.stringify(pretend.registry.snapshot());
        const { failed, lines } = await outcome(pretend);
        assert.equal(failed, 0, lines.join("\n"));
        assert.equal(JSON.stringify(pretend.registry.snapshot()), before);
    });

    it("takes a service only that nobody's records speak of", async () => {
        const named = (services: string[]) => {
            const pretend = host();
            addService(pretend, "Spooler");
            pretend.modules[moduleText().version] = { psd1: moduleText().psd1, psm1: moduleText().psm1 };
            ["Documents", "TakenOver"].forEach(key => pretend.registry.createKey(`HKLM\\SOFTWARE\\HybridIdentity\\${key}`));
            services.forEach(name => pretend.registry.set("HKLM\\SOFTWARE\\HybridIdentity\\Values", `SERVICE\\${name}\\\\State`, "string:of a stack"));
            return pretend;
        };
        const cases = loadCases().filter(each => each.needs?.includes("service")).slice(0, 3);
        for (const [services, skips] of [[["rpclocator"], 0], [["RpcLocator", "Spooler"], 3]] as const) {
            const pretend = named([...services]);
            const before = JSON.stringify(pretend.registry.snapshot());
            const { failed, skipped, lines } = await outcome(pretend, { cases });
            assert.deepEqual([failed, skipped], [0, skips], lines.join("\n"));
            assert.equal(JSON.stringify(pretend.registry.snapshot()), before);
            assert.equal(lines.filter(line => /a stack manages RpcLocator and Spooler/.test(line)).length, skips);
        }
    });

    it("skips a case whose need the host does not have, and fails it where the host does not say", async () => {
        const needy = loadCases().filter(each => each.needs?.includes("sam"));
        assert.equal(needy.length > 0, true);
        const open = host();
        open.registry.allowAll();
        const { failed, skipped, lines } = await outcome(open, { cases: needy });
        assert.deepEqual([failed, skipped], [0, needy.length]);
        assert.match(lines.join("\n"), /^skipped reading: a denied key .*: no key here is denied to the account \(this account may read HKLM\\SAM\\SAM\)$/m);
        const silent = host();
        const exec = reach(silent);
        const failing: Exec = async (text, stdin) => (stdin?.includes("conformance: sam") ? refuse("what") : exec(text, stdin));
        assert.deepEqual((await outcome(silent, { cases: needy, exec: failing })).failed, needy.length);
    });

    it("runs at most as many cases at once as it was told, and those alone that say so", async () => {
        const [first, ...rest] = loadCases().slice(0, 9);
        const cases = [{ ...first!, alone: true }, ...rest];
        const seen = await runningTogether(cases);
        assert.equal(Math.max(...seen.map(each => each.length)), 3);
        assert.deepEqual(seen.filter(each => each.includes("001") && each.length > 1), []);
        assert.deepEqual(seen.at(-1), ["001"]);
    });

    it("lets only cases that read run beside the one that keeps writers waiting, and those on the service follow one another", async () => {
        const cases = loadCases();
        const numbers = (which: (each: Case) => boolean | undefined) => cases.filter(which).map(each => each.place.number);
        const holding = numbers(each => each.steps.some(step => step.held));
        const writing = numbers(each => each.steps.some(step => step.set ?? step.remove ?? step.recorded));
        const onService = numbers(each => each.needs?.includes("service"));
        const seen = await runningTogether(cases);
        assert.ok(seen.some(each => each.includes(holding[0]!) && each.length > 1));
        assert.deepEqual(seen.filter(each => each.includes(holding[0]!) && each.some(one => one !== holding[0] && writing.includes(one))), []);
        assert.ok(seen.some(each => each.some(one => onService.includes(one)) && each.length > 1));
        assert.deepEqual(seen.filter(each => each.filter(one => onService.includes(one)).length > 1), []);
    });

    it("refuses a host that it could not put back", async () => {
        await assert.rejects(outcome({ ...host(), elevated: false }), /no elevated token/);
        const other = { "1.9.0": { psd1: "@{}\n", psm1: "" } };
        await assert.rejects(outcome({ ...host(), modules: other }), /module HybridIdentity 1\.9\.0 is installed/);
        const left = host();
        left.registry.set("HKLM\\SOFTWARE\\HybridIdentityConformance", "A", "dword:1");
        await assert.rejects(outcome(left), /left by a run that was stopped[^]*\n {4}& \{ [^\n]*\n[^]* Remove-Item "Registry/);
    });

    it("finds the note of a restart, and records below keys of others, that a killed run left, and takes only those away", async () => {
        const managed = { ...host(), modules: { "1.0.0": { psd1: moduleText().psd1, psm1: moduleText().psm1 } } };
        const records = "HKLM\\SOFTWARE\\HybridIdentity";
        const note = (services: string[]) => managed.registry.write(records, "Restarting", `multi:${JSON.stringify(services)}`);
        note(["RpcLocator", "HybridIdentityNoService"]);
        await assert.rejects(outcome(managed, { cases: [] }), /left by a run that was stopped[^]*\n {4}& \{ [^\n]*-match '\^\(HybridIdentityNoService\)\$'\) \{ \$key\.DeleteValue\('Restarting'\) \}/);
        managed.registry.write(records, "Restarting", "absent");
        managed.registry.set(`${records}\\Values`, "MIM\\ExchangeOnline\\\\ClientSecretKeyId", 'string:{"original":"absent","owner":"conformance081.a"}');
        managed.registry.set(`${records}\\Values`, "HKLM\\SOFTWARE\\Contoso\\\\A", 'string:{"original":"absent","owner":"contoso.prod"}');
        await assert.rejects(outcome(managed, { cases: [] }), /left by a run that was stopped/);
        for (const [services, after] of [[["RpcLocator"], "absent"], [["MSExchangeTransport"], 'multi:["MSExchangeTransport"]']] as const) {
            note([...services]);
            await reach(managed)('powershell.exe -NoLogo -NoProfile -NonInteractive -Command "& ([scriptblock]::Create([Console]::In.ReadToEnd()))"', forgetRecords(undefined, "RpcLocator"));
            assert.equal(managed.registry.read(records, "Restarting"), after);
        }
        assert.deepEqual(managed.registry.values(`${records}\\Values`).map(({ name }) => name), ["HKLM\\SOFTWARE\\Contoso\\\\A"]);
    });

    it("takes what a run that just begins has made for no leftover", async () => {
        const beginning = host();
        beginning.registry.createKey("HKLM\\SOFTWARE\\HybridIdentityConformance");
        const exec: Exec = async (text, stdin) => {
            if (/query "HKLM\\SOFTWARE\\HybridIdentity" /.test(text)) {
                beginning.registry.set("HKLM\\SOFTWARE\\HybridIdentityConformance\\Run", "one", "string:since=2026-11-22T08:30:00.000Z; from=me@here; module=absent; service=; was=");
            }
            return reach(beginning)(text, stdin);
        };
        await assert.rejects(outcome(beginning, { cases: [], exec }), /another run goes on there since 2026-11-22T08:30:00\.000Z, from me@here/);
    });

    it("changes nothing where it is stopped before its first change, and says how many did not run where it is stopped later", async () => {
        const pretend = host();
        const before = JSON.stringify(pretend.registry.snapshot());
        await assert.rejects(outcome(pretend, { stop: AbortSignal.abort(new Error("stopped early")), cases: [] }), /stopped early/);
        assert.equal(JSON.stringify(pretend.registry.snapshot()), before);
        const controller = new AbortController();
        const cases = loadCases().slice(0, 6);
        const { passed, left } = await outcome(pretend, { stop: controller.signal, cases, jobs: 1, begun: () => controller.abort() });
        assert.deepEqual([passed, left], [5, 6]);
        assert.equal(JSON.stringify(pretend.registry.snapshot()), before);
    });

    it("says how a host was before a run that was killed, and how to put it back line by line", async () => {
        const pretend = host();
        addService(pretend, "RpcLocator", { state: "Running" }, "dword:2");
        const exec = reach(pretend);
        // Right after the install, when there are no records yet.
        const killed = new Promise<void>(resolve => {
            const untilInstalled: Exec = async (text, stdin) => {
                if (Object.keys(pretend.modules).length === 0) return exec(text, stdin);
                resolve();
                return new Promise(() => undefined);
            };
            void outcome(pretend, { cases: [], exec: untilInstalled });
        });
        await killed;
        const message = await outcome(pretend, { cases: [] }).then(
            () => "",
            (error: Error) => error.message,
        );
        assert.match(message, /nothing was changed on it: another run goes on there since \d{4}-.*, from \S+@\S+, or was stopped\. Where it goes on, wait/);
        const lines = message.split("\n").filter(line => line.startsWith("    ")).map(line => line.trim());
        assert.match(lines[1]!, /\$name = 'RpcLocator'; \$state, \$type = 'Running Automatic'/);
        assert.deepEqual(lines.slice(2, -1), [
            "if (Test-Path 'C:\\Windows\\Temp\\HybridIdentityConformance') { Remove-Item 'C:\\Windows\\Temp\\HybridIdentityConformance' -Recurse -Force }",
            "if (Get-Module HybridIdentity -ListAvailable) { Uninstall-HybridIdentity }",
        ]);
        assert.match(lines[0]!, /\^SERVICE\\\\RpcLocator\\\\/);
        assert.match(lines.at(-1)!, /'HKEY_LOCAL_MACHINE\\SOFTWARE\\HybridIdentityConformance'\) \{ .* Remove-Item/);
    });

    it("lets at most one of two runs begin that start at the same moment, and the other leaves nothing", async () => {
        const pretend = host();
        const before = JSON.stringify(pretend.registry.snapshot());
        const slow: Exec = async (text, stdin) => {
            await new Promise(setImmediate);
            return reach(pretend)(text, stdin);
        };
        const runs = await Promise.allSettled([1, 2].map(() => outcome(pretend, { cases: loadCases().slice(0, 3), exec: slow })));
        const refused = runs.flatMap(run => (run.status === "rejected" ? [String(run.reason)] : []));
        assert.ok(refused.length > 0);
        refused.forEach(reason => assert.match(reason, /another run goes on there since/));
        runs.forEach(run => assert.equal(run.status === "fulfilled" ? run.value.failed : 0, 0));
        assert.equal(JSON.stringify(pretend.registry.snapshot()), before);
    });

    it("ends at once where the connection is lost, and says how the host is put back", async () => {
        const pretend = host();
        let left = 60;
        const asked: string[] = [];
        const exec: Exec = async (text, stdin) => {
            if (left-- > 0) return reach(pretend)(text, stdin);
            asked.push(text);
            throw new ConnectionLost("host:22 as me: the server closed the connection.");
        };
        const lines: string[] = [];
        const lost = outcome(pretend, { cases: loadCases().slice(0, 40), jobs: 2, exec, print: line => lines.push(line) });
        await assert.rejects(lost, /^Error: The connection was lost, .* host:22 as me: [^]*\n {4}& \{ .*'RpcLocator'.*\n[^]*\n {4}if \(Get-Module HybridIdentity/);
        assert.deepEqual(lines.filter(line => line.startsWith("FAILED")), []);
        // One of each job, and one that tries to put the host back.
        assert.ok(asked.length <= 3, asked.join("\n"));
    });
});

describe("the PowerShell that waits for questions", () => {
    /** Answers what it is told, and then neither ends nor answers, or ends. */
    function process(answers: string[], then: "hangs" | "ends"): Dialogue & { closed: boolean } {
        const left = answers.map(text => `0 ${Buffer.from(text).toString("base64")}`);
        return {
            closed: false,
            say: () => undefined,
            async hear() {
                return left.shift() ?? (then === "hangs" ? new Promise<string>(() => undefined) : Promise.reject(new Error("it ended")));
            },
            close() {
                this.closed = true;
            },
        };
    }

    for (const [then, message] of [["ends", /it ended/], ["hangs", /no answer within 0\.05 s/]] as const) {
        it(`is started anew for the next question after one that ${then}`, async () => {
            const first = process(["one"], then);
            const processes = [first, process(["three"], then)];
            const asker = new Asker(async () => processes.shift()!, 50);
            assert.equal(await asker.ask("1"), "one");
            const [second, third] = await Promise.allSettled([asker.ask("2"), asker.ask("3")]);
            assert.match(String((second as PromiseRejectedResult).reason), message);
            assert.equal((third as PromiseFulfilledResult<string>).value, "three");
            assert.equal(first.closed, true);
        });
    }
});
