import { randomUUID } from "node:crypto";

const protocols = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";
const hybrid = "HKLM\\SOFTWARE\\Contoso\\Hybrid";
const dotnet = "HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319";

/** The secret that is added by hand. Another one in each run, so that one left by an interrupted run is not taken for it. */
export const foreignSecret = randomUUID();
export const secretsPath = "applications/MIM mail/passwordCredentials";
/** Where it stands in the tenant. */
export const foreignSecretPath = `${secretsPath}/${foreignSecret}`;

/**
 * What `npm start` does to the lab's hosts and tenant behind Pulumi's back, and what the preview must show for it. `shown` is written by hand:
 * it is compared with the preview's text. `lab` may depend on the secrets that MIM mail has.
 * @typedef {{ command: string, key: string, name: string, change: string }} Shown `command` is the name of the `remote.Command`; `change`
 * is `found -> declared`. `restarts`: what reads such a value only when it starts. `created` names resources that must be made again; `changed` properties of resources, found and declared; `foreign` are
 * credentials that must be warned of, by id
 * @typedef {{ command: string, service: string }} Restart
 * @typedef {{ resource: string, property: string, change: string }} Changed `change` is `found => declared`
 * @type {{ what: string, lab: string[] | ((secrets: { displayName: string }[]) => string[]), shown?: Shown[], restarts?: Restart[], created?: string[], changed?: Changed[], foreign?: string[] }[]}
 */
export const tamperings = [
    {
        what: "a wrong value: TLS 1.2 is switched off for the client role of mim01, so its MIM Service reaches nothing",
        lab: ["registry", "set", "mim01", `${protocols}\\TLS 1.2\\Client`, "Enabled", "dword:0"],
        shown: [{ command: "mail-tls-mim01-mail-tls", key: `${protocols}\\TLS 1.2\\Client`, name: "Enabled", change: "dword:0 -> dword:1 or nonzero (TLS 1.2, client: disabled -> enabled)" }],
        restarts: [{ command: "mail-service-mim01-mail-service", service: "FIMService" }],
    },
    {
        what: "a deleted value: strong cryptography of .NET on exch01",
        lab: ["registry", "delete", "exch01", dotnet, "SchUseStrongCrypto"],
        shown: [{ command: "exch01-dotnet-exch01-dotnet", key: dotnet, name: "SchUseStrongCrypto", change: "absent -> dword:1 (.NET v4.0.30319, 64-bit, strong cryptography: not set -> on)" }],
    },
    {
        what: "a deleted key: everything about TLS 1.1 as a client on edge01",
        lab: ["registry", "delete", "edge01", `${protocols}\\TLS 1.1\\Client`],
        shown: [
            {
                command: "edge01-tls-edge01-tls",
                key: `${protocols}\\TLS 1.1\\Client`,
                name: "DisabledByDefault",
                change: "absent -> dword:1 or nonzero (TLS 1.1, client, by default: not set -> off)",
            },
            { command: "edge01-tls-edge01-tls", key: `${protocols}\\TLS 1.1\\Client`, name: "Enabled", change: "absent -> dword:0 (TLS 1.1, client: not set -> disabled)" },
        ],
    },
    {
        what: "a wrong type: a number of mim01 becomes a text",
        lab: ["registry", "set", "mim01", hybrid, "KeepAlive", "string:1"],
        shown: [{ command: "mim01-mim01-baseline", key: hybrid, name: "KeepAlive", change: "string:'1' -> dword:1" }],
    },
    {
        what: "a removed consent: MIM mail may no longer use Exchange Online",
        lab: ["tenant", "remove", "servicePrincipals/Office 365 Exchange Online/appRoleAssignedTo/MIM mail"],
        created: ["mail-app-consent"],
    },
    {
        what: "a removed access policy: with its consent, MIM mail could open every mailbox",
        lab: ["tenant", "remove", "exchange/policies/0"],
        created: ["mail-app-scope-policy"],
    },
    {
        what: "the list of applications that may use Exchange Web Services emptied: mail stops within a day",
        lab: ["tenant", "set", "exchange/organization/EwsAllowedAppIDs", ""],
        created: ["mail-ews-allowed"],
    },
    {
        what: "the newest client secret deleted: the MIM Service gets no new token",
        lab: (secrets) => {
            // The first day of its time is in the name; the tenant lists them as they were made, side by side.
            const own = secrets.map(({ displayName }) => displayName).filter((name) => name.startsWith("Pulumi "));
            return ["tenant", "remove", `${secretsPath}/${own.sort().at(-1)}`];
        },
        created: ["mail-app-secret-DATE"],
        // The server gets the new one, whose key id is known once it is made.
        changed: [{ resource: "mail-secret-mim01-mail-secret", property: "stdin", change: "[secret] => [secret]" }],
    },
    {
        what: "a secret that nobody declared, added to MIM mail: it is warned of, and stays",
        lab: [
            "tenant",
            "set",
            `${secretsPath}/-`,
            JSON.stringify({ keyId: foreignSecret, displayName: "added by hand" }),
        ],
        foreign: [foreignSecret],
    },
];
