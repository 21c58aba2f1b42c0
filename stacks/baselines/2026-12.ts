import { dword, promotion, string } from "../../index";

/** As 2026-11, with a longer keep-alive, and without the SSL 2.0 that no supported Windows has any more. */
export const baseline: promotion.Baseline = {
    name: "2026-12",
    protocols: { "SSL 3.0": "disabled", "TLS 1.0": "disabled", "TLS 1.1": "disabled", "TLS 1.2": "enabled" },
    strongCrypto: true,
    values: { "HKLM\\SOFTWARE\\Contoso\\Hybrid": { ManagedBy: string("Pulumi"), KeepAlive: dword(2) } },
};
