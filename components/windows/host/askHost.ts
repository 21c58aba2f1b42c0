import { Observation, ObserveRequest } from "../../../drift/types";
import { RemoteError } from "../../../remote/errors";
import { Connection } from "../../../remote/types";
import { HostsOfRun } from "./hostsOfRun";
import { mergeQuestions, type Questions } from "./questions";
import { spreadReads } from "./reads";
import { StackSettings } from "./settings";

export interface AskOptions {
    name: string;
    settings: StackSettings;
    hosts: HostsOfRun;
    onUnreachable: "fail" | "skip";
    observe(connection: Connection, request: ObserveRequest): Promise<Observation>;
}

/** Why nothing is known of a host. `said`: by another host, which has the same to say. */
export type NotObserved = { kind: "skipped" | "failed"; reason: string; said?: boolean };

/** One look at a host that answers all of these questions, unless it is to be left out or may not be dialled. */
export async function askHost(options: AskOptions, connection: Connection, questions: Questions[]): Promise<Observation | NotObserved> {
    const { name, settings, hosts } = options;
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
        const observation = await options.observe(connection, { owner: settings.owner, ...mergeQuestions(questions) });
        const twin = hosts.claimMachine(name, observation.facts);
        if (twin !== undefined) {
            return { kind: "failed", reason: twin };
        }
        return { ...observation, values: spreadReads(observation.values, questions.map((one) => one.values ?? {})) };
    } catch (error) {
        const unreachable = RemoteError.isInstance(error) && error.kind === "unreachable";
        const reason = (error instanceof Error ? error.message : String(error)) + (unreachable ? `. ${retiring(name)}` : "");
        return { kind: unreachable && options.onUnreachable === "skip" ? "skipped" : "failed", reason };
    }
}

/** The way out for a host that is gone and has documents under restore. */
function retiring(name: string): string {
    return `If it will never come back: pulumi config set --path "hybrid-identity:retiredHosts[0]" ${name}, run "pulumi up", then take it out of the program`;
}
