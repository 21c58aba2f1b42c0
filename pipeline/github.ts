/** What is wrong with the command line, or what GitHub answered. */
export class PipelineError extends Error {}

/** The API of GitHub for one repository; paths begin behind it: `/issues/12`. */
export interface GitHub {
    request<T>(method: string, path: string, body?: object): Promise<T>;
    /** All pages of a list. `member` is its name where the list is one member of the answer. */
    list<T>(path: string, member?: string): Promise<T[]>;
}

const perPage = 100;

/**
 * By the variables that GitHub sets in every job, and `GITHUB_TOKEN`, which a workflow has to hand over.
 * @throws PipelineError naming what is missing
 */
export function github(env: NodeJS.ProcessEnv = process.env, send: typeof fetch = fetch): GitHub {
    const { GITHUB_API_URL: api = "https://api.github.com", GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token } = env;
    const missing = Object.entries({ GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token }).filter(([, value]) => !value);
    if (missing.length > 0) {
        throw new PipelineError(`${missing.map(([name]) => name).join(" and ")} must be set in the environment. In a workflow: env: GITHUB_TOKEN: \${{ github.token }}`);
    }
    const request = async <T>(method: string, path: string, body?: object): Promise<T> => {
        const response = await send(`${api}/repos/${repository}${path}`, {
            method,
            headers: { accept: "application/vnd.github+json", authorization: `Bearer ${token}`, "x-github-api-version": "2022-11-28" },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            signal: AbortSignal.timeout(30_000),
        });
        const text = await response.text();
        if (!response.ok) {
            const hint = response.status === 403 || response.status === 404 ? '. Look at "permissions" of the job' : "";
            throw new PipelineError(`GitHub answered ${response.status} to ${method} ${path}: ${messageIn(text)}${hint}`);
        }
        return JSON.parse(text) as T;
    };
    const list = async <T>(path: string, member?: string): Promise<T[]> => {
        const all: T[] = [];
        for (let page = 1; ; page++) {
            const answer = await request<T[] | Record<string, T[]>>("GET", `${path}${path.includes("?") ? "&" : "?"}per_page=${perPage}&page=${page}`);
            const some = member === undefined ? (answer as T[]) : (answer as Record<string, T[]>)[member]!;
            all.push(...some);
            if (some.length < perPage) {
                return all;
            }
        }
    };
    return { request, list };
}

function messageIn(text: string): string {
    try {
        return String((JSON.parse(text) as { message?: unknown }).message).slice(0, 300);
    } catch {
        return "no JSON";
    }
}
