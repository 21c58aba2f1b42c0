import type { PretendCertificate } from "./host/certificateTypes";
import type { PretendHost } from "./host/host";
import { newTransportCertificate } from "./tenant/certificates";

type Keys = Record<string, Record<string, string>>;

/** How a pretend host looks when it is new. */
export interface Profile {
    facts: PretendHost["facts"];
    services: string[];
    registry: Keys;
    /** SIDs by account. */
    accounts: PretendHost["accounts"];
    passwords: PretendHost["passwords"];
    certificates: PretendHost["certificates"];
}

interface System {
    build: number;
    name: string;
    powershell: string;
    /** Of .NET Framework 4. */
    release: number;
    /** Whether .NET Framework 3.5, with 2.0 in it, is installed. */
    dotNet35: boolean;
}

const DOMAIN = "S-1-5-21-1004336348-1177238915-682003330";
const PROTOCOLS = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";
const SERVER_2019: System = { build: 17763, name: "Windows Server 2019 Datacenter", powershell: "5.1.17763.7131", release: 461814, dotNet35: true };
const SERVER_2022: System = { build: 20348, name: "Windows Server 2022 Datacenter", powershell: "5.1.20348.2227", release: 528449, dotNet35: true };
const SERVER_2025: System = { build: 26100, name: "Windows Server 2025 Datacenter", powershell: "5.1.26100.4652", release: 533325, dotNet35: false };

/** Where its setup put it. */
const EXCHANGE: Keys = { "HKLM\\SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup": { MsiInstallPath: "string:C:\\Program Files\\Microsoft\\Exchange Server\\V15\\" } };

/** Host names, each with what makes it different; every other name is a plain Server 2022. */
const KNOWN: Record<string, Omit<Profile, "facts" | "accounts" | "passwords" | "certificates"> & { system: System; certificate?: string } & Partial<Pick<Profile, "accounts" | "passwords">>> = {
    // Somebody once switched TLS 1.2 on with a tool that writes 0xFFFFFFFF, and half of what .NET needs.
    mim01: {
        system: SERVER_2019,
        services: ["FIMService", "FIMSynchronizationService"],
        registry: {
            [`${PROTOCOLS}\\TLS 1.2\\Client`]: { Enabled: "dword:4294967295", DisabledByDefault: "dword:0" },
            [`${PROTOCOLS}\\TLS 1.2\\Server`]: { Enabled: "dword:4294967295", DisabledByDefault: "dword:0" },
            "HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319": { SchUseStrongCrypto: "dword:1" },
            "HKLM\\SYSTEM\\CurrentControlSet\\Services\\FIMService": { Start: "dword:2", ObjectName: "string:CONTOSO\\svc-mim" },
            "HKLM\\SYSTEM\\CurrentControlSet\\Services\\FIMSynchronizationService": { ObjectName: "string:CONTOSO\\svc-mimsync" },
            "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{5C9F3A10-7D7E-4B0B-9E5C-3B6C6A4F0673}": {
                DisplayName: "string:Microsoft Identity Manager Service and Portal",
                DisplayVersion: "string:4.6.673.0",
                UninstallString: "string:MsiExec.exe /X{5C9F3A10-7D7E-4B0B-9E5C-3B6C6A4F0673}",
            },
            // The hive of the account that FIMService runs as is loaded.
            [`HKU\\${DOMAIN}-1104\\SOFTWARE\\Microsoft`]: {},
        },
        accounts: { "CONTOSO\\svc-mim": `${DOMAIN}-1104`, "CONTOSO\\svc-mimsync": `${DOMAIN}-1105` },
        passwords: { "CONTOSO\\SVC-MIM": "Kept-by-svc-mim-7" },
    },
    // TLS 1.0 stays on for an old relay.
    exch01: {
        system: SERVER_2022,
        services: ["MSExchangeTransport", "MSExchangeFrontEndTransport", "W3SVC"],
        certificate: "mail.contoso.com",
        registry: {
            [`${PROTOCOLS}\\TLS 1.0\\Server`]: { Enabled: "dword:1", DisabledByDefault: "dword:0" },
            [`${PROTOCOLS}\\TLS 1.2\\Server`]: { Enabled: "dword:1", DisabledByDefault: "dword:0" },
            ...EXCHANGE,
        },
    },
    edge01: { system: SERVER_2025, services: ["MSExchangeTransport", "ADAM_MSExchange"], registry: EXCHANGE },
};

export const DEFAULT_HOSTS = Object.keys(KNOWN);

export function profileOf(name: string): Profile {
    const { system, services, registry, certificate, accounts = {}, passwords = {} } = KNOWN[name] ?? { system: SERVER_2022, services: [], registry: {} };
    const installed: Keys = Object.fromEntries(
        services.map(service => [
            `HKLM\\SYSTEM\\CurrentControlSet\\Services\\${service}`,
            { Start: "dword:2", Type: "dword:16", ObjectName: "string:LocalSystem" },
        ]),
    );
    const keys: Keys = {};
    for (const layer of [windows(name, system), installed, registry]) {
        for (const [key, values] of Object.entries(layer)) {
            keys[key] = { ...keys[key], ...values };
        }
    }
    return {
        facts: {
            computerName: name.toUpperCase(),
            osBuild: system.build,
            osName: system.name,
            powershell: system.powershell,
            languageMode: "FullLanguage",
        },
        services,
        registry: keys,
        accounts,
        passwords,
        certificates: certificate === undefined ? [] : [transportCertificate(certificate)],
    };
}

/** With the key that transport uses, or a newer one without it. */
export function transportCertificate(subject: string, key: "there" | "none" = "there"): PretendCertificate {
    return { der: newTransportCertificate("Contoso Issuing CA", subject, key === "there" ? 300 : 1, key === "there" ? 365 : 730).toString("hex"), key, access: key === "there" };
}

/** What is there after the setup of Windows. */
function windows(name: string, system: System): Keys {
    const keys: Keys = {
        "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion": {
            CurrentBuildNumber: `string:${system.build}`,
            ProductName: `string:${system.name}`,
            CurrentVersion: "string:6.3",
            SystemRoot: "string:C:\\Windows",
        },
        "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName": { ComputerName: `string:${name.toUpperCase()}` },
        [`${PROTOCOLS}\\SSL 2.0\\Client`]: { DisabledByDefault: "dword:1" },
        "HKLM\\SOFTWARE\\Policies": {},
        "HKU\\.DEFAULT\\Software": {},
        "HKU\\S-1-5-18\\Environment": { TEMP: "expand:%USERPROFILE%\\AppData\\Local\\Temp" },
    };
    for (const software of ["HKLM\\SOFTWARE", "HKLM32\\SOFTWARE"]) {
        const setup = `${software}\\Microsoft\\NET Framework Setup\\NDP`;
        keys[`${software}\\Microsoft\\.NETFramework`] = { InstallRoot: "string:C:\\Windows\\Microsoft.NET\\Framework64\\" };
        keys[`${software}\\Microsoft\\.NETFramework\\v4.0.30319`] = {};
        keys[`${software}\\Microsoft\\Windows\\CurrentVersion\\Uninstall`] = {};
        keys[`${setup}\\v4\\Full`] = { Install: "dword:1", Release: `dword:${system.release}` };
        if (system.dotNet35) {
            keys[`${software}\\Microsoft\\.NETFramework\\v2.0.50727`] = {};
            keys[`${setup}\\v2.0.50727`] = { Install: "dword:1", Version: "string:2.0.50727.4927" };
            keys[`${setup}\\v3.5`] = { Install: "dword:1", Version: "string:3.5.30729.4926" };
        }
    }
    return keys;
}
