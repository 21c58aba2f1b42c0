import { PipelineError, type GitHub } from "./github";

/**
 * The commit that was last applied with the approval of an environment: what a run at night may repeat.
 * @throws PipelineError where there is none
 */
export async function lastDeployed(api: GitHub, environment: string): Promise<string> {
    for (const { id, sha } of await api.list<{ id: number; sha: string }>(`/deployments?environment=${encodeURIComponent(environment)}`)) {
        if ((await api.list<{ state: string }>(`/deployments/${id}/statuses`)).some(({ state }) => state === "success")) {
            return sha;
        }
    }
    throw new PipelineError(`Nothing was deployed to the environment ${environment} yet. Merge something, and approve it there once`);
}

/** The run on a branch that has the newest artifact of a name; undefined where there is none. */
export async function runOfArtifact(api: GitHub, name: string, branch: string): Promise<number | undefined> {
    interface Artifact {
        expired: boolean;
        created_at: string;
        workflow_run?: { id: number; head_branch: string };
    }
    const all = await api.list<Artifact>(`/actions/artifacts?name=${encodeURIComponent(name)}`, "artifacts");
    const [newest] = all.filter((one) => !one.expired && one.workflow_run?.head_branch === branch).sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
    return newest?.workflow_run?.id;
}

/** What decides how a preview of production is run, and what of it is posted. */
const guarded = /^(\.github|pipeline)\//;

/** GitHub lists no more files of a comparison. */
const mostFiles = 300;

/**
 * Refuses a commit that changes a workflow or what workflows call.
 * @throws PipelineError naming the files
 */
export async function refuseChangedWorkflow(api: GitHub, base: string, head: string): Promise<void> {
    const range = [base, head].map(encodeURIComponent).join("...");
    const { files } = await api.request<{ files?: { filename: string; previous_filename?: string }[] }>("GET", `/compare/${range}`);
    if (!Array.isArray(files)) {
        throw new PipelineError(`GitHub lists no files of ${base}...${head}, so nobody knows what it changes. Run the job again, or preview it by hand`);
    }
    if (files.length >= mostFiles) {
        throw new PipelineError(`${head} changes ${mostFiles} files or more, of which GitHub does not list all. Make it smaller, or preview it by hand`);
    }
    const changed = files.flatMap(({ filename, previous_filename = "" }) => [filename, previous_filename]).filter((file) => guarded.test(file));
    if (changed.length > 0) {
        throw new PipelineError(`${head} changes ${changed.join(", ")}: production is not previewed with that. Merge it by itself first`);
    }
}
