import { readFileSync } from "node:fs";
import { StepFailure } from "./steps.mjs";

const protocols = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";
const hybrid = "HKLM\\SOFTWARE\\Contoso\\Hybrid";
/** Which baseline it has. */
const mark = "HKLM\\SOFTWARE\\HybridIdentityBaseline";
const records = "HKLM\\SOFTWARE\\HybridIdentity";
const dotNet = ["HKLM\\SOFTWARE\\Microsoft\\.NETFramework", "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework"].flatMap((root) =>
    ["v2.0.50727", "v4.0.30319"].map((version) => `${root}\\${version}`),
);
/** Where the program of stacks/index.ts writes on a server. */
const written = [protocols, ...dotNet, hybrid, mark];
/** Keys that it may make, each after those below it. */
const made = [
    ...["SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2"].flatMap((name) => [
        ...["Client", "Server"].map((role) => `${protocols}\\${name}\\${role}`),
        `${protocols}\\${name}`,
    ]),
    ...dotNet,
    hybrid,
    mark,
    "HKLM\\SOFTWARE\\Contoso",
];

/** What `npm start` changes on a server, for whoever is about to see it done. */
export const announcement = `What changes there for a few minutes, and is put back:
- Enabled and DisabledByDefault of SSL 2.0 to TLS 1.2, below ${protocols}
- SchUseStrongCrypto and SystemDefaultTlsVersions of the .NET Framework runtimes that are installed
- ManagedBy and KeepAlive of ${hybrid}, and Applied of ${mark}
- the module HybridIdentity in Program Files, and its records in ${records}
Programs that start meanwhile use TLS as it is declared.\n`;

/** What is done to the server by hand, and what the preview must show for it. Without `type` the value is deleted. */
export const serverTamperings = [
    { command: "server-tls-server-tls", key: `${protocols}\\TLS 1.0\\Server`, name: "Enabled", type: "REG_DWORD", data: "1", change: "dword:1 -> dword:0 (TLS 1.0, server: enabled -> disabled)" },
    { command: "server-tls-server-tls", key: `${protocols}\\TLS 1.1\\Client`, name: "DisabledByDefault", change: "absent -> dword:1 or nonzero (TLS 1.1, client, by default: not set -> off)" },
    { command: "server-server-baseline", key: hybrid, name: "KeepAlive", type: "REG_SZ", data: "1", change: "string:'1' -> dword:1" },
    { command: "server-server-baseline", key: hybrid, name: "ManagedBy", change: "absent -> string:'Pulumi'" },
];

/** Who owns the records of this story: project and stack. */
const owner = "hybrid-identity.npm-start";

/**
 * A Windows server that `npm start` may use for a while.
 * @param {ReturnType<typeof import("./target.mjs").readTarget>} target
 */
export async function openServer({ host: name, port, user, keyFile, hostKey, powershell }) {
    // What the conformance suite speaks to a host with. Not loaded before the set-up has brought the packages.
    const { tsImport } = await import("tsx/esm/api");
    const load = (file) => tsImport(`../../test/conformance/${file}.ts`, import.meta.url);
    const [{ connect }, { Host }, { addValue, deleteFromRegistry, readTree }] = await Promise.all(["ssh", "host", "registry"].map(load));
    const { exec, close } = await connect({ host: name, port, user, privateKey: readFileSync(keyFile, "utf8"), hostKey });
    const host = new Host(exec, powershell);
    const query = (key) => exec(`reg.exe query "${key}" /reg:64`);
    const look = async () => JSON.stringify(await Promise.all(written.map((key) => readTree(exec, key))));
    const refuse = (why) => new StepFailure(`${name} cannot be used: ${why} Nothing was changed.`);
    let before;
    let missing;
    /** Whether the documents on the host are those of this story, and there are some. */
    const isOwn = async () => {
        const { documents } = (await host.observe({})).records;
        const names = Object.keys(documents);
        return names.length > 0 && names.every((name) => name.startsWith(`${owner}/`));
    };
    /** Puts all values back by the host's own records, and takes records and module away. */
    const takeAway = async () => {
        const { records: left, module } = await host.observe({});
        for (const [id, text] of Object.entries(left.documents)) {
            const document = text.slice(text.indexOf("\n") + 1);
            // What was tampered with is no longer ours, and would stay as it is: it is repaired first.
            for (const verb of ["Set", "Remove"]) {
                const { ok, error } = await host.call(verb, document);
                if (!ok) throw new StepFailure(`${name}: ${id} could not be put back: ${error.code}: ${error.message}`);
            }
        }
        // There were none before, and those of values that are put back say nothing more.
        await deleteFromRegistry(exec, records);
        const { exitCode, stderr } = module === null ? { exitCode: 0 } : await host.uninstall();
        if (exitCode !== 0) throw new StepFailure(`The module could not be removed from ${name}: ${stderr.trim()}`);
    };

    return {
        close,
        /** Says what the server is. Throws where it could not be left as it was. */
        async examine() {
            const { facts, module } = await host.observe({});
            if (!facts.elevated) throw refuse(`the account ${facts.user} has no elevated token; use one of the Administrators group.`);
            const left = module !== null || (await query(records)).exitCode === 0;
            const killed = left && (await isOwn());
            if (killed) await takeAway();
            else if (left) {
                const wayOut = "If none does, run Uninstall-HybridIdentity there; it says so where values are still managed.";
                throw refuse(`a stack manages it, or left the module HybridIdentity or ${records} there. ${wayOut}`);
            }
            // One after the other: the SSH server of Windows runs at most ten commands of one connection at a time.
            missing = [];
            for (const key of made) if ((await query(key)).exitCode !== 0) missing.push(key);
            before = await look();
            const healed = killed ? "An npm start that was killed had left this server changed. Its values were put back first.\n" : "";
            return `${healed}${facts.computerName}: ${facts.osName} (build ${facts.osBuild}), PowerShell ${facts.powershell}, as ${facts.user}`;
        },
        tamper: ({ key, name: value, type, data }) => (type ? addValue(exec, key, value, type, data) : deleteFromRegistry(exec, key, value)),
        /** By the host's own records: state may not know what a run did that failed. Does nothing where nothing was looked at. */
        async putBack() {
            if (before === undefined) return;
            await takeAway();
            for (const key of missing) {
                // An empty key is shown as its own name, or not at all.
                const { stdout } = await query(key);
                if (stdout.trim().split("\n").length === 1) await deleteFromRegistry(exec, key);
            }
            if ((await look()) !== before) throw new StepFailure(`${name} is not as it was. Look at ${written.join(", ")}.`);
        },
    };
}
