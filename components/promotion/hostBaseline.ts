import * as pulumi from "@pulumi/pulumi";
import { normaliseTree } from "../../drift/document";
import { show } from "../../drift/show";
import { Drifted, Problem } from "../../drift/types";
import { Baseline, checkBaseline } from "../../promotion/baseline";
import { BaselineException, checkExceptions, withExceptions } from "../../promotion/exceptions";
import { Mode } from "../choices";
import { anything, Checks, flag, listOf, needed, plain, text } from "../internal/checkArgs";
import { Component } from "../internal/component";
import { hostInternals } from "../windows/host/hostInternals";
import { DotNetStrongCrypto } from "../windows/dotNetStrongCrypto";
import { SchannelProtocols } from "../windows/schannelProtocols";
import { checkDocument, DocumentArgs, documentChecks, DocumentKind, DocumentPlanner } from "../windows/shared/documentArgs";
import { manageDocument } from "../windows/shared/managedDocument";
import { isMarkWritten, marker, markOf, sinceOf } from "./hostBaseline/mark";
import { tellRoles } from "./hostBaseline/roles";

/** Arguments of `HostBaseline`. Its documents on the host are `tls`, `dotnet` and, unless it is given, `baseline`. */
export interface HostBaselineArgs extends DocumentArgs {
    /** What the server shall have. */
    baseline: Baseline;
    /** What it has other than the baseline, for a while. Those of other servers are left out. Default none. */
    exceptions?: BaselineException[];
    /** Roles of the server, of those that the baseline has something for. Default none. */
    roles?: string[];
    /** Another component of the server sets TLS and .NET, as `mim.PortalMail` does in its own order. Default false. */
    withoutTls?: boolean;
}

/**
 * A baseline on one server: protocols, .NET and registry values, and a value that says which baseline it is (`HKLM\SOFTWARE\HybridIdentityBaseline`,
 * `Applied`), so that the server itself remembers since when it has it.
 */
export class HostBaseline extends Component {
    /** The worst of its parts: `compliant`, `enforced` (repaired by this run), `drifted` or `unknown`. */
    public readonly state: pulumi.Output<string>;
    /** Every value that is not as declared when the run ends, by value id. */
    public readonly drift: pulumi.Output<Record<string, Drifted>>;
    /** Every value that this run repaired, in the same form. */
    public readonly repaired: pulumi.Output<Record<string, Drifted>>;
    /** Since when the server has this baseline, UTC, by its own record; empty where it has not, or does not say. */
    public readonly since: pulumi.Output<string>;
    /** Name of the host in the program. */
    public readonly hostName: pulumi.Output<string>;
    /** Whether it is only looked at. */
    public readonly audited: pulumi.Output<boolean>;
    /** See `RegistryValues`. */
    public readonly rebootPending: pulumi.Output<boolean | string>;
    /** See `RegistryValues`. */
    public readonly restartPending: pulumi.Output<string[]>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, given: HostBaselineArgs, opts?: pulumi.ComponentResourceOptions) {
        const args = { document: "baseline", ...given };
        checkDocument(name, args, kind);
        super("hybrid-identity:promotion:HostBaseline", name, opts);

        const { host, mode, failOnDrift, onDestroy, restartServices, withoutTls = false } = args;
        const { protocols = {}, strongCrypto = false } = onHost(args);
        const [enable, disable] = ["enabled", "disabled"].map((wanted) => Object.keys(protocols).filter((one) => protocols[one] === wanted)) as [string[], string[]];
        const part = (what: string) => ({ host, mode, failOnDrift, onDestroy, restartServices, document: what });
        const parts = [
            ...(!withoutTls && enable.length + disable.length > 0 ? [new SchannelProtocols(`${name}-tls`, { ...part("tls"), enable, disable }, { parent: this })] : []),
            ...(!withoutTls && strongCrypto ? [new DotNetStrongCrypto(`${name}-dotnet`, part("dotnet"), { parent: this })] : []),
        ];
        const document = manageDocument(this, name, args, kind);
        const all = [document, ...parts];

        tellRoles(this, args.roles ?? []);
        this.audited = pulumi.output(mode === Mode.audit);
        this.state = pulumi.all(all.map((one) => one.state)).apply(worst);
        this.drift = pulumi.all(all.map((one) => one.drift)).apply(merged);
        this.repaired = pulumi.all(all.map((one) => one.repaired)).apply(merged);
        this.since = pulumi.all([document.outcome, document.repaired]).apply(([outcome, repaired]) => sinceOf(outcome, markOf(args.baseline), isMarkWritten(repaired)));
        this.hostName = document.hostName;
        this.rebootPending = pulumi.all(all.map((one) => one.rebootPending)).apply((pending) => pending.find((one) => one !== false) ?? false);
        this.restartPending = pulumi.all(all.map((one) => one.restartPending)).apply((pending) => [...new Set(pending.flat())]);
        this.registerOutputs({
            state: this.state,
            drift: this.drift,
            repaired: this.repaired,
            since: this.since,
            hostName: this.hostName,
            audited: this.audited,
            rebootPending: this.rebootPending,
            restartPending: this.restartPending,
            onRemoval: document.onRemoval,
        });
    }
}

const kind: DocumentKind<HostBaselineArgs> = {
    type: "promotion.HostBaseline",
    checks: { ...documentChecks, baseline: needed(plain(anything)), exceptions: plain(listOf(anything)), roles: plain(listOf(text)), withoutTls: plain(flag) } satisfies Checks<HostBaselineArgs>,
    plannerFor,
};

function plannerFor(args: HostBaselineArgs): DocumentPlanner {
    const problems = checkBaselineOf(args);
    // What is refused already is left out.
    const desired = problems.length > 0 || args.baseline === undefined ? {} : normaliseTree({ ...onHost(args).values, [marker.key]: { [marker.name]: `string:${markOf(args.baseline)}` } });
    const reads = Object.fromEntries(Object.entries(desired).map(([key, values]) => [key, Object.keys(values)]));
    return { inputs: {}, check: () => ({ problems, desired, reads }), decide: () => ({ desired, problems: [] }), needsReboot: false };
}

function checkBaselineOf({ host, baseline, exceptions = [], roles = [], withoutTls }: HostBaselineArgs): Problem[] {
    if (baseline === undefined) {
        return [];
    }
    const problems = checkBaseline(baseline).map(({ property, message }) => ({ property: `baseline.${property}`, message }));
    if (problems.length > 0) {
        return problems;
    }
    const own = host ? [hostInternals(host).name] : [];
    const hosts = [...new Set([...own, ...exceptions.flatMap((one) => one?.hosts ?? [])])];
    const strange = roles.filter((role) => baseline.roles?.[role] === undefined);
    const known = Object.keys(baseline.roles ?? {}).join(", ") || "none";
    return [
        ...strange.map((role) => ({ property: "roles", message: `must be roles that the baseline ${baseline.name} has something for, which are ${known}; received ${show(role)}` })),
        ...checkExceptions(baseline, exceptions, hosts, withoutTls ? own : []),
    ];
}

function onHost({ host, baseline, exceptions = [], roles = [] }: HostBaselineArgs): Baseline {
    return withExceptions(baseline, exceptions, host ? hostInternals(host).name : "", roles);
}

function merged(parts: Record<string, Drifted>[]): Record<string, Drifted> {
    return Object.assign({}, ...parts);
}

function worst(states: string[]): string {
    return ["unknown", "drifted", "enforced"].find((state) => states.includes(state)) ?? "compliant";
}
