import { Observation, ObserveRequest } from "../../../drift/types";
import { ReplyError } from "../../../drift/reply";
import { RemoteError } from "../../../remote/errors";
import { Connection } from "../../../remote/types";
import { isOneByOne } from "../../internal/oneByOne";
import { HostsOfRun } from "./hostsOfRun";
import { mergeQuestions, type Questions } from "./questions";
import { spreadReads } from "./reads";
import { StackSettings } from "./settings";

export interface AskOptions {
    name: string;
    settings: StackSettings;
    hosts: HostsOfRun;
    onUnreachable: "fail" | "skip";
    /** Why nothing of the host may be shown or dialled. */
    problem(): Promise<string | undefined>;
    /** Whether nothing of this host is in state, so that a command that the run has to make cannot be kept. */
    isNew(): Promise<boolean>;
    observe(connection: Connection, request: ObserveRequest): Promise<Observation>;
}

/** Why nothing is known of a host. `said`: by another host, which has the same to say. */
export type NotObserved = { kind: "skipped" | "failed"; reason: string; said?: boolean };

/** One look at a host that answers all of these questions, unless it is to be left out or may not be dialled. */
export async function askHost(options: AskOptions, connection: Connection, questions: Questions[]): Promise<Observation | NotObserved> {
    const { name, settings, hosts } = options;
    const setting = leftOut(name, settings);
    if (setting !== undefined) {
        return { kind: "skipped", reason: `left out by hybrid-identity:${setting}` };
    }
    const problem = await options.problem();
    if (problem !== undefined) {
        return { kind: "failed", reason: problem };
    }
    const strangers = isOneByOne() ? undefined : hosts.strangers(settings.skipHosts);
    const refused = strangers ?? hosts.claimPlace(name, connection);
    if (refused !== undefined) {
        return { kind: "failed", reason: refused, said: strangers !== undefined && !hosts.isFirst(name) };
    }
    try {
        const observation = await options.observe(connection, { owner: settings.owner, ...mergeQuestions(questions) });
        const twin = hosts.claimMachine(name, observation.facts);
        if (twin !== undefined) {
            return { kind: "failed", reason: twin };
        }
        return { ...observation, values: spreadReads(observation.values, questions.map((one) => one.values ?? {})) };
    } catch (error) {
        const unreachable = RemoteError.isInstance(error) && error.kind === "unreachable";
        const remedy = unreachable && !(await options.isNew()) ? `. ${retiring(name)}` : isDamaged(error) ? ". Run again: a look changes nothing on a host" : "";
        const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, remedy === "" ? "." : "") + remedy;
        return { kind: unreachable && options.onUnreachable === "skip" ? "skipped" : "failed", reason };
    }
}

/** The setting that leaves a host out. */
export function leftOut(name: string, { retiredHosts, offline, skipHosts }: StackSettings): string | undefined {
    return retiredHosts.includes(name) ? "retiredHosts" : offline ? "offline" : skipHosts.includes(name) ? "skipHosts" : undefined;
}

/** What was lost on its way mostly gets there the next time. */
function isDamaged(error: unknown): boolean {
    return error instanceof ReplyError && (error.reason === "frame" || error.reason === "hash");
}

/** The way out for a host that is gone and has documents under restore. */
function retiring(name: string): string {
    return `If it will never come back: pulumi config set --path "hybrid-identity:retiredHosts[0]" ${name}, run "pulumi up", then take it out of the program`;
}
