// Certificates of connectors: with real keys in the store of a user, and against the pretend host, whose module in TypeScript has to do the same.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretLine } from "../../drift/secretLine";
import { certificateState, findCertificates, isInDate, isUsable, savedCertificates, thumbprintOf } from "../../lab/host/certificates";
import type { PretendCertificate } from "../../lab/host/certificateTypes";
import { addService } from "../../lab/host/control";
import { pretendHost, type PretendHost } from "../../lab/host/host";
import { set } from "../../lab/host/module";
import { AccessDenied } from "../../lab/host/registry";
import fixtures from "../support/certificates.json";
import { generator, long, testSeed, type Random } from "../support/random";
import { skip } from "../support/skip";
import { powershell } from "./support/ownProcess";

type Name = "a" | "b" | "other" | "old";
const names: Name[] = ["a", "b", "other", "old"];
const tlsName = fixtures.a.name;
const { a, b } = fixtures;

const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
const pfxOf = (name: Name, pfxPassword = fixtures.password): string => secretLine({ pfx: base64(fixtures[name].pfx), pfxPassword });
const document = (repair: object, more: object = {}): string =>
    JSON.stringify({
        ...{ document: "mail", kind: "registry", owner: "a.b", protocol: 1, resource: "urn:mail", desired: { "EXCHANGE\\TransportCertificates": { [tlsName]: "string:usable" } }, repair },
        ...{ "first seen 2026-11-22T08:30:00.123Z": "test", onDestroy: "restore", ...more },
    });
const given = (text: string): string => `[System.Console]::SetIn([System.IO.StringReader]::new([System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String('${Buffer.from(text).toString("base64")}'))))`;
const call = (verb: "set" | "remove", text: string): string => `${given(text)}\ntry { Complete-Command '${verb}' $null } catch { }`;
const replies = (stdout: string): any[] => [...stdout.matchAll(/HYBRID-IDENTITY-REPLY.*\n([^]*?)\nHYBRID-IDENTITY-END/g)].map(([, json]) => JSON.parse(json!.replaceAll("\n", "")));

/** Whether one certificate of the name works. */
const works = (host: PretendHost): boolean => findCertificates(host, tlsName).some((one) => isUsable(one) && isInDate(host, one));

function exchange(certificates: PretendCertificate[] = []): PretendHost {
    const host = pretendHost({ certificates });
    addService(host, "MSExchangeTransport", { state: "Running", startTime: "2026-11-01T04:00:00.000Z" });
    addService(host, "Winmgmt", { state: "Running", startTime: "2026-11-01T04:00:00.000Z" });
    return host;
}

/** For several calls in one process: before each the script writes which it is, and the host becomes that one. */
const turn = "HKLM\\SOFTWARE\\Turn";
const begin = (at: number): string => `Write-RegistryValue '${turn}' 'At' 'dword:${at}'`;
function takingTurns(host: PretendHost, begins: (at: number) => void, beforeWrite: () => void = () => undefined, afterWrite: () => void = () => undefined): void {
    host.registry.beforeWrite = ({ key }) => (key === turn ? undefined : beforeWrite());
    host.registry.afterWrite = ({ key, notation }) => (key === turn ? begins(Number(notation.slice("dword:".length))) : afterWrite());
}

function become(host: PretendHost, other: PretendHost): void {
    host.certificates.splice(0, host.certificates.length, ...structuredClone(other.certificates));
    host.services = structuredClone(other.services);
    host.registry.restore(other.registry.snapshot());
}

function copyOf(host: PretendHost): PretendHost {
    const copy = exchange();
    become(copy, host);
    return copy;
}

/** A store, what is allowed, and what comes with the document. */
function anything(random: Random): { host: PretendHost; stdin: string } {
    const chance = (one: number): boolean => random(one) === 0;
    const keys = ["there", "there", "none", "lost", "broken"] as const;
    const stored = names.filter((name) => random(3) > 0 && (name !== "old" || chance(2)));
    const host = exchange(stored.map((name) => ({ der: fixtures[name].der, key: keys[random(keys.length)]!, access: random(3) > 0 })));
    if (chance(5)) {
        host.registry.set("HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters\\SslBindingInfo\\0.0.0.0:443", "SslCertHash", `binary:${a.thumbprint.toLowerCase()}`);
    }
    const repair = {
        ...(chance(2) && { access: true }),
        ...(chance(3) && { repairStore: true }),
        ...(random(3) > 0 && { remove: fixtures[names[random(names.length)]!].thumbprint }),
        ...(chance(4) && { otherNames: [fixtures.other.name, ...(chance(2) ? [tlsName] : [])] }),
    };
    const pfx = chance(3) ? pfxOf(names[random(names.length)]!, chance(5) ? "wrong" : undefined) : "";
    return { host, stdin: pfx + document(repair) };
}

/** What became of a host: the state, the store, and what is on record of it. */
function end(host: PretendHost, reply: any): unknown {
    const store = host.certificates.map(({ der, key, access }) => [thumbprintOf(der), key, access]).sort();
    return [reply.ok ? reply.written : [reply.error.code, reply.host], certificateState(host, tlsName), store, Object.keys(savedCertificates(host, tlsName)).sort()];
}

describe("PowerShell module and the certificates of connectors", function () {
    this.timeout(600_000);
    before(function () {
        if (spawnSync("pwsh", ["-Version"]).error) {
            skip(this, "no pwsh on PATH");
        }
    });

    it("looks into a real store, opens real keys, imports a PFX, removes the one without a key, and puts it back", async () => {
        const home = mkdtempSync(join(tmpdir(), "store-"));
        const before = { HOME: process.env["HOME"], FAKE_STORE: process.env["FAKE_STORE"] };
        Object.assign(process.env, { HOME: home, FAKE_STORE: join(home, "keys") });
        mkdirSync(join(home, "keys"));
        try {
            const state = `Get-CertificateNotation '${tlsName}'`;
            const add = (der: string) => `$store = Open-CertificateStore $true\n$store.Add([System.Security.Cryptography.X509Certificates.X509Certificate2]::new([System.Convert]::FromHexString('${der}')))\n$store.Close()`;
            const take = (thumbprint: string) => `$store = Open-CertificateStore $true\nforeach ($one in $store.Certificates) { if ($one.Thumbprint -eq '${thumbprint}') { $store.Remove($one) } }\n$store.Close()`;
            const reading = `ConvertTo-JsonText (Get-CertificateReading '${tlsName}')`;
            const host = exchange();
            const { stdout, stderr } = await powershell(
                [
                    ...[state, add(a.der), state, call("set", pfxOf("b") + document({})), state, reading],
                    ...[call("set", document({ remove: a.thumbprint })), state, reading, call("remove", document({})), state],
                    ...[take(b.thumbprint), state, call("set", pfxOf("a") + document({})), state],
                    ...["[System.IO.File]::Delete((Get-KeyFile $null))", state, call("set", document({ access: true })), state],
                    ...["function Open-PrivateKey { param($Certificate) throw 'Keyset does not exist' }", state, call("set", document({ repairStore: true })), "function Test-Elevated { return $false }", state],
                ].join("\n"),
                { host },
            );
            const said = stdout.replace(/\nHYBRID-IDENTITY-REPLY[^]*?HYBRID-IDENTITY-END\n/g, "").trim().split("\n");
            const fact = (name: "a" | "b", key: string, chosen: boolean) => {
                const { thumbprint, serial, notBefore, notAfter } = fixtures[name];
                return { thumbprint, serial, chosen, notBefore, notAfter, key, access: key === "none" ? "" : "yes" };
            };
            const keyless = `string:no usable key: ${a.thumbprint}`;
            const readings = [
                { certificates: [fact("a", "none", false), fact("b", "opens", true)].sort((one, other) => (one.thumbprint < other.thumbprint ? -1 : 1)), saved: [], others: {} },
                { certificates: [fact("b", "opens", true)], saved: [a.thumbprint], others: {} },
            ];
            assert.deepEqual(said.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)), readings, stderr);
            assert.deepEqual(said.filter((line) => !line.startsWith("{")), [
                ...["absent", keyless, `string:two match: ${a.thumbprint}`, "string:usable", `string:two match: ${a.thumbprint}`],
                ...[keyless, "string:usable", keyless, "string:usable", keyless, "unknown:denied"],
            ], stderr);
            const answers = replies(stdout).map((reply) => (reply.ok ? Object.values(reply.written as object).flatMap((one) => Object.values(one as object)) : [reply.error.code]));
            assert.deepEqual(answers, [
                // The PFX came, and the certificate without a key is still there.
                ["mismatch"], [`string:two match: ${a.thumbprint} -> string:usable`], [`string:usable -> string:two match: ${a.thumbprint}`],
                [`${keyless} -> string:usable`], [`${keyless} -> string:usable`], ["mismatch"],
            ]);
        } finally {
            rmSync(home, { recursive: true });
            for (const [name, value] of Object.entries(before)) {
                if (value === undefined) {
                    delete process.env[name];
                } else {
                    process.env[name] = value;
                }
            }
        }
    });

    it("killed at any write while it removes one: a certificate always works, none is lost, and the next run goes on", async () => {
        const stuck = exchange([{ der: a.der, key: "there", access: true }, { der: b.der, key: "none", access: false }]);
        const host = exchange();
        const text = document({ remove: b.thumbprint }, { restart: { MSExchangeTransport: "if started before 2026-11-22T08:30:00.123Z" } });
        const most = 16;
        let left = Infinity;
        const broken: number[] = [];
        takingTurns(
            host,
            (at) => {
                if (at > 0) {
                    become(host, stuck);
                }
                left = at > 0 ? at : Infinity;
            },
            () => {
                if (--left <= 0) {
                    throw new AccessDenied("it was killed");
                }
            },
            () => {
                if (!works(host) || (host.certificates.length < 2 && !(b.thumbprint in savedCertificates(host, tlsName)))) {
                    broken.push(left);
                }
            },
        );
        const turns = Array.from({ length: most }, (_, at) => [begin(at + 1), call("set", text), begin(0), call("set", text), `Get-CertificateNotation '${tlsName}'`, "(Get-ServiceFact @('MSExchangeTransport'))['MSExchangeTransport'].startTime"]);
        const { stdout, stderr } = await powershell(turns.flat().join("\n"), { host });
        const all = replies(stdout);
        assert.equal(all.length, 2 * most, stdout + stderr);
        const seen = stdout.replace(/\nHYBRID-IDENTITY-REPLY[^]*?HYBRID-IDENTITY-END\n/g, "").trim().split("\n");
        assert.deepEqual(broken, []);
        const killed = all.filter((_, at) => at % 2 === 0).filter((reply) => !reply.ok).length;
        assert.ok(killed >= 8 && killed < most, `${killed} writes`);
        all.filter((_, at) => at % 2 === 1).forEach((reply, at) => assert.equal(reply.ok, true, `after write ${at + 1}: ${JSON.stringify(reply)}`));
        assert.deepEqual(seen.filter((_, at) => at % 2 === 0), Array.from({ length: most }, () => "string:usable"));
        seen.filter((_, at) => at % 2 === 1).forEach((start) => assert.ok(start > "2026-11-22", start));
    });

    it("does what the pretend host does, whatever is there and allowed, and never leaves the name without a certificate that works where it had one", async () => {
        const random = generator(testSeed());
        // Here the one that works comes once more.
        const again = { host: exchange([{ der: a.der, key: "there", access: true }, { der: b.der, key: "broken", access: true }]), stdin: pfxOf("a") + document({ remove: b.thumbprint }) };
        const cases = [again, ...Array.from({ length: long ? 400 : 40 }, () => anything(random))];
        const host = exchange();
        const left: PretendHost[] = [];
        const broken: number[] = [];
        let had = false;
        takingTurns(
            host,
            (at) => {
                left.push(copyOf(host));
                become(host, cases[at]?.host ?? exchange());
                had = works(host);
            },
            () => undefined,
            () => void (had && !works(host) && broken.push(left.length)),
        );
        const { stdout, stderr } = await powershell([...cases.flatMap(({ stdin }, at) => [begin(at), call("set", stdin)]), begin(cases.length)].join("\n"), { host });
        const all = replies(stdout);
        assert.equal(all.length, cases.length, stdout + stderr);
        const outcomes = cases.map(({ host: own, stdin }, at) => {
            const worked = works(own);
            own.registry.afterWrite = () => void (worked && !works(own) && broken.push(at));
            const reply = set(own, stdin);
            assert.deepEqual(end(left[at + 1]!, all[at]), end(own, reply), `${at}: ${stdin.slice(-900)}\n${JSON.stringify(all[at])}\n${JSON.stringify(reply)}`);
            return reply["ok"] === true ? "done" : (reply["error"] as { code: string }).code;
        });
        assert.deepEqual(broken, []);
        assert.deepEqual(["done", "certificate"].filter((one) => !outcomes.includes(one)), [], outcomes.join());
    });
});
