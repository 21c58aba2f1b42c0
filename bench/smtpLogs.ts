import { execFile } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { moduleFile } from "../powershell/moduleText";
import type { Show } from "./measure";
import { median } from "./median";

/** A folder of protocol logs, once read from end to end and once searched, each in a PowerShell of its own that has the module. Milliseconds. */
export interface SmtpLogResults {
    /** What share of the sessions fails. */
    failing: number;
    plain: Taken;
    searched: Taken;
}

interface Taken {
    ms: number;
    cpuMs: number;
    peakMb: number;
}

const rounds = 5;
const fileBytes = 10 * 1024 * 1024;
const files = 25;
const header = `#Software: Microsoft Exchange Server\r\n#Fields: ${["date-time", "connector-id", "session-id", "sequence-number", "local-endpoint", "remote-endpoint", "event", "data", "context"].join()}\r\n`;
const certificate = `" CN=mail.contoso.com, O=""Contoso, Ltd."", C=US CN=DigiCert TLS RSA SHA256 2020 CA1, O=DigiCert Inc, C=US 0D92CFF6070B73AD5722EC8B4DA3389B ${"A1".repeat(20)} 2026-01-17T15:15:33.000Z 2027-01-17T15:15:33.000Z mail.contoso.com;autodiscover.contoso.com",Sending certificate Subject Issuer name Serial number Thumbprint Not before Not after Subject alternate names`;

/** Reads with what the module opens files with, and nothing else. */
const plain = [
    "$buffer = [byte[]]::new(40000)",
    "foreach ($file in [System.IO.Directory]::GetFiles($folder)) {",
    "    $stream = Open-SmtpFile $file",
    "    while ($stream.Read($buffer, 0, $buffer.Length) -gt 0) { }",
    "    $stream.Dispose()",
    "}",
];
const searched = [
    "$found = Read-SmtpLog @{ since = '2026-11-20T00:00:00.000Z'; most = 300000000; connectors = @('Outbound to Office 365', 'None'); folders = @{ Hub = $folder; FrontEnd = $folder + '/frontEnd'; Edge = $folder + '-' } }",
    "if (-not $found.more -and $found.read -lt 260000000) { throw 'not all was read' }",
];

/** Rejects where there is no `pwsh` on PATH. */
export async function measureSmtpLogs(show: Show): Promise<SmtpLogResults[]> {
    const folder = mkdtempSync(join(tmpdir(), "hybrid-identity-logs-"));
    try {
        // As on a Mailbox server: this role sends nothing, and there is no Edge role.
        mkdirSync(join(folder, "frontEnd"));
        const results: SmtpLogResults[] = [];
        for (const failing of [0, 0.05]) {
            await show(`250 MB of logs, of which ${failing * 100} % fail`, async () => writeLogs(folder, failing));
            const taken = { plain: [] as Taken[], searched: [] as Taken[] };
            for (let round = 1; round <= rounds; round++) {
                taken.plain.push(await show(`read, ${round} of ${rounds}`, () => run(folder, plain)));
                taken.searched.push(await show(`searched, ${round} of ${rounds}`, () => run(folder, searched)));
            }
            results.push({ failing, plain: middle(taken.plain), searched: middle(taken.searched) });
        }
        return results;
    } finally {
        rmSync(folder, { recursive: true });
    }
}

async function run(folder: string, work: string[]): Promise<Taken> {
    const end = "$process = [System.Diagnostics.Process]::GetCurrentProcess(); '' + $process.TotalProcessorTime.TotalMilliseconds + ' ' + $process.PeakWorkingSet64";
    const script = [`. ([scriptblock]::Create([System.IO.File]::ReadAllText('${moduleFile()}')))`, `$folder = '${folder}'`, ...work, end].join("\n");
    const begun = performance.now();
    const { stdout } = await promisify(execFile)("pwsh", ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", script]);
    const [cpuMs = NaN, bytes = NaN] = stdout.trim().split(" ").map(Number);
    return { ms: performance.now() - begun, cpuMs, peakMb: bytes / 1024 / 1024 };
}

function middle(all: Taken[]): Taken {
    const of = (name: keyof Taken): number => median(all.map((one) => one[name]));
    return { ms: of("ms"), cpuMs: of("cpuMs"), peakMb: of("peakMb") };
}

/** In files as large as Exchange makes them. */
function writeLogs(folder: string, failing: number): void {
    for (let file = 0, at = 0; file < files; file++) {
        const name = join(folder, `SEND20261129${String(file % 24).padStart(2, "0")}-${1 + Math.floor(file / 24)}.LOG`);
        writeFileSync(name, header);
        for (let size = header.length; size < fileBytes; ) {
            const some = Array.from({ length: 400 }, () => session(++at, failing > 0 && at % Math.round(1 / failing) === 0)).join("");
            appendFileSync(name, some);
            size += some.length;
        }
    }
    // So that both find the files in the system's memory.
    for (let file = 0; file < files; file++) {
        readFileSync(join(folder, `SEND20261129${String(file % 24).padStart(2, "0")}-${1 + Math.floor(file / 24)}.LOG`));
    }
}

function session(at: number, fails: boolean): string {
    const id = at.toString(16).toUpperCase().padStart(16, "0");
    const connector = fails ? "Outbound to Office 365" : "Partners";
    const begun = ["+,,", "<,220 contoso-com.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready,", ">,EHLO mail.contoso.com,", "<,250 SIZE 157286400 PIPELINING DSN ENHANCEDSTATUSCODES STARTTLS 8BITMIME BINARYMIME CHUNKING,", ">,STARTTLS,", "<,220 2.0.0 SMTP server ready,", `*,${certificate}`];
    const sent = ["*,,TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded", `*,${certificate.replace("Sending", "Remote")}`, ">,EHLO mail.contoso.com,", ">,MAIL FROM:<a@contoso.com> SIZE=12345,", ">,RCPT TO:<b@fabrikam.com>,", "<,250 2.1.0 Sender OK,", "<,250 2.1.5 Recipient OK,", ">,BDAT 12345 LAST,", "<,250 2.6.0 Queued mail for delivery,", ">,QUIT,", "<,221 2.0.0 Service closing transmission channel,"];
    const lines = [...begun, ...(fails ? ["*,,TLS negotiation failed with error NoCredentials"] : sent), "-,,Local"];
    const time = new Date(Date.UTC(2026, 10, 29, 0, 0, 0, at)).toISOString();
    return lines.map((line, number) => `${time},${connector},${id},${number},192.0.2.10:25843,203.0.113.36:25,${line}\r\n`).join("");
}
