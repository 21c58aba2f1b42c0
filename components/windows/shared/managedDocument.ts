import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { checkDeclaration } from "../../../drift/document";
import { Declaration, Drifted, Problem, ValueTree } from "../../../drift/types";
import { removeCommand, setCommand } from "../../../remote/commands";
import { Mode, OnDestroy } from "../../choices";
import { isPlain, oneOf, secretPaths, settled } from "../../internal/inputs";
import { reporter, throwProblems } from "../../internal/report";
import type { Host } from "../host";
import { commandConnection, commandDefaults, commandTimeouts, hostInternals, keepAudited, keepUnless, previousCommand, urnOf } from "../host/hostInternals";
import { DocumentSpec, Outcome } from "../host/hostRun";
import { resultOf } from "./result";

/** Arguments that every component for a Windows host has. */
export interface DocumentArgs {
    /** The host that the values are on. */
    host: Host;
    /** Id of the document on the host, `[a-z0-9-]{1,64}`, unique for the host. Default: the component's name in lower case. Keep it when the component is renamed. */
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

/** What a component says of its document. */
export interface DocumentPlanner {
    /** The component's class, for messages. */
    type: string;
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
    rebootPending: pulumi.Output<boolean>;
    restartPending: pulumi.Output<string[]>;
    /** Not for users: how the next run knows what the removal of the component would do. */
    onRemoval: pulumi.Output<OnDestroy>;
    outcome: pulumi.Output<Outcome>;
}

/** Everything that can be refused is refused here, before the component is registered. */
export function checkDocument(name: string, args: DocumentArgs, planner: DocumentPlanner): void {
    const own = { ...declare(name, args), resource: `${planner.type} "${name}"`, desired: {} };
    const problems = [...oneOf("mode", args.mode, Mode), ...oneOf("onDestroy", args.onDestroy, OnDestroy), ...checkId(own)];
    const checked = isPlain(planner.inputs) ? planner.check(planner.inputs) : undefined;
    problems.push(...(checked?.problems ?? []));
    const { run } = hostInternals(args.host);
    problems.push(...run.claim(own.id, checked && problems.length === 0 ? { ...own, desired: checked.desired } : undefined));
    if (problems.length > 0) {
        run.refuse();
    }
    throwProblems(planner.type, name, problems);
}

/** Observes the document and, unless it is only audited, registers the command that enforces it. */
export function manageDocument(component: pulumi.ComponentResource, name: string, args: DocumentArgs, planner: DocumentPlanner): DocumentOutputs {
    const host = hostInternals(args.host);
    const outcome = pulumi.unsecret(
        pulumi.all([host.observing, pulumi.output(planner.inputs), secretsIn(planner.inputs)]).apply(([connection, inputs, secrets]) => {
            const { problems, reads } = planner.check(inputs);
            throwProblems(planner.type, name, [...secrets, ...problems]);
            return host.run.plan(connection, {
                declaration: { ...declare(name, args), audited: args.mode === "audit" },
                resource: urnOf(component),
                reads,
                services: args.restartServices ?? [],
                desired: (observed) => planner.decide(inputs, observed),
            });
        }),
    );
    const audited = args.mode === "audit";
    host.components.push({ resource: component, urn: urnOf(component), ...(audited ? {} : { command: commandName(name, args) }) });
    const kept = audited ? keepAudited(args.host, component, settled(outcome)) : undefined;
    const stdout = audited ? undefined : enforce(component, name, args, outcome).stdout;
    // A preview must not wait for what only an update can tell.
    const reply = pulumi.runtime.isDryRun() ? pulumi.output<string | undefined>(undefined) : pulumi.output(stdout);
    const result = pulumi.all([outcome, reply]).apply(([decided, text]) => resultOf(decided, text, args.restartServices ?? [], planner.needsReboot));
    result.apply((one) => {
        one.warnings.filter((warning) => !host.said.has(warning)).forEach((warning) => {
            host.said.add(warning);
            reporter.warn(`${host.name}: ${warning}`, component);
        });
        if (one.failure !== undefined) {
            reporter.fail(`${planner.type} "${name}" on host "${host.name}": ${one.failure}`);
        } else if (args.failOnDrift && args.mode === "audit" && Object.keys(one.drift).length > 0) {
            const { length } = Object.keys(one.drift);
            const count = length === 1 ? "1 drifted value" : `${length} drifted values`;
            reporter.fail(`${planner.type} "${name}" on host "${host.name}": ${count}, and "failOnDrift" is set`);
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
        onRemoval: pulumi.output(kept ? kept.then((): OnDestroy => "retain") : host.retired ? "retain" : declare(name, args).onDestroy),
        outcome,
    };
}

function enforce(component: pulumi.Resource, name: string, args: DocumentArgs, outcome: pulumi.Output<Outcome>): command.remote.Command {
    const host = hostInternals(args.host);
    const { onDestroy } = declare(name, args);
    const planned = settled(outcome.apply((decided) => decided.kind === "planned"));
    const resource = new command.remote.Command(
        commandName(name, args),
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
            transforms: [keepUnless(host, planned)],
        },
    );
    host.last = resource;
    return resource;
}

/** See `isOfHost`. */
function commandName(name: string, args: DocumentArgs): string {
    return `${name}-${hostInternals(args.host).name}-${declare(name, args).id}`;
}

function declare(name: string, args: DocumentArgs): Pick<Declaration, "id" | "kind" | "onDestroy"> {
    return { id: args.document ?? name.toLowerCase(), kind: "registry", onDestroy: args.onDestroy ?? "retain" };
}

function checkId(declaration: Declaration): Problem[] {
    return checkDeclaration({ ...declaration, onDestroy: "retain" }).map((one) => ({ ...one, property: "document" }));
}

async function secretsIn(inputs: Record<string, unknown>): Promise<Problem[]> {
    const paths = await Promise.all(Object.entries(inputs).map(([property, value]) => secretPaths(property, value)));
    return paths.flat().map((property) => ({
        property,
        message: "is a secret; the host's records, previews and the state show every value of a document, so a secret cannot be one: leave it out or unwrap it if it is none",
    }));
}
