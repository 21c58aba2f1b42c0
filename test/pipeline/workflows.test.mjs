// What can be told of workflows where no GitHub is.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";
import { problemsOf, stepProblems } from "./support.mjs";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
const read = (path) => load(readFileSync(join(repository, path), "utf8"));
const workflows = readdirSync(join(repository, ".github/workflows")).map((name) => `./.github/workflows/${name}`);
const actions = readdirSync(join(repository, ".github/actions")).map((name) => `./.github/actions/${name}`);
const called = Object.fromEntries([...workflows.map((path) => [path, read(path)]), ...actions.map((path) => [path, read(`${path}/action.yml`)])]);

describe("workflows of the repository", () => {
    for (const path of workflows) {
        it(path, () => assert.deepEqual(problemsOf(called[path], { scripts, called }), []));
    }
    for (const path of actions) {
        it(path, () => assert.deepEqual(stepProblems(called[path].runs.steps, scripts, called), []));
    }

    it("look with the observer's key, and change with the other", () => {
        const text = (name) => JSON.stringify(called[`./.github/workflows/${name}.yml`]);
        assert.match(text("report"), /secrets\.OBSERVER_KEY/);
        assert.match(text("up"), /secrets\.SERVER_KEY/);
        const others = workflows.filter((path) => !path.endsWith("/up.yml")).filter((path) => JSON.stringify(called[path]).includes("secrets.SERVER_KEY"));
        assert.deepEqual(others, []);
    });

    it("apply one stack at a time, and let it come to its end", () => {
        const { concurrency } = called["./.github/workflows/up.yml"].jobs.up;
        assert.deepEqual(concurrency, { group: "stack-${{ inputs.stack }}", "cancel-in-progress": false });
    });

    it("preview production behind an environment of its own", () => {
        const uses = workflows.flatMap((path) => Object.values(called[path].jobs).filter((job) => job.with?.stack === "prod").map((job) => [path.split("/").at(-1), job.with.environment]));
        assert.deepEqual(uses, [["deploy.yml", "prod"], ["preview-prod.yml", "prod-preview"]]);
        assert.deepEqual(called["./.github/workflows/preview.yml"].jobs.report.strategy.matrix.stack, ["dev", "test"]);
        assert.equal(called["./.github/workflows/preview-prod.yml"].jobs.report.needs, "guard");
    });
});

describe("what is wrong with a workflow", () => {
    const guard = "github.event.pull_request.head.repo.full_name == github.repository";
    const job = { if: guard, "timeout-minutes": 5, permissions: { contents: "read" }, steps: [{ uses: "actions/checkout@v4" }, { run: "npm run promote" }] };
    const sound = { on: { pull_request: null }, permissions: {}, jobs: { one: job } };
    const up = { on: { workflow_call: { inputs: { stack: { required: true } } } } };
    const problems = (change) => problemsOf({ ...sound, ...change }, { scripts: { promote: "" }, called: { "./.github/workflows/up.yml": up } });
    const withJob = (change) => problems({ jobs: { one: { ...job, ...change } } });

    it("is nothing where it is sound", () => assert.deepEqual(problems({}), []));

    const wrong = [
        ["an event that gives secrets to forks", () => problems({ on: ["pull_request_target"] }), "pull_request_target runs with secrets for everybody"],
        ["no permissions", () => problems({ permissions: undefined }), "permissions are missing"],
        ["no permissions of a job", () => withJob({ permissions: undefined }), "one: has no permissions"],
        ["all permissions", () => withJob({ permissions: "write-all" }), "one: permissions are write-all"],
        ["every job that may write", () => problems({ permissions: { contents: "write" } }), "one: every job may write"],
        ["no timeout", () => withJob({ "timeout-minutes": undefined }), "one: has no timeout"],
        ["an environment without a guard", () => withJob({ if: undefined, environment: "prod" }), "one: has rights or secrets, and runs for forks"],
        ["secrets without a guard", () => withJob({ if: "true", steps: [{ env: { KEY: "${{ secrets.KEY }}" }, run: "true" }] }), "one: has rights or secrets, and runs for forks"],
        ["a right without a guard", () => withJob({ if: undefined, permissions: { "id-token": "write" } }), "one: has rights or secrets, and runs for forks"],
        ["a job that is not there", () => withJob({ needs: "two" }), "one: needs two, which is not there"],
        ["a script that is not there", () => withJob({ steps: [{ run: "cd x\nnpm run --silent deploy -- --to prod" }] }), "one: npm run deploy is no script"],
        ["an action at no major version", () => withJob({ steps: [{ uses: "actions/checkout@main" }] }), "one: actions/checkout@main is not there, or not at a major version"],
        ["an action that is not there", () => withJob({ steps: [{ uses: "./.github/actions/none" }] }), "one: ./.github/actions/none is not there, or not at a major version"],
        ["a title in a script", () => withJob({ steps: [{ run: "echo ${{ github.event.pull_request.title }}" }] }), "one: what others write stands in a script: echo ${{ github.event.pull_request.title }}"],
        ["a call without its input", () => withJob({ uses: "./.github/workflows/up.yml", on: "push", with: { stak: "dev" } }), "one: ./.github/workflows/up.yml needs stack"],
        ["an update for a pull request", () => withJob({ uses: "./.github/workflows/up.yml", with: { stack: "dev" } }), "one: a pull request applies a stack"],
    ];
    for (const [name, of, problem] of wrong) {
        it(name, () => assert.ok(of().includes(problem), of().join("\n")));
    }
});
