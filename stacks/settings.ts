import * as pulumi from "@pulumi/pulumi";
import { mim, Mode, OnDestroy, promotion } from "../index";
import { anything, Check, checkArgs, choice, listOf, mapOf, meant, members, needed, number, takes, text } from "../components/internal/checkArgs";
import { ofLibrary, settingNames } from "../components/internal/knownSettings";

/** One server of a stack. */
export interface Server {
    address: string;
    port?: number;
    user: string;
    /** The account's private key, relative to the repository. */
    privateKeyFile: string;
    /** Default `powershell.exe`. */
    powershell?: string;
    /** What the server prints as `ssh_host_ed25519_key.pub`. */
    hostKey: string;
    /** What it is, where baselines have something for it. */
    roles?: string[];
    /** An account without administrator rights, used by previews where its key is there. */
    observe?: { user: string; privateKeyFile: string };
    /** Groups that may read the records on the server; that account is in one. */
    recordReaders?: string[];
}

/** All of a MIM Service's mail. */
export interface Mail extends Omit<mim.PortalMailArgs, "host" | "onDestroy"> {
    /** The name of its server in `hosts`. */
    server: string;
}

/** The settings of one stack, as its file has them: stacks/Pulumi.STACK.yaml. A new environment is a new file. */
export interface Settings {
    hosts: Record<string, Server>;
    /** The name of one in stacks/baselines. */
    baseline: string;
    exceptions: promotion.BaselineException[];
    /** What an exception does that is past its day: `fail` (default) ends the run, `warn` goes on. */
    overdueExceptions: "fail" | "warn";
    promotion?: promotion.PromotionOrder;
    mode: Mode;
    /** Why servers are only looked at; the policy pack asks for it in production. */
    auditReason?: string;
    /** What becomes of values on the servers that this program does not declare any more. */
    onDestroy: OnDestroy;
    mail?: Mail;
}

const observer = members({ user: needed(text), privateKeyFile: needed(text) });
const server = members({ address: needed(text), port: number, user: needed(text), privateKeyFile: needed(text), powershell: text, hostKey: needed(text), observe: observer, recordReaders: listOf(text), roles: listOf(text) });
const time = takes("a text in quotes, since YAML makes another text of a date without them", (value) => typeof value === "string" && !value.endsWith(" UTC"));
const exception = members({ setting: needed(text), value: needed(text), reason: needed(text), until: needed(time), hosts: listOf(text) });
const order = members({ from: needed(text), minimumSoak: number, maximumAge: number, override: members({ reason: needed(text), until: needed(time) }) });
const someServers = takes("an object of servers by name, at least one", (value) => typeof value === "object" && value !== null && Object.keys(value).length > 0);

const known: Record<keyof Settings, { check: Check; example: string }> = {
    hosts: { check: needed((value, at) => [...someServers(value, at), ...mapOf(server)(value, at)]), example: '--path "hosts.mim01.address" mim01.contoso.com' },
    baseline: { check: needed(text), example: "baseline 2026-11" },
    exceptions: { check: listOf(exception), example: '--path "exceptions[0].until" 2026-12-31' },
    overdueExceptions: { check: choice({ fail: "fail", warn: "warn" }), example: "overdueExceptions warn" },
    promotion: { check: order, example: "--path promotion.from test" },
    mode: { check: choice(Mode), example: "mode audit" },
    auditReason: { check: text, example: 'auditReason "is replaced in May"' },
    onDestroy: { check: choice(OnDestroy), example: "onDestroy restore" },
    // PortalMail checks the rest, in the same words.
    mail: { check: anything, example: "--path mail.server mim01" },
};

/**
 * The stack's settings, checked.
 * @throws RunError naming every problem, each with the key and a line that sets it
 */
export function readSettings(baselines: string[]): Settings {
    const config = new pulumi.Config();
    const problems: string[] = [];
    const given: Record<string, unknown> = {};
    for (const [name, { check, example }] of Object.entries(known)) {
        given[name] = read(config, name);
        const found = checkArgs({ [name]: given[name] }, { [name]: check });
        const meaning = name === "baseline" && found.length === 0 && !baselines.includes(String(given[name])) ? [{ property: name, message: `must be one of ${baselines.join(", ")}; received "${given[name]}"` }] : [];
        problems.push(...[...found, ...meaning].map((one) => `${config.name}:${one.property}: ${one.message}. ${remedy(one, name, example)}`));
    }
    // One that nobody reads would be taken for one that holds: without `promotion` there is no gate.
    const strange = settingNames().filter((name) => !(name in known) && !ofLibrary.includes(name));
    problems.push(...strange.map((name) => `${config.name}:${name}: is not known here${meant(name, Object.keys(known))}. There are ${Object.keys(known).join(", ")}. Take it out: pulumi config rm '${config.name}:${name}'`));
    const settings = { exceptions: [], overdueExceptions: "fail", mode: Mode.enforce, onDestroy: OnDestroy.retain, ...defined(given) } as unknown as Settings;
    const { mail, hosts } = settings;
    if (mail !== undefined && hosts !== undefined && hosts[mail.server] === undefined) {
        problems.push(`${config.name}:mail.server: must be one of ${Object.keys(hosts).join(", ")}; received "${mail.server}". Set it: pulumi config set ${known.mail.example}`);
    }
    if (problems.length > 0) {
        throw new pulumi.RunError(["the settings of this stack cannot be used as they are:", ...problems.map((one) => `  ${one}`)].join("\n"));
    }
    return settings;
}

/** A line to run. */
function remedy({ property, message }: { property: string; message: string }, name: string, example: string): string {
    if (message.startsWith("is not known here")) {
        return `Take it out: pulumi config rm --path '${property}'`;
    }
    // The first of a list: a text in its place would be a text again.
    const isList = message.startsWith("must be a list");
    return `Set it: pulumi config set ${isList ? `--path '${property}[0]' VALUE` : property === name ? example : `--path '${property}' VALUE`}`;
}

/** A text that is no JSON is a text. */
function read(config: pulumi.Config, name: string): unknown {
    const value = config.get(name);
    try {
        return typeof value === "string" && /^[[{]/.test(value) ? JSON.parse(value) : value;
    } catch {
        return value;
    }
}

function defined(given: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
