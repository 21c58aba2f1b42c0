import { show } from "../drift/show";
import type { Problem } from "../drift/types";
import { isFailure, keyEncryption, parseHostKey, parsePrivateKey } from "./keys";
import type { Connection } from "./types";

/**
 * Every problem of a connection at once, before anything is dialled; empty when there is none. Passwords and private keys are never
 * echoed.
 */
export function checkConnection(connection: Connection): Problem[] {
    const problems: Problem[] = [];
    checkMember(connection, "", problems);
    if (connection.proxy !== undefined) {
        checkMember(connection.proxy, "proxy.", problems);
        if (connection.proxy.proxy !== undefined) {
            problems.push({
                property: "proxy.proxy",
                message: "only one jump host is possible; received a second one. Name a jump host that reaches the host directly",
            });
        }
    }
    return problems;
}

function checkMember(connection: Connection, path: string, problems: Problem[]): void {
    const add = (property: keyof Connection, message: string) => problems.push({ property: `${path}${property}`, message });
    // Plain JavaScript and stack configuration can hand over anything.
    const { host, port, user, hostKey } = connection as Partial<Connection>;

    // More than one colon is an IPv6 address.
    if (!isText(host) || /[\s/@[\]]|^[^:]*:[^:]*$/.test(host)) {
        add(
            "host",
            `must be a name or an address alone, without user or port; received ${shown(host)}. Use the members user and port for these`,
        );
    }
    if (!isText(user) || /[\x00-\x1f\x7f]/.test(user)) {
        add("user", `must be the name to log on with, for example "CONTOSO\\svc-pulumi" or "administrator"; received ${shown(user)}`);
    }
    if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65535)) {
        add("port", `must be a whole number from 1 to 65535; received ${show(port)}. Leave it out for 22`);
    }
    if (!isText(hostKey)) {
        add(
            "hostKey",
            `is required and must be an OpenSSH public key line ("ssh-ed25519 AAAA..."); received ${shown(hostKey)}. ${whyHostKey}`,
        );
    } else {
        try {
            parseHostKey(hostKey);
        } catch (error) {
            add("hostKey", (error as Error).message);
        }
    }
    checkCredential(connection, add);
}

function checkCredential(connection: Connection, add: (property: keyof Connection, message: string) => void): void {
    const { password, privateKey, privateKeyPassword } = connection;
    const odd = (["password", "privateKey", "privateKeyPassword"] as const).filter((one) => connection[one] !== undefined && typeof connection[one] !== "string");
    if (odd.length > 0) {
        odd.forEach((one) => add(one, "must be a text; received something else"));
        return;
    }
    const empty = (["password", "privateKey"] as const).filter((one) => typeof connection[one] === "string" && !isText(connection[one]));
    if (empty.length > 0 && !isText(password) && !isText(privateKey)) {
        empty.forEach((one) => add(one, "is empty: what it comes from has nothing, a setting or a variable"));
        return;
    }
    if (isText(password) === isText(privateKey)) {
        const which = isText(password) ? "both" : "neither";
        add("privateKey", `exactly one of password and privateKey is needed; received ${which}. A private key is advised`);
    }
    if (!isText(privateKey)) {
        return;
    }
    if (/^PuTTY-User-Key-File/.test(privateKey.trim())) {
        add(
            "privateKey",
            'is in PuTTY\'s format, which not every part of this library reads. Export it with PuTTYgen: Conversions, "Export OpenSSH key"',
        );
        return;
    }
    const key = parsePrivateKey(privateKey, privateKeyPassword);
    if (!isFailure(key)) {
        if (!key.isPrivateKey()) {
            add("privateKey", "is a public key; give the text of the file without .pub");
            return;
        }
        checkEncryption(privateKey, privateKeyPassword, add);
    } else if (/no passphrase given/.test(key.message)) {
        add("privateKeyPassword", "is needed, because the private key is encrypted; received none");
    } else if (/bad passphrase/i.test(key.message)) {
        add("privateKeyPassword", "does not open the private key. Check that both belong together");
    } else {
        add(
            "privateKey",
            "could not be read: it must be the whole text of a key file in OpenSSH format or in an RSA or EC PEM format, not a path. " +
                '"ssh-keygen -p -f FILE" rewrites a key in OpenSSH format',
        );
    }
}

/** What the command plugin would not read, so that looking does not promise what enforcing cannot keep. */
function checkEncryption(
    privateKey: string,
    passphrase: string | undefined,
    add: (property: keyof Connection, message: string) => void,
): void {
    const cipher = keyEncryption(privateKey);
    if (cipher === "none" && passphrase !== undefined) {
        add("privateKeyPassword", "is given, but the private key is not encrypted, and the command plugin fails over that. Leave it out");
    } else if (!["none", "pem", "aes256-ctr", "aes256-cbc"].includes(cipher)) {
        add(
            "privateKey",
            `is encrypted with ${cipher}, which the command plugin does not read, only aes256-ctr and aes256-cbc. ` +
                '"ssh-keygen -p -Z aes256-ctr -f FILE" rewrites it',
        );
    }
}

function isText(value: unknown): value is string {
    return typeof value === "string" && value.trim() !== "";
}

function shown(value: unknown): string {
    return value === undefined ? "nothing" : show(value, 120);
}

const whyHostKey = "It proves that the host is the one meant, and there is no way to turn this off";
