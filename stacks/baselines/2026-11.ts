import { dword, promotion, string } from "../../index";

/** TLS 1.2 alone, strong cryptography for .NET. */
export const baseline: promotion.Baseline = {
    name: "2026-11",
    protocols: { "SSL 2.0": "disabled", "SSL 3.0": "disabled", "TLS 1.0": "disabled", "TLS 1.1": "disabled", "TLS 1.2": "enabled" },
    strongCrypto: true,
    values: { "HKLM\\SOFTWARE\\Contoso\\Hybrid": { ManagedBy: string("Pulumi"), KeepAlive: dword(1) } },
};
