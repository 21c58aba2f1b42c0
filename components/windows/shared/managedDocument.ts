import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "../../../drift/secretLine";
import { wishedServices } from "../../../drift/restart";
import { Drifted, Observation, Problem } from "../../../drift/types";
import { OnDestroy } from "../../choices";
import { Check, Checks } from "../../internal/checkArgs";
import { checkSound } from "../../internal/checkSound";
import { secretPaths, settled } from "../../internal/inputs";
import { problemText, reporter } from "../../internal/report";
import { urnOf } from "../../internal/stackState";
import { Outcome } from "../host/documentSpec";
import { hostInternals } from "../host/hostInternals";
import { keepAudited } from "../host/keptInState";
import { declare, DocumentArgs, DocumentKind, DocumentPlanner } from "./documentArgs";
import { commandName, enforce } from "./enforce";
import { resultOf } from "./result";

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
    /** See `Result`. */
    certificates: pulumi.Output<Observation["certificates"]>;
    outcome: pulumi.Output<Outcome>;
}

/** Observes the document and, unless it is only audited, registers the command that enforces it. */
export function manageDocument<Args extends DocumentArgs>(component: pulumi.ComponentResource, name: string, args: Args, kind: DocumentKind<Args>): DocumentOutputs {
    const host = hostInternals(args.host);
    const planner = kind.plannerFor(args);
    const readBy = args.restartServices ?? kind.readBy ?? [];
    const outcome = pulumi.unsecret(
        pulumi.all([host.observing, pulumi.output(planner.inputs), secretsIn(planner.inputs)]).apply(async ([connection, inputs, secrets]) => {
            const problems = [...checkKnown(inputs, kind, planner, secrets), ...(await checkSecrets(planner, inputs))];
            if (problems.length > 0) {
                return host.run.refuseDocument(problemText(kind.type, name, problems), { ...declare(name, args), resource: await urnOf(component) });
            }
            return host.run.plan(connection, {
                declaration: { ...declare(name, args), audited: args.mode === "audit", waitSeconds: planner.waitSeconds, limitSeconds: planner.limitSeconds, keepLogs: planner.keepLogs, allowTemporaryTls11: planner.allowTemporaryTls11, readBy, wish: planner.wish, repair: planner.repair?.(inputs) },
                resource: urnOf(component),
                reads: planner.check(inputs).reads,
                services: [...new Set([...readBy, ...(planner.wish ? wishedServices(planner.wish) : [])])],
                products: planner.products,
                certificates: planner.certificates?.(inputs),
                enforce: args.mode !== "audit",
                desired: (observed) => planner.decide(inputs, observed),
            });
        }),
    );
    const audited = args.mode === "audit";
    host.components.push({ resource: component, urn: urnOf(component), ...(audited ? {} : { command: commandName(name, args) }) });
    const kept = audited ? keepAudited(args.host, component, settled(outcome)) : undefined;
    void settled(outcome).then((decided) => decided ?? notKnown(component, name, args), () => undefined);
    const stdout = audited ? undefined : enforce(component, name, args, outcome, planner).stdout;
    // A preview must not wait for what only an update can tell.
    const reply = pulumi.runtime.isDryRun() ? pulumi.output<string | undefined>(undefined) : pulumi.output(stdout);
    const result = pulumi.all([outcome, reply]).apply(([decided, text]) => resultOf(decided, text, readBy, planner.needsReboot));
    const { id: document, onDestroy } = declare(name, args);
    for (const service of planner.wish?.whenNeeded && !audited ? wishedServices(planner.wish) : []) {
        host.run.claims.restarts(service, settled(result).then((one) => one?.restarted ?? [], () => []));
    }
    // Only an update can tell what a component that comes later has restarted, and that component's own is known.
    const restartPending = result.apply(async ({ restartPending: pending }) => (pulumi.runtime.isDryRun() || planner.wish ? pending : host.run.claims.notRestarted(pending)));
    // Why nothing is known of a document that was not planned is said already, and so is why a service has to restart: nothing of its own was written.
    const pending = settled(pulumi.all([outcome, result, restartPending])).then(
        (known) => (known?.[0].kind === "planned" ? { document, audited, reboot: known[1].rebootPending, restart: planner.wish ? [] : known[2] } : undefined),
        () => undefined,
    );
    void pending.then((one) => host.run.finish(one));
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
        restartPending,
        certificates: result.apply((one) => one.certificates),
        // An audit leaves everything, removed or not; it is over once what is in state was registered again.
        onRemoval: pulumi.output(kept ? kept.then((): OnDestroy => "retain") : host.retired ? "retain" : onDestroy),
        outcome,
    };
}

/** In a preview: what a document is made of is made by the update. */
function notKnown(component: pulumi.Resource, name: string, args: DocumentArgs): void {
    const { host, mode, restartServices = [] } = args;
    const { id } = declare(name, args);
    const { run, name: hostName } = hostInternals(host);
    run.notAsked(id);
    if (mode !== "audit" && pulumi.runtime.isDryRun()) {
        const restart = restartServices.length === 0 ? "" : `, and whether ${restartServices.join(", ")} has to restart for it,`;
        reporter.info(`${hostName}: not all that the document "${id}" is made of is known in this preview; what it changes${restart} shows in the update`, component);
    }
}

/** What was an output when the program was built, once it is known; of a secret only that it is one. */
function checkKnown<Args extends DocumentArgs>(inputs: Record<string, unknown>, kind: DocumentKind<Args>, planner: DocumentPlanner, secrets: Problem[]): Problem[] {
    const checks = Object.fromEntries(Object.keys(inputs).map((name): [string, Check] => [name, (kind.checks as Checks)[name]!]));
    return checkSound(inputs, checks, (sound, refused) => planner.check(sound, refused).problems, secrets);
}

/** Of what stays unknown in a preview nothing is said. */
async function checkSecrets({ secrets, checkSecrets: check }: DocumentPlanner, inputs: unknown): Promise<Problem[]> {
    const known = secrets && (await settled(pulumi.output(secrets)));
    return known === undefined ? [] : check!(known as Secrets, inputs);
}

async function secretsIn(inputs: Record<string, unknown>): Promise<Problem[]> {
    const paths = await Promise.all(Object.entries(inputs).map(([property, value]) => secretPaths(property, value)));
    return paths.flat().map((property) => ({
        property,
        message: "is a secret; the host's records, previews and the state show every value of a document, so a secret cannot be one: leave it out or unwrap it if it is none",
    }));
}
