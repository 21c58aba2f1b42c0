import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { checkExecutable } from "../remote/commands";
import { checkConnection } from "../remote/checkConnection";
import type { Connection } from "../remote/types";
import { readHosts, type ListedHost } from "./hostsFile";

/** A mistake of whoever wrote the command line. */
export class UsageError extends Error {}

/** A host to look at, and how. */
export interface Target extends Omit<Connection, "hostKey" | "proxy"> {
    port: number;
    /** Undefined: nobody has said yet which one is right. */
    hostKey?: string;
    powershell?: string;
    preinstalled: boolean;
}

export interface LookArguments {
    targets: Target[];
    /** Whether a list was given, which makes a table. */
    several: boolean;
    /** Take whatever host key is shown. */
    pin: boolean;
    json: boolean;
}

export interface AdoptArguments {
    target: Target;
    pin: boolean;
    /** A file that is not there yet; undefined for stdout. */
    to?: string;
}

export interface PrepareArguments {
    user?: string;
    /** As of `AdoptArguments`. */
    to?: string;
    /** Text of the file. */
    publicKey?: string;
}

export interface ReportArguments {
    stack: string;
    /** Folder of report.md, report.json and report.html. */
    out?: string;
    /** File for the comment of a pull request. */
    comment?: string;
    /** Folder of a policy pack that the preview has to pass. */
    policyPack?: string;
    /** File with settings in place of the stack's own. */
    configFile?: string;
}

const connecting = {
    host: { type: "string" },
    port: { type: "string" },
    user: { type: "string" },
    key: { type: "string" },
    "host-key": { type: "string" },
    pin: { type: "boolean" },
    powershell: { type: "string" },
    preinstalled: { type: "boolean" },
} as const;

type Given = { [option in "host" | "hosts" | "port" | "user" | "key" | "host-key" | "powershell"]?: string } & { [option in "pin" | "preinstalled" | "json"]?: boolean };

/** Throws UsageError that names option, rule and what was received. */
export function lookArguments(args: string[], env = process.env): LookArguments {
    return targetsOf(parsed(args, { ...connecting, hosts: { type: "string" }, json: { type: "boolean" } } as const), env);
}

function targetsOf(values: Given, env: NodeJS.ProcessEnv): LookArguments {
    if ((values.host === undefined) === (values.hosts === undefined)) {
        throw new UsageError(`exactly one of --host and --hosts is needed; received ${values.host === undefined ? "neither" : "both"}`);
    }
    if (values.hosts !== undefined && values["host-key"] !== undefined) {
        throw new UsageError("--host-key is that of one host: with --hosts give each its own in the file, behind its name");
    }
    const list: ListedHost[] = values.hosts === undefined ? [{ host: values.host! }] : hostsIn(values.hosts);
    const common = { user: values.user, powershell: values.powershell, preinstalled: values.preinstalled ?? false, hostKey: values["host-key"] };
    const port = values.port === undefined ? 22 : Number(values.port);
    const credential = credentialOf(values.key, env);
    if (values.hosts !== undefined && credential.password !== undefined) {
        throw new UsageError("--hosts needs --key: one wrong password at every host would lock the account");
    }
    const targets = list.map((one) => checkedTarget({ port, ...common, ...one, ...credential }));
    return { targets, several: values.hosts !== undefined, pin: values.pin ?? false, json: values.json ?? false };
}

/** Throws as `lookArguments` does. */
export function adoptArguments(args: string[], env = process.env): AdoptArguments {
    const { to, ...values } = parsed(args, { ...connecting, to: { type: "string" } } as const);
    const { targets, pin } = targetsOf(values, env);
    return { target: targets[0]!, pin, to };
}

/** Throws as `lookArguments` does. */
export function prepareArguments(args: string[]): PrepareArguments {
    const { user, to, "public-key": file } = parsed(args, { user: { type: "string" }, to: { type: "string" }, "public-key": { type: "string" } } as const);
    return { user, to, ...(file === undefined ? {} : { publicKey: textOf("--public-key", file) }) };
}

/** Throws as `lookArguments` does. */
export function reportArguments(args: string[]): ReportArguments {
    const { stack, ...files } = parsed(args, { stack: { type: "string" }, out: { type: "string" }, comment: { type: "string" }, "policy-pack": { type: "string" }, "config-file": { type: "string" } } as const);
    if (stack === undefined) {
        throw new UsageError('--stack is needed: the one to look at, such as "prod"');
    }
    const empty = Object.entries({ stack, ...files }).find(([, value]) => value === "");
    if (empty !== undefined) {
        throw new UsageError(`--${empty[0]}: must not be empty`);
    }
    const { "policy-pack": policyPack, "config-file": configFile, ...written } = files;
    return { stack, ...written, ...(policyPack === undefined ? {} : { policyPack }), ...(configFile === undefined ? {} : { configFile }) };
}

/** Never from the command line, where every process of the machine can read it. */
function credentialOf(file: string | undefined, env: NodeJS.ProcessEnv): Pick<Connection, "password" | "privateKey" | "privateKeyPassword"> {
    const { HYBRID_IDENTITY_PASSWORD: password, HYBRID_IDENTITY_KEY_PASSPHRASE: privateKeyPassword } = env;
    if (file === undefined && password === undefined) {
        throw new UsageError("--key is needed: the file with the private key (or the password in the variable HYBRID_IDENTITY_PASSWORD)");
    }
    return file === undefined ? { password } : { privateKey: textOf("--key", file), ...(privateKeyPassword === undefined ? {} : { privateKeyPassword }) };
}

const options: Record<string, string> = { host: "--host", port: "--port", user: "--user", hostKey: "--host-key", privateKey: "--key", password: "HYBRID_IDENTITY_PASSWORD", privateKeyPassword: "HYBRID_IDENTITY_KEY_PASSPHRASE" };

function checkedTarget({ user, ...target }: Omit<Target, "user"> & { user: string | undefined }): Target {
    if (user === undefined) {
        throw new UsageError('--user is needed: the account to log on with, such as "CONTOSO\\svc-pulumi"');
    }
    const { hostKey } = target;
    // One that nobody has given yet is asked for later.
    const problems = checkConnection({ ...target, user, hostKey: hostKey ?? "" }).filter(({ property }) => hostKey !== undefined || property !== "hostKey");
    const bad = target.powershell === undefined ? undefined : checkExecutable(target.powershell);
    const said = [...problems.map(({ property, message }) => `${options[property]}: ${message}`), ...(bad === undefined ? [] : [`--powershell: ${bad}`])];
    if (said.length > 0) {
        throw new UsageError(said.join("\n"));
    }
    return { ...target, user };
}

function hostsIn(file: string): ListedHost[] {
    const { hosts, problems } = readHosts(textOf("--hosts", file));
    if (problems.length > 0) {
        throw new UsageError(problems.map((one) => `${file}: ${one}`).join("\n"));
    }
    return hosts;
}

function textOf(option: string, file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        throw new UsageError(`${option}: ${JSON.stringify(file)} could not be read (${(error as NodeJS.ErrnoException).code}). Name a file that is there and that you may read`);
    }
}

function parsed<T extends NonNullable<Parameters<typeof parseArgs>[0]>["options"]>(args: string[], taken: T) {
    try {
        return parseArgs({ args, options: taken, strict: true, allowPositionals: false }).values;
    } catch (error) {
        throw new UsageError((error as Error).message);
    }
}

/** Prints a text, or makes a file of it: what PowerShell 5.1 redirects is UTF-16, which Node does not read. Throws UsageError where the file is there already. */
export function write(text: string, to: string | undefined): void {
    if (to === undefined) {
        process.stdout.write(text);
        return;
    }
    try {
        writeFileSync(to, text, { flag: "wx" });
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new UsageError(`--to: ${JSON.stringify(to)} ${code === "EEXIST" ? "is there already, and is not overwritten" : `could not be written (${code})`}. Name a file that is not there yet, in a folder that is`);
    }
}
