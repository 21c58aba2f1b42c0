import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "../../pipeline/main";
import { markdownOf } from "../../report/markdown";

const env = { GITHUB_REPOSITORY: "contoso/identity", GITHUB_TOKEN: "TOKEN-7", GITHUB_API_URL: "https://api.test", GITHUB_SERVER_URL: "https://github.test", GITHUB_RUN_ID: "99" };
const report = markdownOf("prod", { components: [], errors: ["mim01 does not answer"], warnings: [] });
const run = "https://github.test/contoso/identity/actions/runs/99";
const bot = { type: "Bot" };

describe("pipeline: what is called by workflows", () => {
    let folder: string;
    let file: string;
    let calls: string[];
    /** Answers by `GET /path?query`, without pages; a list is told page by page. */
    let answers: Record<string, unknown>;

    before(() => {
        folder = mkdtempSync(join(tmpdir(), "pipeline-"));
        file = join(folder, "comment.md");
        writeFileSync(file, report);
    });
    beforeEach(() => {
        calls = [];
        answers = {};
    });
    after(() => rmSync(folder, { recursive: true }));

    const send = (async (url: string, { method, headers, body }: { method: string; headers: Record<string, string>; body?: string }) => {
        assert.equal(headers["authorization"], "Bearer TOKEN-7");
        const { origin, pathname, searchParams } = new URL(url);
        assert.ok(`${origin}${pathname}`.startsWith("https://api.test/repos/contoso/identity/"), url);
        const [perPage, page] = ["per_page", "page"].map((name) => Number(searchParams.get(name) ?? 0)) as [number, number];
        ["per_page", "page"].forEach((name) => searchParams.delete(name));
        const query = searchParams.size > 0 ? `?${searchParams}` : "";
        const call = `${method} ${pathname.slice("/repos/contoso/identity".length)}${query}`;
        calls.push(body === undefined ? call : `${call} ${body}`);
        const answer = method === "GET" ? answers[call] : (answers[call] ?? {});
        if (answer === undefined) {
            return new Response(JSON.stringify({ message: "Not Found" }), { status: 404 });
        }
        const part = (list: unknown[]) => list.slice((page - 1) * perPage, page * perPage);
        const paged = Array.isArray(answer) ? part(answer) : Object.fromEntries(Object.entries(answer as object).map(([name, one]) => [name, Array.isArray(one) && page > 0 ? part(one) : one]));
        return new Response(JSON.stringify(paged));
    }) as unknown as typeof fetch;

    const call = (...args: string[]) => pipeline(args, env, send);
    const writes = () => calls.filter((one) => !one.startsWith("GET"));
    const written = () => JSON.parse(writes()[0]!.replace(/^\S+ \S+ /, "")) as Record<string, string>;

    describe("comment", () => {
        const comments = "GET /issues/12/comments";
        const post = (from = file) => call("comment", "--stack", "prod", "--file", from, "--pull", "12");

        it("is made where there is none, with a link to the run", async () => {
            answers[comments] = [];
            assert.equal(await post(), "Comment of prod: made.");
            assert.match(writes().join("\n"), /^POST \/issues\/12\/comments /);
            assert.equal(written()["body"], `${report}\n[The run, with the whole report as an artifact](${run})\n`);
        });

        it("is replaced where there is one, also on a later page, and as GitHub gives lines", async () => {
            const others = Array.from({ length: 150 }, (_, id) => ({ id, body: "hello", user: { type: "User" } }));
            answers[comments] = [...others, { id: 4711, body: report.replaceAll("\n", "\r\n"), user: bot }];
            assert.equal(await post(), "Comment of prod: replaced.");
            assert.match(writes().join("\n"), /^PATCH \/issues\/comments\/4711 /);
            assert.equal(writes().length, 1);
        });

        it("of another stack, of a person, or one that only quotes the line, is none", async () => {
            const marker = report.split("\n")[1]!;
            const other = markdownOf("prod2", { components: [], errors: [], warnings: [] });
            answers[comments] = [
                { id: 1, body: other, user: bot },
                { id: 2, body: report, user: { type: "User" } },
                { id: 3, body: `A word\nmore\n${marker}`, user: bot },
                { id: 4, body: null, user: null },
            ];
            assert.equal(await post(), "Comment of prod: made.");
        });

        it("says so where there is no report, and is found again all the same", async () => {
            answers[comments] = [{ id: 5, body: report, user: bot }];
            assert.equal(await post(join(folder, "nothing.md")), "Comment of prod: replaced.");
            const { body } = written();
            assert.match(body!, /^### Stack `prod`: no report\n<!-- hybrid-identity report: prod -->\n\nNo preview was to be had/);
            answers[comments] = [{ id: 6, body, user: bot }];
            assert.equal(await post(), "Comment of prod: replaced.");
        });

        it("that fills what GitHub takes goes without the link", async () => {
            const full = join(folder, "full.md");
            writeFileSync(full, report.padEnd(65_535, "x"));
            answers[comments] = [];
            await post(full);
            assert.equal(written()["body"]!.length, 65_535);
        });
    });

    describe("issue", () => {
        const open = "GET /issues?state=open";
        const post = (code: number) => call("issue", "--stack", "prod", "--file", file, "--code", String(code));
        const ours = { id: 1, number: 7, body: report, user: bot };

        it("is opened once, and replaced while something drifts or is not known", async () => {
            answers[open] = [{ ...ours, number: 6, pull_request: {} }];
            assert.equal(await post(3), "Issue of prod: made.");
            assert.equal(written()["title"], "Drift: stack prod");
            answers[open] = [ours];
            for (const code of [1, 2, 3]) {
                calls = [];
                assert.equal(await post(code), "Issue of prod: replaced.");
                assert.match(writes().join("\n"), /^PATCH \/issues\/7 /);
                assert.equal(written()["state"], undefined);
            }
        });

        it("is closed once all is well, and not opened for that", async () => {
            answers[open] = [ours];
            assert.equal(await post(0), "Issue of prod: closed.");
            assert.deepEqual([written()["state"], written()["state_reason"]], ["closed", "completed"]);
            answers[open] = [];
            calls = [];
            assert.equal(await post(0), "Issue of prod: not needed.");
            assert.deepEqual(writes(), []);
        });
    });

    describe("deployed", () => {
        const deployments = "GET /deployments?environment=test";

        it("is the newest commit that an approved run applied", async () => {
            answers[deployments] = [3, 2, 1].map((id) => ({ id, sha: `sha${id}` }));
            answers["GET /deployments/3/statuses"] = [{ state: "waiting" }, { state: "failure" }];
            answers["GET /deployments/2/statuses"] = [{ state: "inactive" }, { state: "success" }, { state: "in_progress" }];
            assert.equal(await call("deployed", "--environment", "test"), "sha=sha2");
        });

        it("is refused where nothing was", async () => {
            answers[deployments] = [{ id: 3, sha: "sha3" }];
            answers["GET /deployments/3/statuses"] = [{ state: "waiting" }];
            await assert.rejects(call("deployed", "--environment", "test"), /^Error: Nothing was deployed to the environment test yet/);
        });
    });

    it("artifact: the run of the newest one of a branch", async () => {
        const artifact = (id: number, day: number, more: object = {}) => ({ expired: false, created_at: `2026-11-0${day}T00:00:00Z`, workflow_run: { id, head_branch: "main" }, ...more });
        const others = [artifact(9, 9, { expired: true }), artifact(8, 8, { workflow_run: { id: 8, head_branch: "feature" } })];
        answers["GET /actions/artifacts?name=drift-prod"] = { artifacts: [artifact(1, 1), artifact(3, 3), artifact(2, 2), ...others] };
        assert.equal(await call("artifact", "--name", "drift-prod", "--branch", "main"), "run-id=3");
        answers["GET /actions/artifacts?name=drift-prod"] = { artifacts: others };
        assert.equal(await call("artifact", "--name", "drift-prod", "--branch", "main"), "");
    });

    describe("guard", () => {
        const guard = (files?: object[]) => {
            answers["GET /compare/main...abc"] = { files };
            return call("guard", "--base", "main", "--head", "abc");
        };

        it("lets through what changes no workflow", async () => {
            assert.equal(await guard([{ filename: "stacks/Pulumi.prod.yaml" }, { filename: "docs/pipelines.md" }]), "abc changes no workflow.");
        });

        it("refuses workflows and what they call, also where they were moved away, and what it cannot see", async () => {
            await assert.rejects(guard([{ filename: ".github/workflows/preview.yml" }, { filename: "pipeline/main.ts" }]), /^Error: abc changes \.github\/workflows\/preview\.yml, pipeline\/main\.ts: production is not previewed with that/);
            await assert.rejects(guard([{ filename: "old.yml", previous_filename: ".github/workflows/preview.yml" }]), /changes \.github\/workflows\/preview\.yml/);
            await assert.rejects(guard(Array.from({ length: 300 }, (_, at) => ({ filename: `docs/${at}.md` }))), /300 files or more/);
            await assert.rejects(guard(undefined), /^Error: GitHub lists no files of main\.\.\.abc, so nobody knows what it changes\. Run the job again/);
        });
    });

    it("says what GitHub refused, and never the token", async () => {
        await assert.rejects(call("comment", "--stack", "prod", "--file", file, "--pull", "13"), (error: Error) => {
            assert.equal(error.message, 'GitHub answered 404 to GET /issues/13/comments?per_page=100&page=1: Not Found. Look at "permissions" of the job');
            return true;
        });
    });

    it("says in a sentence that GitHub gave no answer, or that what answered is not GitHub", async () => {
        const answered = (answer: () => Promise<Response>, ...args: string[]) => pipeline(args, env, answer as typeof fetch);
        const deployed = (answer: () => Promise<Response>) => answered(answer, "deployed", "--environment", "test");
        const fails = (answer: () => Promise<Response>, message: RegExp) => assert.rejects(deployed(answer), (error: Error) => error.constructor.name === "PipelineError" && message.test(error.message) && !/TOKEN/.test(error.message));
        await fails(() => Promise.reject(new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") })), /^GitHub gave no answer to GET \/deployments\S+: fetch failed: connect ECONNREFUSED\. Look at the network .* GITHUB_API_URL \(https:\/\/api\.test\)/);
        await fails(() => Promise.reject(new TypeError('Headers.append: "Bearer TOKEN-7" is an invalid header value.')), /\[hidden\]/);
        await fails(() => Promise.resolve(new Response("<html>Log on</html>")), /^the answer to GET \/deployments\S+ is no JSON object and no list, so it is not of GitHub's API\. Look at/);
        for (const strange of [{ a: 1 }, [null], [1]]) {
            await fails(() => Promise.resolve(new Response(JSON.stringify(strange))), /^the answer to GET \/deployments\S+ is without a list,/);
        }
        const artifact = answered(() => Promise.resolve(new Response("{}")), "artifact", "--name", "drift-prod", "--branch", "main");
        await assert.rejects(artifact, /is without a list "artifacts"/);
    });

    it("refuses a command line that is wrong, and an environment that is none of a workflow", async () => {
        const refused = async (args: string[], message: RegExp, given: NodeJS.ProcessEnv = env) => assert.rejects(pipeline(args, given, send), { message });
        await refused([], /^A command is needed\.$/);
        await refused(["toString"], /^There is no command "toString"\.$/);
        await refused(["comment", "--stack", "prod", "--pull", ""], /^comment: --file, --pull must be given, and not be empty\.$/);
        await refused(["comment", "--stack", "prod", "--file", file, "--pull", "1/x"], /^--pull must be a number; received "1\/x"\.$/);
        await refused(["comment", "--stack", "prod", "--file", folder, "--pull", "12"], /^--file: ".*" could not be read \(EISDIR\)\. Name the file that "report --comment" wrote\.$/);
        await refused(["deployed", "--environment", "test"], /^GITHUB_REPOSITORY and GITHUB_TOKEN must be set/, {});
        assert.deepEqual(calls, []);
    });
});
