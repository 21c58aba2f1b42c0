import { ApiError, type Json, type Reply } from "../http";
import { shown, type GraphCall } from "./call";

/** The reply that carries objects: filtered, and page by page. Throws ApiError for what Graph would not take. */
export function list(call: GraphCall, set: string, entities: Json[]): Reply {
    const { world, url, version } = call;
    const matching = entities.filter(filter(url.searchParams.get("$filter"))).filter(({ id }) => world.replication.visible(String(id)));
    const size = Math.min(Number(url.searchParams.get("$top") ?? world.behaviour.pageSize), world.behaviour.largestPage);
    const from = Number(url.searchParams.get("$skiptoken") ?? 0);
    const next = new URL(url);
    next.searchParams.set("$skiptoken", String(from + size));
    return {
        status: 200,
        body: {
            "@odata.context": `${world.base}/${version}/$metadata#${set}`,
            ...(from + size < matching.length ? { "@odata.nextLink": next.href } : {}),
            value: matching.slice(from, from + size).map(entity => shown(call, entity)),
        },
    };
}

/** `NAME eq 'TEXT'`, also several with `and`. A quote inside is doubled. */
function filter(text: string | null): (entity: Json) => boolean {
    if (text === null) {
        return () => true;
    }
    const clause = /^(\w+) eq (?:'((?:[^']|'')*)'|(true|false))$/;
    const clauses = text.split(/ and (?=\w+ eq )/).map(each => {
        const [, property, quoted, bare] = clause.exec(each.trim()) ?? [];
        if (property === undefined) {
            throw new ApiError(400, "Request_UnsupportedQuery", `Unsupported or invalid query filter clause specified: '${each}'.`, { unknown: true });
        }
        return { property, wanted: bare === undefined ? (quoted ?? "").replace(/''/g, "'") : bare === "true" };
    });
    return entity => clauses.every(({ property, wanted }) => same(entity[property], wanted));
}

/** Texts compare as the directory does, without regard to case. */
function same(value: unknown, wanted: string | boolean): boolean {
    return typeof value === "string" && typeof wanted === "string" ? value.toLowerCase() === wanted.toLowerCase() : value === wanted;
}
