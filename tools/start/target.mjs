import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

const usage = `Usage: npm start                     in the lab, which it starts and stops
       npm start -- --host HOST [--port 22] --user USER --key FILE --host-key "ssh-ed25519 AAAA..." [--powershell pwsh.exe]
                                     on a Windows server that no stack manages; it is left as it was`;

/**
 * The Windows server that a command line names, with the options of `npm run conformance`; undefined where it names none.
 * @param {string[]} args
 * @throws {Error} for a wrong command line, with the usage
 */
export function readTarget(args) {
    try {
        return targetOf(args);
    } catch (error) {
        throw new Error(`${error.message}\n\n${usage}`);
    }
}

function targetOf(args) {
    const text = { type: "string" };
    const options = { host: text, port: text, user: text, key: text, "host-key": text, powershell: text };
    const { values } = parseArgs({ args, options });
    if (args.length === 0) return undefined;
    const { host, user, key, port = "22", powershell = "powershell.exe" } = values;
    const missing = ["host", "user", "key", "host-key"].filter((name) => !values[name]);
    if (missing.length > 0) throw new Error(`${missing.map((name) => `--${name}`).join(", ")}: missing.`);
    if (!/^[0-9]+$/.test(port) || port < 1 || port > 65535) throw new Error(`--port: expected 1 to 65535; received "${port}".`);
    if (!existsSync(key)) throw new Error(`--key: there is no file ${key}.`);
    return { host, port: Number(port), user, keyFile: resolve(key), hostKey: values["host-key"], powershell };
}
