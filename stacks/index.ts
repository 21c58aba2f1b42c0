import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { dword, entra, exchange, Mode, OnDestroy, string, windows } from "../index";

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

/** The application that the MIM Service sends mail with (`pulumi config set --path mail.displayName "MIM mail"`). */
interface Mail {
    displayName: string;
    mode?: Mode;
    secretRotation?: entra.SecretRotation;
    mailboxScope?: exchange.MailboxScopeChoice;
}

const config = new pulumi.Config();
const servers = config.requireObject<Record<string, Server>>("hosts");
/** Of what is on the servers; the mail application has its own. */
const mode = config.get<Mode>("mode") ?? Mode.enforce;
/** What becomes of values on the servers that this program does not declare any more. */
const onDestroy = config.get<OnDestroy>("onDestroy") ?? OnDestroy.retain;

for (const [name, server] of Object.entries(servers)) {
    const { privateKeyFile, ...reached } = server;
    const privateKey = pulumi.secret(readFileSync(path.resolve(__dirname, "..", privateKeyFile), "utf8"));
    const host = new windows.Host(name, { ...reached, privateKey });

    new windows.SchannelProtocols(`${name}-tls`, {
        host,
        mode,
        onDestroy,
        document: "tls",
        enable: ["TLS 1.2"],
        disable: ["SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1"],
    });
    new windows.DotNetStrongCrypto(`${name}-dotnet`, { host, mode, onDestroy, document: "dotnet" });
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

const settings = config.getObject<Mail>("mail");
const application = settings && new entra.MailApplication("mail", settings);
if (application) {
    new exchange.EwsAccess("ews", { clientId: application.clientId });
}

/** What the MIM Service is given; empty where the stack has no `mail`. */
export const mail = application
    ? { clientId: application.clientId, clientSecret: application.clientSecret, nextRotation: application.nextRotation }
    : {};
