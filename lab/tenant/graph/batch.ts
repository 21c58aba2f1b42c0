import { ApiError, isObject, jsonBody, type Json, type Reply, type Request } from "../http";

const MOST = 20;

/** Answers a batch: each call in it by `answer`, whatever became of the others, and in another order than they were asked (facts: wire.md section 3). */
export function batch(request: Request, version: string, answer: (inner: Request) => Reply): Reply {
    const asked = request.method === "POST" ? jsonBody(request)["requests"] : undefined;
    if (!Array.isArray(asked) || !asked.every(isObject)) {
        throw new ApiError(400, "BadRequest", "Invalid batch payload format.");
    }
    const ids = asked.map(({ id }) => id);
    if (asked.length > MOST || ids.some(id => typeof id !== "string") || new Set(ids).size < ids.length) {
        throw new ApiError(400, "BadRequest", `Invalid batch payload: at most ${MOST} requests, each with an id of its own.`);
    }
    const done = new Map<unknown, Reply>();
    for (const each of asked) {
        const awaited = Array.isArray(each["dependsOn"]) ? each["dependsOn"] : [];
        const failed = awaited.some(id => (done.get(id)?.status ?? 400) >= 400);
        done.set(each["id"], failed ? dependency() : answer(innerOf(each, request, version)));
    }
    const responses = [...done].map(([id, { status, headers = {}, body }]) => ({ id, status, headers, body })).reverse();
    const replies = [...done.values()];
    const unknown = replies.some(reply => reply.unknown) ? { unknown: true as const } : {};
    return { status: 200, body: { responses }, looked: asked.every(({ method }) => method === "GET"), ...unknown };
}

function innerOf({ method, url, headers, body }: Json, outer: Request, version: string): Request {
    const own = Object.fromEntries(Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
    if (body !== undefined && own["content-type"] === undefined) {
        throw new ApiError(400, "BadRequest", "Invalid batch payload: a request with a body needs the header Content-Type.");
    }
    const address = new URL(`/${version}/${String(url).replace(/^\//, "")}`, outer.url);
    return { method: String(method), url: address, headers: { authorization: outer.headers.authorization, ...own }, text: body === undefined ? "" : JSON.stringify(body) };
}

function dependency(): Reply {
    return { status: 424, body: { error: { code: "FailedDependency", message: "A request that this one depends on failed." } } };
}
