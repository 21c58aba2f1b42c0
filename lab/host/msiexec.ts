import type { PretendHost } from "./host";
import type { InstallerCall } from "./installer";

export const TLS11 = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.1";
export const POLLING = { key: "HKLM\\SYSTEM\\CurrentControlSet\\Services\\FIMService", name: "PollExchangeEnabled" };

/** Changes a product by the properties of a line such as `REINSTALL=ALL NAME="a ""quoted"" value"`. */
export function runInstaller(host: PretendHost, product: string, line: string): { code: number; log: string } {
    const { installer, registry } = host;
    const properties = Object.fromEntries([...line.matchAll(/([A-Z][A-Z0-9_]*)=(?:"((?:[^"]|"")*)"|(\S*))/g)].map(([, name, quoted, bare]) => [name, quoted?.replaceAll('""', '"') ?? bare ?? ""]));
    const code = Number(properties["PRETEND_EXIT_CODE"] ?? installer.exitCode);
    const call = { product, properties, polling: registry.get(POLLING.key, POLLING.name), tls11: registry.get(`${TLS11}\\Client`, "Enabled") };
    const log = logOf(call, line, code, host.clock().toISOString());
    // A process that is ended meanwhile leaves the log.
    installer.raw.push(log);
    registry.observed({ key: "SETUP", name: product, notation: `string:${code}` }, () => void installer.calls.push(call));
    const polls = properties["POLL_EXCHANGE_ENABLED"];
    if (polls !== undefined && [0, 1641, 3010].includes(code)) {
        registry.write(POLLING.key, POLLING.name, `dword:${Number(polls)}`);
    }
    return { code, log };
}

/** Some lines of a log as `/l*v` gives it. Property(C) is of the client, Property(S) of the service. */
function logOf({ product, properties }: InstallerCall, line: string, code: number, time: string): string {
    const at = `[${time.slice(11, 19)}:${time.slice(20, 23)}]`;
    const all = Object.entries({ ...properties, ProductCode: product });
    return [
        `=== Verbose logging started: ${time}  Build type: SHIP UNICODE 5.00.10011.00  Calling process: C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe ===`,
        `MSI (c) (10:24) ${at}: ******* Product: ${product}`,
        `           ******* CommandLine: ${line}`,
        `MSI (s) (5C:70) ${at}: Running installation inside multi-package transaction ${product}`,
        ...(code === 1603 ? [`Action ended ${time.slice(11, 19)}: InstallFinalize. Return value 3.`] : []),
        ...all.map(([name, value]) => `Property(S): ${name} = ${value}`),
        ...all.map(([name, value]) => `Property(C): ${name} = ${value}`),
        `MSI (s) (5C:70) ${at}: MainEngineThread is returning ${code}`,
        `MSI (c) (10:24) ${at}: MainEngineThread is returning ${code}`,
        `=== Verbose logging stopped: ${time} ===`,
        "",
    ].join("\r\n");
}
