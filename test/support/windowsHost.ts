import { readFileSync } from "node:fs";
import { parseHostKey } from "../../remote/keys";

const variable = "HYBRID_IDENTITY_WINDOWS_HOST";
const example = '{"host":"mim01","port":22,"user":"Administrator","privateKeyFile":"/home/me/.ssh/id_ed25519","hostKey":"ssh-ed25519 AAAA..."}';

/** A Windows host that is reached over SSH, and on which tests may write. */
export interface WindowsHost {
    host: string;
    /** Default 22. */
    port: number;
    user: string;
    /** Without a passphrase. */
    privateKeyFile: string;
    /** The host's public key, `ssh-ed25519 AAAA...`. */
    hostKey: string;
    /** `powershell.exe` (the default of all who use this) or `pwsh.exe`. */
    powershell?: string;
}

/** Why `windowsHost()` gives none: the reason to skip a test with. */
export const noWindowsHost = `no Windows host: ${variable} names none, and npm test starts one only where it can`;

/** The host that the environment names. Throws where it names one in a form that is wrong, with everything that is wrong with it. */
export function windowsHost(text = process.env[variable]): WindowsHost | undefined {
    if (!text) {
        return undefined;
    }
    const given = { port: 22, ...membersOf(text) };
    const problems = [
        ...Object.keys(given).flatMap(name => (Object.hasOwn(rules, name) ? [] : [`${JSON.stringify(name)} is not known`])),
        ...Object.entries(rules).flatMap(([name, rule]) => rule((given as Record<string, unknown>)[name], name) ?? []),
    ];
    if (problems.length > 0) {
        throw wrong(problems.join("; "));
    }
    return given as WindowsHost;
}

type Rule = (value: unknown, name: string) => string | undefined;

const needed: Rule = (value, name) => (typeof value === "string" && value !== "" ? undefined : `${name} must be a text`);

// What was received is not shown: who mistakes one member for another may have put a private key there.
const rules: Record<keyof WindowsHost, Rule> = {
    host: needed,
    port: value => (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65535 ? undefined : "port must be a number from 1 to 65535"),
    user: needed,
    privateKeyFile: (value, name) => needed(value, name) ?? works(() => readFileSync(value as string), "privateKeyFile is no file that can be read"),
    hostKey: (value, name) =>
        needed(value, name) ?? works(() => parseHostKey(value as string), 'hostKey is no public key line such as "ssh-ed25519 AAAA..."'),
    powershell: (value, name) => (value === undefined ? undefined : needed(value, name)),
};

function works(attempt: () => unknown, problem: string): string | undefined {
    try {
        attempt();
        return undefined;
    } catch {
        return problem;
    }
}

function membersOf(text: string): object {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        throw wrong("it is not JSON (in JSON a backslash is written twice)");
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw wrong("it is not a JSON object");
    }
    return value;
}

function wrong(what: string): Error {
    return new Error(`${variable}: ${what}. It should be like ${example}, port and "powershell":"pwsh.exe" as needed.`);
}
