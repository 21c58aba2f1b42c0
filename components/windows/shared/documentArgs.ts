import * as pulumi from "@pulumi/pulumi";
import { checkDeclaration } from "../../../drift/document";
import { show } from "../../../drift/show";
import type { Secrets } from "../../../drift/secretLine";
import { CertificateRepair, Declaration, Problem, RestartWish, ValueTree } from "../../../drift/types";
import { Mode, OnDestroy } from "../../choices";
import { checkName, Checks, choice, flag, listOf, plain, text } from "../../internal/checkArgs";
import { checkSound } from "../../internal/checkSound";
import { serviceName } from "../../internal/formats";
import { isPlain } from "../../internal/inputs";
import { throwProblems } from "../../internal/report";
import type { Host } from "../host";
import { DocumentSpec } from "../host/documentSpec";
import { hostInternals, isHost } from "../host/hostInternals";
import { HostRun } from "../host/hostRun";

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
    restartServices: plain(listOf(serviceName)),
};

/** What is the same for all components of one class. */
export interface DocumentKind<Args extends DocumentArgs> {
    /** The class, for messages. */
    type: string;
    /** A check for the shape of every argument. */
    checks: Checks<Args>;
    /** Services that read its values, whatever the arguments say. */
    readBy?: string[];
    /** Called with arguments of the right shape; those of another one are left out, the host too. */
    plannerFor(args: Args): DocumentPlanner;
}

/** Whether every change is in force only after a reboot; or where the host tells when one last needed that. */
export type NeedsReboot = boolean | { key: string; name: string };

/** What a component says of its document. */
export interface DocumentPlanner {
    /** Inputs of the component that may be outputs and that decide about values. A secret among them is refused. */
    inputs: Record<string, unknown>;
    /** What can be checked before the host is asked; called with `inputs` when they are plain, and again when they are resolved. What is refused already is left out. */
    check(inputs: any, refused?: ReadonlySet<string>): { problems: Problem[]; desired: ValueTree; reads: Record<string, string[]> };
    /** What is desired once the host has answered. */
    decide(inputs: any, observed: Parameters<DocumentSpec["desired"]>[0]): ReturnType<DocumentSpec["desired"]>;
    needsReboot: NeedsReboot;
    /** See `Declaration`. */
    waitSeconds?: number;
    limitSeconds?: number;
    keepLogs?: number;
    allowTemporaryTls11?: boolean;
    wish?: RestartWish;
    /** What may be done to the certificate of a connector; called with `inputs` once they are known. */
    repair?(inputs: any): CertificateRepair;
    /** Installed products that decide about values. */
    products?: string[];
    /** TLS names whose certificates decide about values; called with `inputs` once they are known. */
    certificates?(inputs: any): string[];
    /** What goes to the host before the document, and into no record. */
    secrets?: { [name in keyof Secrets]: pulumi.Input<NonNullable<Secrets[name]>> | undefined };
    /** Called once they are known, whatever they and `inputs` are. Messages may not show them. */
    checkSecrets?(secrets: Secrets, inputs: any): Problem[];
}

/** What the arguments say of the document, apart from its values. */
export function declare(name: string, args: DocumentArgs): Pick<Declaration, "id" | "kind" | "onDestroy"> {
    return { id: args.document ?? name.toLowerCase().replace(/[^a-z0-9-]+/g, "-"), kind: "registry", onDestroy: args.onDestroy ?? "retain" };
}

/** Everything that can be refused is refused here, before the component is registered. */
export function checkDocument<Args extends DocumentArgs>(name: string, args: Args, kind: DocumentKind<Args>): void {
    const run = isHost(args?.host) ? hostInternals(args.host).run : undefined;
    const named = checkName(name);
    const meaning = (sound: Args, refused: ReadonlySet<string>) => (named.length > 0 ? [] : checkMeaning(name, sound, kind, run, refused));
    const problems = [...named, ...checkSound<Args>(args, kind.checks, meaning)];
    if (problems.length > 0) {
        run?.refuse();
    }
    throwProblems(kind.type, name, problems);
}

function checkMeaning<Args extends DocumentArgs>(name: string, args: Args, kind: DocumentKind<Args>, run: HostRun | undefined, refused: ReadonlySet<string>): Problem[] {
    const own = { ...declare(name, args), resource: `${kind.type} "${name}"`, desired: {} };
    const problems = [...(refused.has("document") ? [] : checkId(own, args)), ...(refused.has("mode") ? [] : checkFailOnDrift(args))];
    const planner = kind.plannerFor(args);
    const inputs = Object.fromEntries(Object.entries(planner.inputs).filter(([argument]) => args[argument as keyof Args] !== undefined || !refused.has(argument)));
    const checked = isPlain(inputs) ? planner.check(inputs, refused) : undefined;
    problems.push(...(checked?.problems ?? []));
    const declaration = checked && problems.length === 0 ? { ...own, desired: checked.desired } : undefined;
    const readBy = args.restartServices ?? kind.readBy;
    problems.push(...(run?.claims.check(own.id, declaration, readBy, kind.readBy ? "restart" : "restartServices") ?? []));
    if (problems.length + refused.size === 0) {
        run?.claims.take(own.id, declaration, args.mode === Mode.audit ? [] : readBy);
    }
    return problems;
}

export function checkFailOnDrift({ failOnDrift, mode }: Pick<DocumentArgs, "failOnDrift" | "mode">): Problem[] {
    const message = 'has an effect only with mode: "audit", because "enforce" repairs drift; leave it out, or set the mode';
    return failOnDrift && mode !== Mode.audit ? [{ property: "failOnDrift", message }] : [];
}

function notHost(value: unknown): string {
    const received = value === undefined ? "nothing" : `${show(value)}, which is none of this library`;
    return `must be the windows.Host that the values are on, the object that "new windows.Host(...)" gave; received ${received}`;
}

function checkId(declaration: Declaration, args: DocumentArgs): Problem[] {
    const problems = checkDeclaration({ ...declaration, onDestroy: "retain" });
    const derived = ' It is made of the component\'s name; give the argument "document".';
    return problems.map(({ message }) => (args.document === undefined ? { property: "name", message: message + derived } : { property: "document", message }));
}
