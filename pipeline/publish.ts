import { markerOf } from "../report/markdown";
import type { GitHub } from "./github";

/** A comment or an issue. */
interface Posted {
    number?: number;
    id: number;
    body?: string | null;
    user?: { type?: string } | null;
    pull_request?: unknown;
}

/** What GitHub takes, in bytes, which are never fewer than characters. */
const limit = 65_536;

/** The one comment on a pull request for a stack: made the first time, replaced from then on. */
export async function publishComment(api: GitHub, pull: number, stack: string, body: string): Promise<"made" | "replaced"> {
    const earlier = (await api.list<Posted>(`/issues/${pull}/comments`)).find((one) => isOurs(one, stack));
    if (earlier === undefined) {
        await api.request("POST", `/issues/${pull}/comments`, { body });
        return "made";
    }
    await api.request("PATCH", `/issues/comments/${earlier.id}`, { body });
    return "replaced";
}

/** The one open issue for what drifted in a stack; closed, with the report that says so, once all is well. */
export async function publishIssue(api: GitHub, stack: string, body: string, isWell: boolean): Promise<"made" | "replaced" | "closed" | "not needed"> {
    const issues = await api.list<Posted>("/issues?state=open");
    const earlier = issues.find((one) => one.pull_request === undefined && isOurs(one, stack));
    if (earlier === undefined) {
        if (isWell) {
            return "not needed";
        }
        await api.request("POST", "/issues", { title: `Drift: stack ${stack}`, body });
        return "made";
    }
    await api.request("PATCH", `/issues/${earlier.number}`, { body, ...(isWell ? { state: "closed", state_reason: "completed" } : {}) });
    return isWell ? "closed" : "replaced";
}

/** By the line that a report has as its second one, where nothing stands that a server said; and nobody's but a bot's, since anybody can write that line. */
function isOurs({ body, user }: Posted, stack: string): boolean {
    return user?.type === "Bot" && (body ?? "").split(/\r?\n/)[1] === markerOf(stack);
}

/**
 * What is posted: the report and where the run is, or that there is none.
 * @param report undefined where no preview was to be had
 */
export function bodyOf(stack: string, report: string | undefined, env: NodeJS.ProcessEnv): string {
    const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
    const text = report ?? [`### Stack \`${stack}\`: no report`, markerOf(stack), "", "No preview was to be had. The log of the run says why.", ""].join("\n");
    const link = run === undefined ? "" : `\n[The run, with the whole report as an artifact](${server}/${repository}/actions/runs/${run})\n`;
    return Buffer.byteLength(text + link) < limit ? text + link : text;
}
