const fromPull = ["pull_request", "workflow_run"];
const sameRepository = /github\.event\.(pull_request\.head\.repo|workflow_run\.head_repository)\.full_name == github\.repository/;

/**
 * What a workflow must not do. The workflow as YAML gives it; `scripts` of package.json; `called` by path from the top of the repository.
 * @returns {string[]}
 */
export function problemsOf(workflow, { scripts, called }) {
    const events = eventsOf(workflow);
    const top = workflow.permissions;
    const problems = [];
    const add = (bad, text) => bad && problems.push(text);
    add(events.includes("pull_request_target"), "pull_request_target runs with secrets for everybody");
    add(top === undefined, "permissions are missing");
    for (const [name, job] of Object.entries(workflow.jobs ?? {})) {
        const say = (bad, text) => add(bad, `${name}: ${text}`);
        const granted = job.permissions ?? top;
        say(typeof granted === "string", `permissions are ${granted}`);
        say(Object.keys(top ?? {}).length === 0 && job.permissions === undefined, "has no permissions");
        say(Object.values(top ?? {}).includes("write"), "every job may write");
        say(job["timeout-minutes"] === undefined && job.uses === undefined, "has no timeout");
        const rights = Object.values(granted ?? {}).includes("write") || job.environment !== undefined || job.secrets !== undefined || /\bsecrets\./.test(JSON.stringify(job));
        say(rights && events.some((event) => fromPull.includes(event)) && !sameRepository.test(job.if ?? ""), "has rights or secrets, and runs for forks");
        [job.needs ?? []].flat().forEach((one) => say(workflow.jobs[one] === undefined, `needs ${one}, which is not there`));
        if (job.uses !== undefined) {
            callProblems(job, called).forEach((text) => say(true, text));
            say(events.some((event) => fromPull.includes(event)) && job.uses.endsWith("/up.yml"), "a pull request applies a stack");
        }
        stepProblems(job.steps ?? [], scripts, called).forEach((text) => say(true, text));
    }
    return problems;
}

/** The same of steps, also those of an action of the repository. */
export function stepProblems(steps, scripts, called) {
    return steps.flatMap(({ uses, run = "" }) => {
        const action = uses === undefined || (uses.startsWith("./") ? called[uses] !== undefined : /^[\w-]+\/[\w./-]+@v\d+$/.test(uses));
        const named = [...run.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, script]) => script).filter((script) => scripts[script] === undefined);
        const written = /\$\{\{\s*(github\.(event|head_ref)|inputs|secrets)\b/.test(run);
        return [
            ...(action ? [] : [`${uses} is not there, or not at a major version`]),
            ...named.map((script) => `npm run ${script} is no script`),
            ...(written ? [`what others write stands in a script: ${run.trim().split("\n")[0]}`] : []),
        ];
    });
}

function callProblems({ uses, with: given = {} }, called) {
    const callee = called[uses];
    if (callee === undefined) {
        return [`${uses} is not there`];
    }
    const { inputs = {} } = callee.on.workflow_call;
    const missing = Object.keys(inputs).filter((input) => inputs[input].required && given[input] === undefined);
    return [...missing.map((input) => `${uses} needs ${input}`), ...Object.keys(given).filter((input) => inputs[input] === undefined).map((input) => `${uses} knows no ${input}`)];
}

function eventsOf({ on }) {
    return typeof on === "string" ? [on] : Array.isArray(on) ? on : Object.keys(on ?? {});
}
