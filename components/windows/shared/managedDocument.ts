import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { checkDeclaration } from "../../../drift/document";
import { show } from "../../../drift/show";
import { Declaration, Drifted, Problem, ValueTree } from "../../../drift/types";
import { removeCommand, setCommand } from "../../../remote/commands";
import { Mode, OnDestroy } from "../../choices";
import { Check, checkArgs, checkName, Checks, choice, flag, listOf, plain, text } from "../../internal/checkArgs";
import { isPlain, secretPaths, settled } from "../../internal/inputs";
import { problemText, reporter, throwProblems } from "../../internal/report";
import type { Host } from "../host";
import { DocumentSpec, Outcome } from "../host/documentSpec";
import { commandConnection, commandDefaults, commandTimeouts, hostInternals, isHost, keepAudited, keepUnless, previousCommand, urnOf } from "../host/hostInternals";
import { HostRun } from "../host/hostRun";
import { Result, resultOf } from "./result";

/** Arguments that every component for a Windows host has. */
export interface DocumentArgs {
    /** The host that the values are on. */
    host: Host;
    /** Id of the document on the host, `[a-z0-9-]{1,64}`, unique for the host. Default: the component's name in lower case, with `-` for other characters. Keep it when the component is renamed. */
    document?: string;
    /** `enforce` repairs drift in `pulumi up`; `audit` only reports it, installs nothing and writes nothing. Default `enforce`. */
    mode?: Mode;
    /** With `audit`: drift ends the run with an error. Default false. */
    failOnDrift?: boolean;
    /** What becomes of the values when the component is removed: `retain` leaves them, `restore` puts back what was there before. Default `retain`. */
    onDestroy?: OnDestroy;
    /** Services that read these values when they start; those that started before the last change are named in `restartPending`. Default none. */
    restartServices?: string[];
}

/** Checks for these arguments. */
export const documentChecks: Checks<DocumentArgs> = {
    host: (value, at) => (isHost(value) ? [] : [{ property: at, message: notHost(value) }]),
    document: plain(text),
    mode: choice(Mode),
    failOnDrift: plain(flag),
    onDestroy: choice(OnDestroy),
    restartServices: plain(listOf(text)),
};

/** What is the same for all components of one class. */
export interface DocumentKind<Args extends DocumentArgs> {
    /** The class, for messages. */
    type: string;
    /** A check for the shape of every argument. */
    checks: Checks<Args>;
    /** Called with arguments of the right shape. */
    plannerFor(args: Args): DocumentPlanner;
}

/** What a component says of its document. */
export interface DocumentPlanner {
    /** Inputs of the component that may be outputs and that decide about values. A secret among them is refused. */
    inputs: Record<string, unknown>;
    /** What can be checked before the host is asked; called with `inputs` when they are plain, and again when they are resolved. */
    check(inputs: any): { problems: Problem[]; desired: ValueTree; reads: Record<string, string[]> };
    /** What is desired once the host has answered. */
    decide(inputs: any, observed: Parameters<DocumentSpec["desired"]>[0]): ReturnType<DocumentSpec["desired"]>;
    /** Whether a change is in force only after a reboot. */
    needsReboot: boolean;
}

/** Outputs that every component for a Windows host has. */
export interface DocumentOutputs {
    state: pulumi.Output<string>;
    drift: pulumi.Output<Record<string, Drifted>>;
    repaired: pulumi.Output<Record<string, Drifted>>;
    hostName: pulumi.Output<string>;
    rebootPending: pulumi.Output<boolean | string>;
    restartPending: pulumi.Output<string[]>;
    /** Not for users: how the next run knows what the removal of the component would do. */
    onRemoval: pulumi.Output<OnDestroy>;
    outcome: pulumi.Output<Outcome>;
}

/** Everything that can be refused is refused here, before the component is registered. */
export function checkDocument<Args extends DocumentArgs>(name: string, args: Args, kind: DocumentKind<Args>): void {
    const shape = [...checkName(name), ...checkArgs<Args>(args, kind.checks)];
    const run = isHost(args?.host) ? hostInternals(args.host).run : undefined;
    const problems = shape.length > 0 ? shape : checkMeaning(name, args, kind, run!);
    if (problems.length > 0) {
        run?.refuse();
    }
    throwProblems(kind.type, name, problems);
}

function checkMeaning<Args extends DocumentArgs>(name: string, args: Args, kind: DocumentKind<Args>, run: HostRun): Problem[] {
    const own = { ...declare(name, args), resource: `${kind.type} "${name}"`, desired: {} };
    const problems = checkId(own, args);
    if (args.failOnDrift && args.mode !== Mode.audit) {
        problems.push({ property: "failOnDrift", message: 'has an effect only with mode: "audit", because "enforce" repairs drift; leave it out, or set the mode' });
    }
    const planner = kind.plannerFor(args);
    const checked = isPlain(planner.inputs) ? planner.check(planner.inputs) : undefined;
    problems.push(...(checked?.problems ?? []));
    problems.push(...run.claim(own.id, checked && problems.length === 0 ? { ...own, desired: checked.desired } : undefined));
    return problems;
}

/** Observes the document and, unless it is only audited, registers the command that enforces it. */
export function manageDocument<Args extends DocumentArgs>(component: pulumi.ComponentResource, name: string, args: Args, kind: DocumentKind<Args>): DocumentOutputs {
    const host = hostInternals(args.host);
    const planner = kind.plannerFor(args);
    const outcome = pulumi.unsecret(
        pulumi.all([host.observing, pulumi.output(planner.inputs), secretsIn(planner.inputs)]).apply(async ([connection, inputs, secrets]) => {
            const problems = secrets.length > 0 ? secrets : checkKnown(inputs, kind, planner);
            if (problems.length > 0) {
                return host.run.refuseDocument(problemText(kind.type, name, problems), { ...declare(name, args), resource: await urnOf(component) });
            }
            return host.run.plan(connection, {
                declaration: { ...declare(name, args), audited: args.mode === "audit" },
                resource: urnOf(component),
                reads: planner.check(inputs).reads,
                services: args.restartServices ?? [],
                enforce: args.mode !== "audit",
                desired: (observed) => planner.decide(inputs, observed),
            });
        }),
    );
    const audited = args.mode === "audit";
    host.components.push({ resource: component, urn: urnOf(component), ...(audited ? {} : { command: commandName(name, args) }) });
    const kept = audited ? keepAudited(args.host, component, settled(outcome)) : undefined;
    void settled(outcome).then((decided) => decided ?? host.run.notAsked(declare(name, args).id), () => undefined);
    const stdout = audited ? undefined : enforce(component, name, args, outcome).stdout;
    // A preview must not wait for what only an update can tell.
    const reply = pulumi.runtime.isDryRun() ? pulumi.output<string | undefined>(undefined) : pulumi.output(stdout);
    const result = pulumi.all([outcome, reply]).apply(([decided, text]) => resultOf(decided, text, args.restartServices ?? [], planner.needsReboot));
    const { id: document, onDestroy } = declare(name, args);
    const finish = (one?: Result) => host.run.finish(one && { document, reboot: one.rebootPending, restart: one.restartPending });
    void settled(result).then(finish, () => finish());
    result.apply((one) => {
        one.warnings.filter((warning) => !host.said.has(warning)).forEach((warning) => {
            host.said.add(warning);
            reporter.warn(`${host.name}: ${warning}`, component);
        });
        if (one.failure !== undefined) {
            reporter.fail(`${kind.type} "${name}" on host "${host.name}": ${one.failure}`);
        } else if (args.failOnDrift && audited && Object.keys(one.drift).length > 0) {
            const { length } = Object.keys(one.drift);
            const count = length === 1 ? "1 drifted value" : `${length} drifted values`;
            reporter.fail(`${kind.type} "${name}" on host "${host.name}": ${count}, and "failOnDrift" is set`);
        }
    });
    return {
        state: result.apply((one) => one.state),
        drift: result.apply((one) => one.drift),
        repaired: result.apply((one) => one.repaired),
        hostName: pulumi.output(host.name),
        rebootPending: result.apply((one) => one.rebootPending),
        restartPending: result.apply((one) => one.restartPending),
        // An audit leaves everything, removed or not; it is over once what is in state was registered again.
        onRemoval: pulumi.output(kept ? kept.then((): OnDestroy => "retain") : host.retired ? "retain" : onDestroy),
        outcome,
    };
}

function enforce(component: pulumi.Resource, name: string, args: DocumentArgs, outcome: pulumi.Output<Outcome>): command.remote.Command {
    const host = hostInternals(args.host);
    const { onDestroy } = declare(name, args);
    const planned = settled(outcome.apply((decided) => decided.kind === "planned"));
    const called = commandName(name, args);
    const resource = new command.remote.Command(
        called,
        {
            connection: commandConnection(host),
            create: setCommand(host.executable),
            update: setCommand(host.executable),
            ...(onDestroy === "restore" ? { delete: removeCommand(host.executable) } : {}),
            stdin: outcome.apply((decided) => (decided.kind === "planned" ? decided.plan.stdin : decided.stdin)),
            ...commandDefaults,
        },
        {
            parent: component,
            dependsOn: previousCommand(args.host),
            retainOnDelete: onDestroy === "retain" || host.retired,
            deleteBeforeReplace: true,
            customTimeouts: commandTimeouts,
            ...keepUnless(host, called, planned),
        },
    );
    host.last = resource;
    return resource;
}

/** See `isOfHost`. */
function commandName(name: string, args: DocumentArgs): string {
    return `${name}-${hostInternals(args.host).name}-${declare(name, args).id}`;
}

/** What was an output when the program was built, once it is known. */
function checkKnown<Args extends DocumentArgs>(inputs: Record<string, unknown>, kind: DocumentKind<Args>, planner: DocumentPlanner): Problem[] {
    const checks = kind.checks as Checks;
    const shape = checkArgs(inputs, Object.fromEntries(Object.keys(inputs).map((name): [string, Check] => [name, checks[name]!])));
    return shape.length > 0 ? shape : planner.check(inputs).problems;
}

function notHost(value: unknown): string {
    const received = value === undefined ? "nothing" : `${show(value)}, which is none of this library`;
    return `must be the windows.Host that the values are on, the object that "new windows.Host(...)" gave; received ${received}`;
}

function declare(name: string, args: DocumentArgs): Pick<Declaration, "id" | "kind" | "onDestroy"> {
    return { id: args.document ?? name.toLowerCase().replace(/[^a-z0-9-]+/g, "-"), kind: "registry", onDestroy: args.onDestroy ?? "retain" };
}

function checkId(declaration: Declaration, args: DocumentArgs): Problem[] {
    const problems = checkDeclaration({ ...declaration, onDestroy: "retain" });
    const derived = ' It is made of the component\'s name; give the argument "document".';
    return problems.map(({ message }) => (args.document === undefined ? { property: "name", message: message + derived } : { property: "document", message }));
}

async function secretsIn(inputs: Record<string, unknown>): Promise<Problem[]> {
    const paths = await Promise.all(Object.entries(inputs).map(([property, value]) => secretPaths(property, value)));
    return paths.flat().map((property) => ({
        property,
        message: "is a secret; the host's records, previews and the state show every value of a document, so a secret cannot be one: leave it out or unwrap it if it is none",
    }));
}
