import { checkRun } from "../../../drift/document";
import { upper } from "../../../drift/path";
import { notObserved } from "../../../drift/render";
import { Declaration, DocumentPlan, DriftEntry, Observation, ObserveRequest, Orphan, Problem, ValueTree } from "../../../drift/types";
import { Batch } from "../../../remote/batch";
import { RemoteError } from "../../../remote/errors";
import { Connection } from "../../../remote/types";
import type { CommandInState } from "./commandsInState";
import { HostsOfRun } from "./hostsOfRun";
import { lateClaims } from "./lateClaims";
import { Pending } from "../shared/pending";
import { mergeReads, Reads, spreadReads } from "./reads";
import { lettingText, removalTexts } from "./removals";
import { planRestarting, ServicesOf } from "./restarts";
import { StackSettings } from "./settings";

/** What one component asks of its host in this run. */
export interface DocumentSpec {
    declaration: Omit<Declaration, "desired" | "resource">;
    /** Known only after the engine registered the component; the host is asked before that, so that all documents are seen together. */
    resource: Promise<string>;
    reads: Reads;
    services: ServicesOf;
    /** Whether it is enforced, and not only audited. */
    enforce: boolean;
    /** What is desired may depend on what the host is: its build, what is installed. */
    desired(observed: Observation): { desired: ValueTree; problems: string[] };
}

/** How a run decides about one document. `skipped` keeps it as it is in state and warns, `failed` keeps it and ends the run with an error. */
export type Outcome =
    | { kind: "planned"; plan: DocumentPlan; observation: Observation; /** Services that have to restart, by this document. */ due: string[] }
    | { kind: "skipped" | "failed"; reason: string; stdin: string; /** The host answered; the document was refused all the same. */ observed?: boolean };

/** What a host said of itself. */
export interface Look {
    observation: Observation;
    /** Whether anything is enforced there: not where every document that was asked for with this look is refused or only audited. */
    enforced: boolean;
}

export interface HostRunOptions {
    name: string;
    settings: StackSettings;
    hosts: HostsOfRun;
    onUnreachable: "fail" | "skip";
    /** See `RunContext`. */
    limitSeconds?: number;
    observe(connection: Connection, request: ObserveRequest): Promise<Observation>;
    /** Where the host is not asked, what the program no longer has of it has to stay in state; gives the names of what was kept for that. */
    keepDropped(): Promise<string[]>;
    /** The host was left out, or did not answer and may be left out. */
    onSkipped(sentence: string): void;
    /** The run has to end with an error. */
    onFailed(reason: string): void;
    onFinished(pending: Pending[]): void;
    /** What leaves the program, and what becomes of it. */
    onLetGo(sentences: string[]): void;
    /** The commands of this host that are in state and that nobody keeps there. */
    removable(): Promise<CommandInState[]>;
    onNotices(sentences: string[]): void;
    onDrift(found: { document: string; drift: DriftEntry[] }[]): void;
    now(): Date;
}

/** The way out for a host that is gone and has documents under restore. */
function retiring(name: string): string {
    return `If it will never come back: pulumi config set --path "hybrid-identity:retiredHosts[0]" ${name}, run "pulumi up", then take it out of the program`;
}

/** `said`: by another host, which has the same to say. */
type NotObserved = { kind: "skipped" | "failed"; reason: string; said?: boolean };

interface Registered {
    spec: DocumentSpec;
    own: Omit<Declaration, "desired">;
}

interface Asked {
    connection: Connection;
    spec?: DocumentSpec;
}

/** What one host is asked and answers during one run of the program: few questions, all documents seen together. */
export class HostRun {
    private readonly claimed = new Map<string, Declaration | undefined>();
    private readonly planned = new Map<string, Declaration>();
    private readonly services = new Map<string, ServicesOf>();
    /** What restarts a service where it is needed, by upper-cased name: the names of what it has restarted in the end. */
    private readonly restarting = new Map<string, Promise<string[]>>();
    private readonly batch = new Batch<Asked, Outcome | Look | undefined>((asked) => this.answer(asked));
    private readonly finished: (Pending | undefined)[] = [];
    private refused = false;
    private failed = false;
    private orphans: Orphan[] = [];

    constructor(private readonly options: HostRunOptions) {}

    /** Takes a document id, and its values where they are known already: two documents with one id or one value are refused while the program is being built. */
    claim(id: string, declaration: Declaration | undefined, restartServices: string[] = []): Problem[] {
        const late = restartServices.filter((one) => this.restarting.has(upper(one)));
        if (late.length > 0) {
            const why = `${late.join(", ")} is restarted by a component that was declared before this one, so before these values are written`;
            return [{ property: "restartServices", message: `${why}. Declare this component first` }];
        }
        if (this.claimed.has(id)) {
            return [{ property: "document", message: `another component of host "${this.options.name}" has the document id "${id}" already; give one of them another "document"` }];
        }
        const others = [...this.claimed.values()].filter((one) => one !== undefined);
        this.claimed.set(id, declaration);
        return declaration === undefined ? [] : checkRun([...others, declaration]);
    }

    /** A component restarts the service, after all that were declared before it. */
    restarts(service: string, restarted: Promise<string[]>): void {
        this.restarting.set(upper(service), restarted);
    }

    /** Those of the services that this run does not restart in the end. */
    async notRestarted(services: string[]): Promise<string[]> {
        const done = await Promise.all(services.map((one) => this.restarting.get(upper(one)) ?? []));
        return services.filter((one) => !done.flat().some((other) => upper(other) === upper(one)));
    }

    /** A component of the host cannot be used as it is written: the program ends there, so nothing of the host is asked or enforced. */
    refuse(): void {
        this.refused = true;
    }

    /** Whether a component of the host was made. */
    get isAsked(): boolean {
        return this.claimed.size > 0;
    }

    /** Takes what one component knows at the end of its work; hands on what all of them know once there is none left. */
    finish(pending: Pending | undefined): void {
        this.finished.push(pending);
        if (this.finished.length === this.claimed.size) {
            this.options.onFinished(this.finished.filter((one) => one !== undefined));
        }
    }

    /** What a document is made of stayed unknown in this preview. */
    notAsked(id: string): void {
        if (this.options.settings.failWhenNotObserved) {
            this.fail(`document "${id}" was not observed, because not all that it or its host is made of is known in this preview, and hybrid-identity:failWhenNotObserved is set`);
        }
    }

    /** A document whose inputs cannot be used, now that they are known, stays as it is in state. */
    refuseDocument(reason: string, own: Omit<Declaration, "desired">): Outcome {
        this.refuse();
        this.fail(reason);
        return { kind: "failed", reason, stdin: notObserved({ ...own, desired: {} }, { ...this.options.settings, now: this.options.now() }) };
    }

    /** Something of the host is not in state yet, and the run may not make it. */
    refuseNew(): void {
        if (!this.failed) {
            this.fail(`an update would have to make what is new to this stack on it, and fail: ${newHostAdvice}`);
        }
    }

    /** Observes a document and decides about it. */
    plan(connection: Connection, spec: DocumentSpec): Promise<Outcome> {
        return this.batch.ask({ connection, spec }) as Promise<Outcome>;
    }

    /** What the host said of itself, or undefined when it was not asked or did not answer (its documents say why). */
    look(connection: Connection): Promise<Look | undefined> {
        return this.batch.ask({ connection }) as Promise<Look | undefined>;
    }

    private async answer(asked: Asked[]): Promise<(Outcome | Look | undefined)[]> {
        const specs = asked.flatMap((one) => (one.spec ? [one.spec] : []));
        const observed = await this.observe(asked[0]!.connection, specs);
        const registered = await Promise.all(specs.map(async (spec) => ({ spec, own: { ...spec.declaration, resource: await spec.resource } })));
        const outcomes = "reason" in observed ? await this.leave(registered, observed) : this.decide(registered, observed);
        await this.sayOrphans();
        const enforced = specs.length === 0 || specs.some((spec) => spec.enforce && outcomes.get(spec)?.kind === "planned");
        const look = "reason" in observed ? undefined : { observation: observed, enforced };
        return asked.map(({ spec }) => (spec ? outcomes.get(spec) : look));
    }

    private async sayOrphans(): Promise<void> {
        const orphans = this.orphans;
        this.orphans = [];
        if (orphans.length > 0) {
            this.options.onLetGo(removalTexts(orphans, await this.options.removable()));
        }
    }

    /** Everything stays as it is in state. */
    private async leave(registered: Registered[], why: NotObserved): Promise<Map<DocumentSpec, Outcome>> {
        const { settings, keepDropped, onSkipped } = this.options;
        if (why.kind === "skipped" && settings.failWhenNotObserved) {
            this.fail(`not observed, ${why.reason}, and hybrid-identity:failWhenNotObserved is set`);
        } else if (why.kind === "skipped") {
            const kept = await keepDropped();
            const left = kept.length > 0 ? ` Not removed, because nothing can be put back on it now: ${kept.join(", ")}.` : "";
            const sentence = `not observed, everything on it stays as it is in state: ${why.reason}.${left}`;
            onSkipped(`${sentence} If the host is new to this stack, this run fails: ${newHostAdvice}`);
        } else if (!why.said && (!this.refused || !this.failed)) {
            this.fail(why.reason);
        }
        this.failed ||= why.said === true;
        const context = { ...settings, limitSeconds: this.options.limitSeconds, now: this.options.now() };
        return new Map(registered.map(({ spec, own }) => [spec, { kind: why.kind, reason: why.reason, stdin: notObserved({ ...own, desired: {} }, context) }]));
    }

    private async observe(connection: Connection, specs: DocumentSpec[]): Promise<Observation | NotObserved> {
        const { name, settings, hosts } = this.options;
        if (this.refused) {
            return { kind: "failed", reason: "not observed, everything on it stays as it is in state: one of its components cannot be used as it is written" };
        }
        const setting = settings.retiredHosts.includes(name) ? "retiredHosts" : settings.offline ? "offline" : settings.skipHosts.includes(name) ? "skipHosts" : undefined;
        if (setting !== undefined) {
            return { kind: "skipped", reason: `left out by hybrid-identity:${setting}` };
        }
        const strangers = hosts.strangers(settings.skipHosts);
        const refused = strangers ?? hosts.claimPlace(name, connection);
        if (refused !== undefined) {
            return { kind: "failed", reason: refused, said: strangers !== undefined && !hosts.isFirst(name) };
        }
        try {
            const reads = specs.map((spec) => spec.reads);
            const services = [...new Set(specs.flatMap(({ services }) => [...services.reads, ...(services.wish ? [services.wish.service] : [])]))];
            const request = { owner: settings.owner, values: mergeReads(reads), ...(services.length > 0 ? { services } : {}) };
            const observation = await this.options.observe(connection, request);
            const twin = hosts.claimMachine(name, observation.facts);
            if (twin !== undefined) {
                return { kind: "failed", reason: twin };
            }
            return { ...observation, values: spreadReads(observation.values, reads) };
        } catch (error) {
            const unreachable = RemoteError.isInstance(error) && error.kind === "unreachable";
            const reason = (error instanceof Error ? error.message : String(error)) + (unreachable ? `. ${retiring(name)}` : "");
            return { kind: unreachable && this.options.onUnreachable === "skip" ? "skipped" : "failed", reason };
        }
    }

    private decide(registered: Registered[], observation: Observation): Map<DocumentSpec, Outcome> {
        const { settings } = this.options;
        const context = { ...settings, limitSeconds: this.options.limitSeconds, now: this.options.now() };
        const earlier = [...this.planned.values()];
        const wanted = registered.map(({ spec, own }) => {
            const { desired, problems } = spec.desired(observation);
            return { spec, own: { ...own, desired }, problems };
        });
        wanted.forEach(({ own }) => this.planned.set(own.id, own));
        wanted.forEach(({ spec, own }) => this.services.set(own.id, spec.services));
        const specOf = new Map(wanted.map(({ spec, own }) => [own.id, spec]));
        const declarations = [...this.planned.values()];
        const clashes = checkRun(declarations).map((one) => `${one.property}: ${one.message}`);
        const { plan: host, ...restarts } = planRestarting(declarations, this.services, observation, context);
        const outcomes = new Map<DocumentSpec, Outcome>();
        for (const { spec, own, problems } of wanted) {
            const plan = host.documents.get(own.id)!;
            const late = own.audited ? [] : lateClaims(own, earlier, observation, settings.owner);
            const all = [...problems, ...clashes, ...late, ...plan.problems, ...(restarts.problems.get(own.id) ?? [])];
            if (all.length === 0) {
                outcomes.set(spec, { kind: "planned", plan, observation, due: restarts.due.get(own.id) ?? [] });
                continue;
            }
            const reason = `document "${own.id}" stays as it is in state:\n${all.map((one) => `  ${one}`).join("\n")}`;
            this.fail(reason);
            outcomes.set(spec, { kind: "failed", reason, stdin: notObserved(own, context), observed: true });
        }
        this.options.onLetGo(host.letting.filter(({ document }) => outcomes.get(specOf.get(document)!)?.kind === "planned").map(lettingText));
        this.orphans = this.planned.size === this.claimed.size ? host.orphans : [];
        this.options.onNotices(wanted.flatMap(({ own }) => host.documents.get(own.id)!.notices));
        this.options.onNotices(wanted.flatMap(({ own }) => restarts.notices.get(own.id) ?? []));
        this.options.onDrift(wanted.map(({ own }) => ({ document: own.id, drift: host.documents.get(own.id)!.drift })));
        return outcomes;
    }

    private fail(reason: string): void {
        this.failed = true;
        this.options.onFailed(reason);
    }
}

/** The program cannot know what is in state, and the engine creates what is not there whatever the options say. */
const newHostAdvice = 'take the host out of the program, or set mode: "audit" on its components';
