import { dword, expand, multi, string, windows } from "../../../index";
import type { LabHost } from "../../../lab/lab";
import { declareHost } from "./scene";

export const HYBRID = "HKLM\\SOFTWARE\\Contoso\\Hybrid";
export const PATHS = "HKLM\\SOFTWARE\\Contoso\\Paths";
export const PROTOCOLS = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";

/** A host with one component of each kind, as most users have it; outputs `states` are of tls, dotnet and extra. */
export function threeDocuments(host: LabHost, more: Partial<windows.HostArgs> = {}): Record<string, unknown> {
    const declared = declareHost(host, more);
    const tls = new windows.SchannelProtocols("tls", { host: declared, enable: ["TLS 1.2"], disable: ["TLS 1.0"] });
    const dotnet = new windows.DotNetStrongCrypto("dotnet", { host: declared });
    const extra = new windows.RegistryValues("extra", {
        host: declared,
        values: {
            [HYBRID]: { KeepAlive: dword(1), ManagedBy: string("Pulumi") },
            [PATHS]: { Home: expand("%ProgramData%\\Contoso"), Servers: multi(["mim01", "mim02"]) },
        },
    });
    return { states: [tls.state, dotnet.state, extra.state], tls: tls.drift, dotnet: dotnet.drift, extra: extra.drift, repaired: tls.repaired };
}
