import { notObserved, refused } from "../../../drift/render";
import { Declaration, DriftEntry, Observation, Orphan, RunContext } from "../../../drift/types";
import { Batch } from "../../../remote/batch";
import { Connection } from "../../../remote/types";
import { isOneByOne } from "../../internal/oneByOne";
import { Pending } from "../shared/pending";
import { askHost, AskOptions, leftOut, NotObserved } from "./askHost";
import { Claims } from "./claims";
import type { CommandInState } from "./commandsInState";
import { decideDocuments } from "./decideDocuments";
import type { DocumentSpec, Outcome } from "./documentSpec";
import { ownAnswers, type Questions } from "./questions";
import { lettingText, removalTexts } from "./removals";

/** What a host said of itself. */
export interface Look {
    observation: Observation;
    /** Whether anything is enforced there: not where every document that was asked for with this look is refused or only audited. */
    enforced: boolean;
    /** What this run writes there that was absent and that no document has written before. */
    firstWrites: DriftEntry[];
}

export interface HostRunOptions extends AskOptions {
    /** See `RunContext`. */
    limitSeconds?: number;
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

interface Registered {
    spec: DocumentSpec;
    own: Omit<Declaration, "desired">;
}

interface Asked {
    connection: Connection;
    spec?: DocumentSpec;
    questions?: Questions;
}

/** What one host is asked and answers during one run of the program: few questions, all documents seen together. */
export class HostRun {
    readonly claims: Claims;
    private readonly batch = new Batch<Asked, Outcome | Look | undefined>((asked) => this.answer(asked), isOneByOne() ? 100 : 20);
    private readonly finished: (Pending | undefined)[] = [];
    private planned: Declaration[] = [];
    private refused = false;
    private dialled = false;
    private failed = false;
    /** Why the run has to end with an error. */
    readonly reasons: string[] = [];
    private orphans: Orphan[] = [];
    private readonly firstWrites: DriftEntry[] = [];
    private ready: Promise<unknown> = Promise.resolve();
    private stopped = false;

    constructor(private readonly options: HostRunOptions) {
        this.claims = new Claims(options.name);
    }

    /** A component of the host cannot be used as it is written: the program ends there, so nothing of the host is asked or enforced. */
    refuse(): void {
        this.refused = true;
    }

    /** A host that no component asks is not dialled; what is wrong with its connection is said all the same. */
    async check(connection: Connection): Promise<void> {
        if (this.dialled) {
            return;
        }
        const { name, hosts, settings } = this.options;
        const problem = await this.options.problem();
        if (problem !== undefined) {
            return this.fail(problem);
        }
        const twin = leftOut(name, settings) !== undefined ? undefined : hosts.claimPlace(name, connection);
        if (twin !== undefined) {
            this.fail(twin);
        }
        this.sayStrangeOwner(undefined);
    }

    /** Takes what one component knows at the end of its work; hands on what all of them know once there is none left. */
    finish(pending: Pending | undefined): void {
        this.finished.push(pending);
        if (this.finished.length === this.claims.size) {
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
        return { kind: "failed", reason, stdin: refused({ ...own, desired: {} }, this.context()), refused: true };
    }

    /** Something of the host is not in state yet, and the run may not make it. */
    refuseNew(): void {
        if (!this.failed) {
            this.fail(`an update would have to make what is new to this stack on it, and fail: ${newHostAdvice}`);
        }
    }

    /**
     * Nothing of the host is asked before this is done: what makes some of its values comes first, and then all of them are seen in one look. Where it
     * fails, which is said there, the host stays as it is. It may not wait for anything of the host.
     */
    lookAfter(done: Promise<unknown>): void {
        this.ready = Promise.all([this.ready, done.catch(() => (this.stopped = true))]);
    }

    /** Observes a document and decides about it. */
    async plan(connection: Connection, spec: DocumentSpec): Promise<Outcome> {
        this.dialled = true;
        await this.ready;
        return this.batch.ask({ connection, spec }) as Promise<Outcome>;
    }

    /** What the host said of itself and to these questions, or undefined when it was not asked or did not answer (the run says why). */
    async look(connection: Connection, questions: Questions = {}): Promise<Look | undefined> {
        this.dialled = true;
        await this.ready;
        return this.batch.ask({ connection, questions }) as Promise<Look | undefined>;
    }

    private async answer(asked: Asked[]): Promise<(Outcome | Look | undefined)[]> {
        const specs = asked.flatMap((one) => (one.spec ? [one.spec] : []));
        const questions = asked.map(({ spec, questions = {} }) => (spec ? { values: spec.reads, services: spec.services, products: spec.products, certificates: spec.certificates } : questions));
        const observed = this.refused ? { ...unusable, said: isOneByOne() } : this.stopped ? behindFailure : await askHost(this.options, asked[0]!.connection, questions);
        const registered = await Promise.all(specs.map(async (spec) => ({ spec, own: { ...spec.declaration, resource: await spec.resource } })));
        const outcomes = "reason" in observed ? await this.leave(registered, observed) : this.decide(registered, observed);
        await this.sayOrphans();
        this.sayStrangeOwner("reason" in observed ? undefined : observed);
        this.firstWrites.push(...specs.flatMap((spec) => (spec.enforce ? firstWritesOf(outcomes.get(spec)!) : [])));
        const enforced = specs.length === 0 || specs.some((spec) => spec.enforce && outcomes.get(spec)?.kind === "planned");
        const look = (at: number): Look | undefined => ("reason" in observed ? undefined : { observation: ownAnswers(observed, questions, at), enforced, firstWrites: this.firstWrites });
        return asked.map(({ spec }, at) => (spec ? outcomes.get(spec) : look(at)));
    }

    private sayStrangeOwner(observation: Observation | undefined): void {
        const { name, hosts, settings, onNotices } = this.options;
        if (!isOneByOne()) {
            onNotices(hosts.strangeOwner(name, observation, settings.takeOverFrom));
        }
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
            const isNew = (await this.options.isNew()) ? ` The host is new to this stack, so this run fails: ${newHostAdvice}.` : "";
            onSkipped(`not observed, so nothing on it changes: ${why.reason}.${left}${isNew}`);
        } else if (!why.said && (!this.refused || !this.failed)) {
            this.fail(why.reason);
        }
        this.failed ||= why.said === true;
        const context = this.context();
        return new Map(registered.map(({ spec, own }) => [spec, { kind: why.kind, reason: why.reason, stdin: notObserved({ ...own, desired: {} }, context) }]));
    }

    private decide(registered: Registered[], observation: Observation): Map<DocumentSpec, Outcome> {
        const wanted = registered.map(({ spec, own }) => {
            const { desired, problems } = spec.desired(observation);
            return { spec, own: { ...own, desired }, problems };
        });
        const earlier = this.planned;
        this.planned = [...earlier, ...wanted.map(({ own }) => own)];
        const { outcomes, letting, orphans, notices, drift } = decideDocuments(wanted, earlier, this.claims.undecided(this.planned), observation, this.context());
        for (const one of outcomes.values()) {
            if (one.kind === "failed") {
                this.fail(one.reason);
            }
        }
        this.options.onLetGo(letting.map(lettingText));
        this.orphans = this.planned.length === this.claims.size && !isOneByOne() ? orphans : [];
        this.options.onNotices(notices);
        this.options.onDrift(drift);
        return outcomes;
    }

    private context(): RunContext {
        const { settings, limitSeconds, now } = this.options;
        return { ...settings, limitSeconds, now: now() };
    }

    private fail(reason: string): void {
        this.failed = true;
        this.reasons.push(reason);
        this.options.onFailed(reason);
    }
}

function firstWritesOf(outcome: Outcome): DriftEntry[] {
    const plan = outcome.kind === "planned" && outcome.plan.action === "new" ? outcome.plan : undefined;
    return plan === undefined || plan.newestRepair !== undefined ? [] : plan.drift.filter(({ found }) => found === "absent");
}

/** The program cannot know what is in state, and the engine creates what is not there whatever the options say. */
const newHostAdvice = 'take the host out of the program, or set mode: "audit" on its components';

const behindFailure: NotObserved = { kind: "failed", reason: "not observed, so nothing on it changes: what comes before it failed", said: true };

const unusable: NotObserved = { kind: "failed", reason: "not observed, so nothing on it changes: one of its components cannot be used as it is written" };
