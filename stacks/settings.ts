import * as pulumi from "@pulumi/pulumi";
import { mim, Mode, OnDestroy, promotion } from "../index";
import { anything, Check, checkArgs, choice, listOf, mapOf, meant, members, needed, number, takes, text } from "../components/internal/checkArgs";
import { ofLibrary, settingNames } from "../components/internal/knownSettings";
import type { Problem } from "../drift/types";
import { Baselines, checkMeaning, Transport } from "./meaning";
import { remedyOf } from "./remedy";
import type { Server } from "./servers";

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
    transport?: Transport;
}

const observer = members({ user: needed(text), privateKeyFile: needed(text) });
const server = members({ address: needed(text), port: number, user: needed(text), privateKeyFile: needed(text), powershell: text, hostKey: needed(text), observe: observer, recordReaders: listOf(text), roles: listOf(text) });
const time = takes("a text in quotes, since YAML makes another text of a date without them", (value) => typeof value === "string" && !value.endsWith(" UTC"));
const exception = members({ setting: needed(text), value: needed(text), reason: needed(text), until: needed(time), hosts: listOf(text) });
const order = members({ from: needed(text), minimumSoak: number, maximumAge: number, override: members({ reason: needed(text), until: needed(time) }) });
const someServers = takes("an object of servers by name, at least one", (value) => typeof value === "object" && value !== null && Object.keys(value).length > 0);

const known: Record<keyof Settings, { check: Check; example: string }> = {
    hosts: { check: needed((value, at) => [...someServers(value, at), ...mapOf(server)(value, at)]), example: "--path hosts.mim01.address mim01.contoso.com" },
    baseline: { check: needed(text), example: "baseline NEWEST" },
    exceptions: { check: listOf(exception), example: "--path 'exceptions[0].setting' \"TLS 1.0\"" },
    overdueExceptions: { check: choice({ fail: "fail", warn: "warn" }), example: "overdueExceptions fail" },
    promotion: { check: order, example: "--path promotion.from test" },
    mode: { check: choice(Mode), example: "mode enforce" },
    auditReason: { check: text, example: 'auditReason "is replaced in May"' },
    onDestroy: { check: choice(OnDestroy), example: "onDestroy retain" },
    mail: { check: mapOf(anything), example: "--path mail.server mim01" },
    transport: { check: members({ server: needed(text), tlsName: text, certificate: text, connectors: listOf(text), remove: text }), example: "--path transport.server exch01" },
};

/**
 * The stack's settings, checked.
 * @throws RunError naming every problem, each with the key and a line that sets it
 */
export function readSettings(baselines: Baselines): Settings {
    const config = new pulumi.Config();
    const given = Object.fromEntries(Object.keys(known).map((name) => [name, read(config, name)]));
    const shape = checkArgs(given, Object.fromEntries(Object.entries(known).map(([name, { check }]) => [name, check])));
    const found = [...shape, ...elsewhere(shape, checkMeaning(given, baselines))];
    const newest = Object.keys(baselines).sort().at(-1)!;
    const problems = Object.entries(known).flatMap(([name, { example }]) =>
        found.filter(({ property }) => property.split(/[.[]/)[0] === name).map((one) => `${config.name}:${one.property}: ${one.message}. ${remedyOf(one, example.replace("NEWEST", newest))}`),
    );
    // One that nobody reads would be taken for one that holds: without `promotion` there is no gate.
    const strange = settingNames().filter((name) => !(name in known) && !ofLibrary.includes(name));
    problems.push(...strange.map((name) => `${config.name}:${name}: is not known here${meant(name, Object.keys(known))}. There are ${Object.keys(known).join(", ")}. Take it out: pulumi config rm '${config.name}:${name}'`));
    if (problems.length > 0) {
        throw new pulumi.RunError(["the settings of this stack cannot be used as they are:", ...problems.map((one) => `  ${one}`)].join("\n"));
    }
    return { exceptions: [], overdueExceptions: "fail", mode: Mode.enforce, onDestroy: OnDestroy.retain, ...defined(given) } as unknown as Settings;
}

/** Those of other places: what has a wrong shape is told once. */
function elsewhere(found: Problem[], others: Problem[]): Problem[] {
    const isInside = (one: string, other: string) => one === other || one.startsWith(`${other}[`) || one.startsWith(`${other}.`);
    return others.filter(({ property }) => !found.some((one) => isInside(property, one.property)));
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
