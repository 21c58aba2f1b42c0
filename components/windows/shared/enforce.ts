import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { secretLine, type Secrets } from "../../../drift/secretLine";
import { removeCommand, setCommand } from "../../../remote/commands";
import { settled } from "../../internal/inputs";
import { reporter } from "../../internal/report";
import { withoutStack } from "../../internal/withoutStack";
import { Outcome } from "../host/documentSpec";
import { commandConnection, commandDefaults, commandTimeouts } from "../host/commandInputs";
import { hostInternals } from "../host/hostInternals";
import { previousCommand } from "../host/installModule";
import { keepUnless } from "../host/keepUnless";
import { formerCommand } from "../host/renamedHost";
import { declare, DocumentArgs, DocumentPlanner } from "./documentArgs";

/** Registers the command that enforces a document, behind those that the host has already. */
export function enforce(component: pulumi.Resource, name: string, args: DocumentArgs, outcome: pulumi.Output<Outcome>, { secrets, limitSeconds }: DocumentPlanner): command.remote.Command {
    const host = hostInternals(args.host);
    const { id, onDestroy } = declare(name, args);
    const planned = settled(outcome.apply((decided) => decided.kind === "planned"));
    const called = commandName(name, args);
    const former = settled(outcome.apply((decided) => formerCommand(component, called, id, decided, host.connection)));
    void former.then((one) => {
        if (one?.certain === false) {
            reporter.warn(
                `${host.name}: the document "${id}" is here already, and in state it is the command ${one.name}: taken as this host under its former name. ` +
                    "Where that was another machine, what was enforced there stays as it is",
                component,
            );
        }
    }, () => undefined);
    const stdin = outcome.apply((decided) => (decided.kind === "planned" ? decided.plan.stdin : decided.stdin));
    const inputs = {
        connection: commandConnection(host),
        create: setCommand(host.executable),
        ...(onDestroy === "restore" ? { delete: removeCommand(host.executable) } : {}),
        stdin: secrets === undefined ? stdin : pulumi.secret(pulumi.all([stdin, secrets]).apply(([text, known]) => secretLine(known as Secrets) + text)),
        ...commandDefaults,
    };
    const options = {
        parent: component,
        dependsOn: previousCommand(args.host),
        retainOnDelete: onDestroy === "retain" || host.retired,
        deleteBeforeReplace: true,
        // The plugin gives its inputs out again.
        ...(secrets === undefined ? {} : { additionalSecretOutputs: ["stdin"] }),
        customTimeouts: commandTimeouts(limitSeconds),
        ...keepUnless(host, called, planned, planned, former.then((one) => one?.name)),
    };
    const resource = withoutStack(() => new command.remote.Command(called, inputs, options));
    host.last = resource;
    return resource;
}

/** See `isOfHost`. */
export function commandName(name: string, args: DocumentArgs): string {
    return `${name}-${hostInternals(args.host).name}-${declare(name, args).id}`;
}
