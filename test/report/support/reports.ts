import type { ComponentReport, StackReport } from "../../../components/report";
import { valueId } from "../../../drift/path";

export const createdAt = "2026-11-29T20:00:00.000Z";
export const TLS = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.0\\Server";

/** What somebody may have called a value, or written into it, so that it acts where the report is shown. */
export const hostile = [
    "<img src=x onerror=alert(1)>",
    "<script>document.title='run'</script>",
    "@everyone",
    "@contoso/admins",
    "#12",
    "https://evil.example/",
    "www.evil.example",
    "`; DROP",
    "a``b`c```",
    "|a|b|",
    "</details>",
    "</script><!--",
    "-->",
    "![x](https://evil.example/x.png)",
    "*bold* _it_ ~~no~~ $x$ :+1:",
    "&lt;b&gt; &amp;",
    " blank ",
    "one\r\n\r\n# two",
    "left\u202eright\u2066\u0007\u001b[31m",
];

export function component(name: string, more: Partial<ComponentReport> = {}): ComponentReport {
    const type = more.type ?? "windows.RegistryValues";
    return { urn: `urn:pulumi:prod::lab::hybrid-identity:${type.replace(".", ":")}::${name}`, type, name, state: "compliant", drift: {}, ...more };
}

export function reportOf(components: ComponentReport[], more: Partial<StackReport> = {}): StackReport {
    return { components, errors: [], warnings: [], ...more };
}

/** Key, name, found and desired. */
export type DriftedValue = [string, string, string, string];

export function drifted(name: string, host: string, values: DriftedValue[]): ComponentReport {
    const drift = Object.fromEntries(values.map(([key, value, found, desired]) => [valueId(key, value), { found, desired }]));
    return component(name, { host, state: "drifted", drift });
}

/** 50 hosts with 20 drifted values each, the same ones or of each host its own. */
export function large(same: boolean): StackReport {
    const hosts = Array.from({ length: 50 }, (_, at) => `mim${String(at + 1).padStart(2, "0")}`);
    const key = "HKLM\\SOFTWARE\\Contoso\\A key with a name as long as keys have it";
    const valuesOf = (host: string) => Array.from({ length: 20 }, (_, at): DriftedValue => [key, `Setting ${at}`, same ? "dword:7" : `string:what ${host} has`, "dword:1"]);
    return reportOf(hosts.map((host) => drifted(`${host}-values`, host, valuesOf(host))));
}

/** Something of everything. */
export function mixed(): StackReport {
    const tls: DriftedValue = [TLS, "Enabled", "dword:1", "dword:0"];
    return reportOf(
        [
            drifted("a", "mim01", [tls, ...hostile.map((text): DriftedValue => ["HKLM\\SOFTWARE\\Contoso", text, `string:${text}`, "absent"])]),
            drifted("b", "mim02", [tls]),
            component("c", { host: "mim03", state: "unknown" }),
            component("d", { host: "mim04", rebootPending: true }),
            component("health", { host: "mim01", type: "mim.MailHealth", state: "failing" }),
            component("mail", { type: "entra.MailApplication", state: "drifted", drift: [{ property: "displayName", found: '"@everyone"', declared: '"MIM mail"' }] }),
        ],
        { errors: ["mim03: does not answer\n```\n@everyone </details>"], warnings: ["mim04: an old module", "mim01: 2 values differ from what is declared (found -> declared):\n  a: x"] },
    );
}
