import { windows } from "../../../index";
import { settings } from "../settings";

// TLS of a MIM server alone.
const { servers, privateKey } = settings();

for (const { name, ...reached } of servers) {
    const host = new windows.Host(name, { ...reached, privateKey });
    new windows.SchannelProtocols("tls", { host, enable: ["TLS 1.2"], disable: ["SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1"] });
}
