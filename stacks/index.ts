import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { dword, mim, Mode, OnDestroy, string, windows } from "../index";

/** One server of this stack, as it stands in the stack's settings (`pulumi config set --path hosts.mim01.address ...`). */
interface Server {
    address: string;
    port?: number;
    user: string;
    /** The account's private key, relative to the repository. */
    privateKeyFile: string;
    /** Default `powershell.exe`. */
    powershell?: string;
    /** What the server prints as `ssh_host_ed25519_key.pub`. */
    hostKey: string;
}

/** All of a MIM Service's mail (`pulumi config set --path mail.server mim01`). */
interface Mail extends Omit<mim.PortalMailArgs, "host" | "onDestroy"> {
    /** The name of its server in `hosts`. */
    server: string;
}

const config = new pulumi.Config();
const servers = config.requireObject<Record<string, Server>>("hosts");
const mode = config.get<Mode>("mode") ?? Mode.enforce;
/** What becomes of values on the servers that this program does not declare any more. */
const onDestroy = config.get<OnDestroy>("onDestroy") ?? OnDestroy.retain;

const settings = config.getObject<Mail>("mail");
const hosts: Record<string, windows.Host> = {};

for (const [name, server] of Object.entries(servers)) {
    const { privateKeyFile, ...reached } = server;
    const privateKey = pulumi.secret(readFileSync(path.resolve(__dirname, "..", privateKeyFile), "utf8"));
    const host = (hosts[name] = new windows.Host(name, { ...reached, privateKey }));

    // What PortalMail does on its server itself, in its place in the order.
    if (name !== settings?.server) {
        new windows.SchannelProtocols(`${name}-tls`, {
            host,
            mode,
            onDestroy,
            document: "tls",
            enable: ["TLS 1.2"],
            disable: ["SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1"],
        });
        new windows.DotNetStrongCrypto(`${name}-dotnet`, { host, mode, onDestroy, document: "dotnet" });
    }
    new windows.RegistryValues(`${name}-extra`, {
        host,
        mode,
        onDestroy,
        document: "extra",
        values: {
            "HKLM\\SOFTWARE\\Contoso\\Hybrid": { ManagedBy: string("Pulumi"), KeepAlive: dword(1) },
        },
    });
}

/** How mail of the MIM Service is; empty where the stack has no `mail`. */
export const mail = settings ? mailOf(settings) : {};

function mailOf({ server, ...args }: Mail): Record<string, pulumi.Output<unknown>> {
    const host = hosts[server];
    if (host === undefined) {
        throw new pulumi.RunError(`mail.server: expected one of ${Object.keys(hosts).join(", ")}; received "${server}"`);
    }
    const { clientId, mail: health, restartPending } = new mim.PortalMail("mail", { mode, onDestroy, tenantId: process.env["ARM_TENANT_ID"], ...args, host });
    return { clientId, health, restartPending };
}
