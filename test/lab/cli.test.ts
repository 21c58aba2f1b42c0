import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runCommand } from "../../lab/commands";
import { UsageError } from "../../lab/host/faults";
import hostkeys from "../../lab/hostkeys.json";
import { startLab } from "../../lab/lab";
import { relay } from "../../lab/mimCommands";
import { KEY } from "./documents";
import { skip } from "../support/skip";

const CLI = join(__dirname, "../../lab/cli.ts");

describe("the lab's command line", function () {
    this.timeout(120_000);
    let dir: string;

    function lab(args: string[], env: Record<string, string> = {}): { code: number | null; out: string } {
        const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", CLI, ...args], {
            cwd: join(__dirname, "../.."),
            encoding: "utf8",
            env: { ...process.env, LAB_DIR: dir, ...env },
        });
        return { code: status, out: stdout + stderr };
    }

    function ok(...args: string[]): string {
        const { code, out } = lab(args);
        assert.equal(code, 0, out);
        return out.trim();
    }

    beforeEach(() => {
        dir = mkdtempSync(join(tmpdir(), "lab-cli-"));
    });

    afterEach(() => {
        if (existsSync(join(dir, "lab.json"))) {
            lab(["stop"]);
        }
        rmSync(dir, { recursive: true });
    });

    it("shows the certificates of an Exchange server, renews one without its key, and takes it away", async () => {
        const started = await startLab({ hosts: ["exch01", "mim01"] });
        try {
            const certificate = (...args: string[]) => runCommand(started, ["certificate", ...args]);
            const [, own = ""] = /^<I>CN=Contoso Issuing CA<S>CN=mail\.contoso\.com  string:usable; the next connection of transport works\n {4}([0-9A-F]{40})  until \S+  key opens, access yes, chosen$/.exec(await certificate("exch01")) ?? [];
            assert.match(await certificate("exch01", "twin"), /string:two match: [0-9A-F]{40}; the next connection of transport fails, NoCredentials\n/);
            const twin = /two match: ([0-9A-F]{40})/.exec(await certificate("exch01"))![1]!;
            assert.match(await certificate("exch01", twin, "gone"), /string:usable; .* works\n/);
            assert.match(await certificate("exch01", own.toLowerCase(), "denied"), new RegExp(`no usable key: ${own}; .*NoCredentials`));
            assert.match(await certificate("exch01", own, "broken"), /key broken: /);
            await assert.rejects(certificate("exch01", own, "away"), /takes one of [0-9A-F]{40}, and what becomes of its key/);
            assert.equal(await certificate("mim01"), "mim01: no certificate");
        } finally {
            await started.stop();
        }
    });

    it("starts, keeps what was done, says how it is, and stops", () => {
        assert.match(ok("start", "--port", "0"), /mim01 .*Windows Server 2019[^]*npm run lab -- --dir \S+ pulumi up/);
        assert.equal(ok("registry", "set", "mim01", KEY, "a", "dword:1"), "absent -> dword:1");
        assert.equal(ok("fault", "exch01", "slow:10"), "exch01: fault slow:10");
        assert.match(ok("status"), /exch01 .*fault slow:10/);
        ok("snapshot", "mim01", "before");
        assert.equal(ok("registry", "delete", "mim01", KEY), "deleted");
        assert.equal(ok("registry", "get", "mim01", KEY), "absent");
        assert.match(ok("relay", "starttls", "false"), /^relay +localhost:\d+ +STARTTLS off, connections 0, messages 0$/);
        assert.match(ok("status"), /\nrelay +localhost:\d+ +STARTTLS off/);
        ok("account", "mim01", "CONTOSO\\svc-mim", "Another-one-8");
        assert.equal(ok("stop"), "The lab has ended.");
        assert.equal(existsSync(join(dir, "lab.json")), false);
        ok("start", "--port", "0", "--hosts", "mim01");
        assert.match(ok("account", "mim01"), /^CONTOSO\\svc-mim +S-1-5-21-\S+ +Another-one-8$/m);
        ok("restore", "mim01", "before");
        assert.equal(ok("registry", "get", "mim01", KEY), `${KEY}\n    a = dword:1`);
        assert.equal(lab(["fault", "mim01", "explode"]).code, 2);
        assert.match(ok("start"), /runs already/);
        if (process.platform !== "win32") {
            assert.equal(statSync(join(dir, "keys/administrator")).mode & 0o777, 0o600);
        }
    });

    it("explains what it does not take, with exit code 2", async () => {
        const running = await startLab({ hosts: ["mim01"] });
        const cases: Array<[string[], RegExp]> = [
            [["registry", "get", "mim99", KEY], /unknown host "mim99"; there are: mim01/],
            [["registry", "set", "mim01", KEY, "a", "dword:-1"], /dword: needs an unsigned decimal number/],
            [["registry", "set", "mim01", KEY, "a"], /HOST KEY NAME TYPE:DATA/],
            [["registry", "get", "mim01", "HKCU\\X"], /starts with HKLM/],
            [["fault", "mim01", "explode"], /unknown fault "explode"[^]*slow:MILLISECONDS\[@COMMAND\][^]*unreachable[^]*COMMAND, for[^]*probe .*look[^]*set .*enforces/],
            [["fault", "mim01", "slow:6000@look"], /@ takes probe, send, install, set, remove, get/],
            [["fault", "mim01", "serviceHangs"], /the name of a service stands after the colon/],
            [["service", "mim01", "Ghost"], /has no service "Ghost"; it has: FIMService, FIMSynchronizationService, RpcLocator/],
            [["service", "mim01", "FIMService", "Paused"], /received "Paused"/],
            [["restore", "mim01"], /has no snapshot "default"/],
            [["account", "mim01", "CONTOSO\\nobody", "x"], /knows no account "CONTOSO\\nobody"; it knows: CONTOSO\\svc-mim/],
            [["account", "mim01", "CONTOSO\\svc-mim"], /account HOST NAME PASSWORD/],
            [["scheduler", "mim01", "sleeps"], /takes denied, hangs or none, received "sleeps"/],
            [["setup", "mim01", "setup.log"], /keeps no log "setup.log"; it keeps: none/],
            [["dance"], /unknown command "dance"/],
        ];
        for (const [args, said] of cases) {
            await assert.rejects(runCommand(running, args), (error: Error) => error instanceof UsageError && said.test(error.message));
        }
        await running.stop();
        for (const args of [["start", "--port", "x"], ["start", "--colour"], ["start", "--hosts", "BAD NAME"], ["status", "--dir"]]) {
            assert.equal(lab(args).code, 2, args.join(" "));
        }
    });

    it("shows a service, and does to it what an administrator does", async () => {
        const running = await startLab({ hosts: ["mim01"] });
        const run = (...words: string[]) => runCommand(running, ["service", "mim01", "fimservice", ...words]);
        assert.equal(await run(), "mim01: fimservice Running, Automatic");
        assert.equal(await run("Stopped", "Disabled"), "mim01: fimservice Stopped, Disabled");
        await assert.rejects(run("Running"), (error: Error) => error instanceof UsageError && /disabled/.test(error.message));
        await running.stop();
    });

    it("shows accounts, scheduled tasks and setup of a MIM server, and what a relay took", async () => {
        const running = await startLab({ hosts: ["mim01"] });
        const { state } = running.hosts["mim01"]!;
        const run = (...words: string[]) => runCommand(running, words);
        assert.match(await run("account", "mim01"), /^CONTOSO\\svc-mim +S-1-5-21-\S+ +Kept-by-svc-mim-7$/m);
        assert.equal(await run("account", "mim01", "fault", "no domain controller"), "mim01: no SID is told: no domain controller");
        assert.match(await run("account", "mim01"), /CONTOSO\\svc-mim +unknown:no domain controller/);
        await run("account", "mim01", "fault", "none");
        assert.equal(state.accountFault, "");
        assert.equal(await run("scheduler", "mim01", "denied"), "mim01: fault denied, failed logons 0, tasks there: none; made so far:");
        await run("scheduler", "mim01", "none");
        assert.equal(state.scheduler.fault, undefined);
        state.installer.calls.push({ product: "{A}", properties: { MAIL_SERVER: "relay", SERVICE_ACCOUNT_PASSWORD: "S3cret-of-setup" }, polling: "dword:0", tls11: "dword:1" });
        state.installer.logs["setup-1.log"] = "all is well";
        const shown = await run("setup", "mim01");
        assert.match(shown, /called 1 times:\n {4}MAIL_SERVER SERVICE_ACCOUNT_PASSWORD; meanwhile TLS 1\.1 dword:1.*\nlogs:\n {4}setup-1\.log$/);
        assert.doesNotMatch(shown, /S3cret/);
        assert.equal(await run("setup", "mim01", "setup-1.log"), "all is well");
        await running.stop();
        const smtp = { port: 25, connections: 1, behaviour: { starttls: true, refuses: "" }, messages: [{ from: "a@x", to: ["b@x"], text: "Hello\n", secure: true }], stop: async () => {} };
        assert.match(relay(smtp, ["refuses", "c@x"]), /^relay +localhost:25 +STARTTLS on, refuses c@x, connections 1, messages 1\nfrom a@x to b@x, over TLS:\n {4}Hello/);
        assert.throws(() => relay(smtp, ["starttls", "perhaps"]), /relay takes/);
    });

    it("sends mail of an Exchange server, and logs it as Exchange does", async () => {
        const running = await startLab({ hosts: ["exch01", "mim01"] });
        const host = running.hosts["exch01"]!;
        const run = (...words: string[]) => runCommand(running, ["mail", ...words]);
        assert.match(await run("exch01"), /^exch01: 1 by "Outbound to Office 365" sent; logged in C:\\Program Files\\Microsoft\\Exchange Server\\V15\\TransportRoles/);
        await runCommand(running, ["certificate", "exch01", "twin"]);
        assert.match(await run("exch01", "2", "Partner, A"), /2 by "Partner, A" stuck in the queue: \[\{LED=451 4\.4\.395 .* -> 421 4\.4\.1 /);
        const [[path = "", text = ""] = [], ...more] = Object.entries(host.state.files).filter(([, content]) => content !== null);
        assert.match(path, /\/Hub\/ProtocolLog\/SmtpSend\/SEND\d{10}-1\.LOG$/);
        assert.deepEqual(more, []);
        const lines = text!.split("\r\n");
        assert.deepEqual(lines.filter((line) => line.includes("TLS negotiation failed with error NoCredentials")).map((line) => line.split('"')[1]), ["Partner, A", "Partner, A"]);
        assert.equal(lines.filter((line) => line.includes("negotiation succeeded")).length, 1);
        await assert.rejects(run("mim01"), (error: Error) => error instanceof UsageError && /mim01 is no Exchange server/.test(error.message));
        await assert.rejects(run("exch01", "0"), (error: Error) => error instanceof UsageError && /mail takes/.test(error.message));
        await running.stop();
    });

    it("says that no lab runs, and every command that it advises names its folder, where it is not the usual one", () => {
        const own = `npm run lab -- --dir ${dir}`;
        assert.deepEqual(lab(["status"]), { code: 1, out: `No lab runs. Start it with: ${own} start\n` });
        const { out } = lab(["start", "--port", "0", "--dir", dir], { LAB_DIR: "" });
        const advised = out.split("\n").filter((line) => line.includes("npm run lab"));
        assert.deepEqual([advised.length, advised.filter((line) => !line.trim().startsWith(`${own} `))], [5, []]);
        const words = advised.find((line) => line.includes(" tenant "))!.trim().split(" ").slice(4);
        assert.match(lab(words, { LAB_DIR: "" }).out, /servicePrincipals/);
        assert.equal(lab([...words.slice(0, 2), "stop"], { LAB_DIR: "" }).code, 0);

        assert.equal(ok("stop"), "No lab runs.");
    });

    it("says which port is taken, also after a lab that was killed", async () => {
        writeFileSync(join(dir, "lab.json"), JSON.stringify({ pid: 1, port: 9, token: "stale" }));
        const other = net.createServer();
        await new Promise<void>(resolve => other.listen(0, "127.0.0.1", resolve));
        const { port } = other.address() as net.AddressInfo;
        const { code, out } = lab(["start", "--hosts", "mim01", "--port", String(port)]);
        other.close();
        assert.equal(code, 2);
        assert.match(out, new RegExp(`port ${port} for mim01 is taken`));
    });

    it("runs pulumi on the stack that is asked for, made where it is missing", function () {
        if (process.platform === "win32") {
            skip(this, "the fake pulumi is a shell script");
        }
        const log = join(dir, "calls");
        const fake = join(dir, "pulumi");
        writeFileSync(fake, `#!/bin/sh\necho "$*" >> '${log}'\ncase "$*" in "stack ls --json"*) cat '${dir}/stacks' ;; "up"*) exit 3 ;; esac\n`);
        chmodSync(fake, 0o755);
        const calls = (stacks: unknown[], ...args: string[]): { code: number | null; called: string[] } => {
            writeFileSync(join(dir, "stacks"), JSON.stringify(stacks));
            writeFileSync(log, "");
            const { code } = lab(["pulumi", ...args], { PATH: `${dir}${delimiter}${process.env["PATH"]}` });
            return { code, called: readFileSync(log, "utf8").trim().split("\n") };
        };
        const dev = { name: "dev", current: true };
        assert.deepEqual(calls([], "up", "--yes"), { code: 3, called: ["stack ls --json", "stack init dev", "up --yes"] });
        assert.deepEqual(calls([dev], "preview"), { code: 0, called: ["stack ls --json", "preview"] });
        assert.deepEqual(calls([{ ...dev, current: false }], "preview"), { code: 0, called: ["stack ls --json", "stack select dev", "preview"] });
        assert.deepEqual(calls([dev], "preview", "-s", "test"), {
            code: 0,
            called: ["stack ls --json", "stack init test --no-select", "preview -s test"],
        });
        assert.deepEqual(calls([], "version"), { code: 0, called: ["version"] });
        // Options before the command, and a project of one's own, whose stacks they are.
        for (const folder of [["-C", "/own"], ["-C=/own"], ["-C/own"], ["--cwd", "/own"], ["--cwd=/own"]]) {
            assert.deepEqual(calls([dev], "-e", "--color", "never", ...folder, "preview", "--stack=up").called, [
                "stack ls --json --cwd /own",
                "stack init up --no-select --cwd /own",
                `-e --color never ${folder.join(" ")} preview --stack=up`,
            ]);
        }
        assert.deepEqual(calls([], "preview", "-C", "/own").called, ["stack ls --json --cwd /own", "stack init dev --cwd /own", "preview -C /own"]);
        assert.deepEqual(calls([], "--color", "up", "version").called, ["--color up version"]);
    });

    it("gives the tenant a port behind those of its hosts, and pulumi the stack's settings with the ports that there are", async function () {
        if (process.platform === "win32") {
            skip(this, "the fake pulumi is a shell script");
        }
        writeFileSync(join(dir, "pulumi"), '#!/bin/sh\n[ "$*" = "stack ls --json" ] && exec echo \'[{"name":"dev","current":true}]\'\n[ "$*" = version ] && exec echo v3.230.0\necho "$*" | tee -a "$LAB_DIR/asked"\n');
        chmodSync(join(dir, "pulumi"), 0o755);
        const said = (...args: string[]): string => lab(["pulumi", ...args], { PATH: `${dir}${delimiter}${process.env["PATH"]}` }).out.trim();
        assert.equal(said("preview"), "preview", "no lab runs");
        const first = 3050 + (process.pid % 30);
        const started = ok("start", "--port", String(first), "--hosts", "edge01,mim01");
        assert.match(started, new RegExp(`localhost:${first + 9}\\b`));
        assert.match(started, /The stack dev declares exch01 too[^]*registry delete edge01 /);
        const file = join(dir, "Pulumi.dev.yaml");
        assert.equal(said("preview", "--diff"), `preview --diff --config-file ${file}`);
        assert.equal(said("--color", "never", "preview"), `--color never preview --config-file ${file}`);
        assert.equal(said("config", "set", "a", "b"), "config set a b");
        assert.equal(said("up", "--config-file", "mine"), "up --config-file mine");
        const ports = [...readFileSync(file, "utf8").matchAll(/^ {6}port: (\d+)$/gm)].map(([, port]) => Number(port));
        assert.deepEqual(ports, [first + 1, 2202, first]);
        const keys = [...readFileSync(file, "utf8").matchAll(/privateKeyFile: (.*)$/gm)].map(([, key]) => JSON.parse(key!));
        assert.deepEqual(keys, Array(3).fill(join(dir, "keys", "administrator")));
        lab(["report", "--stack", "dev"], { PATH: `${dir}${delimiter}${process.env["PATH"]}` });
        assert.match(readFileSync(join(dir, "asked"), "utf8").trim().split("\n").at(-1)!, new RegExp(`^preview .*--config-file ${file} `));
    });

    it("ends after pulumi when it is interrupted, not before", async function () {
        if (process.platform === "win32") {
            skip(this, "the fake pulumi is a shell script");
        }
        const file = (name: string): string => join(dir, name);
        // Like Pulumi, which needs a while to end its work and give its lock back.
        const script = `trap 'sleep 1; rm "${file("lock")}"; exit 130' INT\ntouch "${file("lock")}" "${file("begun")}"\nwhile :; do sleep 0.1; done\n`;
        writeFileSync(file("pulumi"), `#!/bin/sh\n${script}`);
        chmodSync(file("pulumi"), 0o755);
        for (const signal of ["SIGINT", "SIGTERM"] as const) {
            rmSync(file("begun"), { force: true });
            const child = spawn(process.execPath, ["--import", "tsx", CLI, "pulumi", "version"], {
                cwd: join(__dirname, "../.."),
                env: { ...process.env, LAB_DIR: dir, PATH: `${dir}${delimiter}${process.env["PATH"]}` },
                detached: true,
                stdio: "ignore",
            });
            const ended = once(child, "exit");
            while (!existsSync(file("begun"))) {
                await delay(20);
            }
            // Ctrl-C goes to all processes of the terminal, kill to the one that is named.
            process.kill(signal === "SIGINT" ? -child.pid! : child.pid!, signal);
            assert.deepEqual(await ended, [130, null], signal);
            assert.equal(existsSync(file("lock")), false, signal);
        }
    });

    it("tells pulumi how to reach the tenant, for commands on a stack", function () {
        if (process.platform === "win32") {
            skip(this, "the fake pulumi is a shell script");
        }
        const fake = join(dir, "pulumi");
        const environment = 'env=$ARM_TENANT_ID,$ARM_CLIENT_ID,$ARM_METADATA_HOSTNAME,$ARM_USE_CLI,$SSL_CERT_FILE';
        writeFileSync(fake, `#!/bin/sh\n[ "$1 $2" = "stack ls" ] && exec echo '[{"name":"dev","current":true}]'\necho "${environment}"\n`);
        chmodSync(fake, 0o755);
        const own = { ARM_TENANT_ID: "mine", ARM_CLIENT_ID: "", ARM_METADATA_HOSTNAME: "", ARM_USE_CLI: "", SSL_CERT_FILE: "" };
        const told = (...args: string[]): string => lab(["pulumi", ...args], { ...own, PATH: `${dir}${delimiter}${process.env["PATH"]}` }).out.trim();
        assert.equal(told("preview"), "env=mine,,,,");
        ok("start", "--port", "0", "--hosts", "mim01");
        const { tenantId, clientId } = JSON.parse(readFileSync(join(dir, "tenant", "tenant.json"), "utf8")) as { tenantId: string; clientId: string };
        const [start, end] = [`env=${tenantId},${clientId},localhost:`, `,false,${join(dir, "tenant", "ca.pem")}`];
        const said = told("preview");
        assert.ok(said.startsWith(start) && said.endsWith(end), said);
        assert.equal(told("-C", dir, "preview"), said);
        assert.equal(told("version"), "env=mine,,,,");
    });

    it("shows the host keys that hostkeys.json tells", async () => {
        const running = await startLab({ hosts: Object.keys(hostkeys) });
        const shown = Object.values(running.hosts).map(({ name, hostKey }) => [name, hostKey]);
        await running.stop();
        assert.deepEqual(shown, Object.entries(hostkeys).map(([name, { hostKey }]) => [name, hostKey]));
        assert.deepEqual(Object.values(hostkeys).map(({ port }) => port), [2201, 2202, 2203, 2204, 2205]);
    });
});
