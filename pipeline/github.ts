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
    const answerTo = async (method: string, path: string, body?: object): Promise<{ response: Response; text: string }> => {
        try {
            const response = await send(`${api}/repos/${repository}${path}`, {
                method,
                headers: { accept: "application/vnd.github+json", authorization: `Bearer ${token}`, "x-github-api-version": "2022-11-28" },
                ...(body === undefined ? {} : { body: JSON.stringify(body) }),
                signal: AbortSignal.timeout(30_000),
            });
            return { response, text: await response.text() };
        } catch (error) {
            const { message, cause } = error as Error;
            // A token that can stand in no header is told in whole.
            const why = [message, ...(cause instanceof Error ? [cause.message] : [])].join(": ").replaceAll(token!, "[hidden]");
            throw new PipelineError(`GitHub gave no answer to ${method} ${path}: ${why}. Look at the network and the proxy of the runner and at GITHUB_API_URL (${api}), and run the job again`);
        }
    };
    const request = async <T>(method: string, path: string, body?: object): Promise<T> => {
        const { response, text } = await answerTo(method, path, body);
        if (!response.ok) {
            const hint = response.status === 403 || response.status === 404 ? '. Look at "permissions" of the job' : "";
            throw new PipelineError(`GitHub answered ${response.status} to ${method} ${path}: ${messageIn(text)}${hint}`);
        }
        const answer = parsed(text);
        if (typeof answer !== "object" || answer === null) {
            throw strange(method, path, "no JSON object and no list");
        }
        return answer as T;
    };
    const strange = (method: string, path: string, what: string) => new PipelineError(`the answer to ${method} ${path} is ${what}, so it is not of GitHub's API. Look at GITHUB_API_URL (${api}) and at what stands between the runner and it`);
    const list = async <T>(path: string, member?: string): Promise<T[]> => {
        const all: T[] = [];
        for (let page = 1; ; page++) {
            const answer = await request<unknown>("GET", `${path}${path.includes("?") ? "&" : "?"}per_page=${perPage}&page=${page}`);
            const some = member === undefined ? answer : (answer as Record<string, unknown>)[member];
            if (!Array.isArray(some) || !some.every((one) => typeof one === "object" && one !== null)) {
                throw strange("GET", path, `without a list${member === undefined ? "" : ` "${member}"`}`);
            }
            all.push(...(some as T[]));
            if (some.length < perPage) {
                return all;
            }
        }
    };
    return { request, list };
}

function messageIn(text: string): string {
    const { message } = (parsed(text) ?? {}) as { message?: unknown };
    return typeof message === "string" ? message.slice(0, 300) : "no message";
}

/** Undefined where it is no JSON. */
function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
