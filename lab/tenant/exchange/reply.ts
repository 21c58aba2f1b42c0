import { createHash } from "node:crypto";
import type { Json, Reply, Request } from "../http";
import type { World } from "../world";
import type { CmdletCall } from "./cmdlet";
import { invalid, ODATA } from "./errors";

/** How many objects come where nobody asks for all. */
const RESULTS = 1000;

/** All of a list where it is asked for, else its beginning. The rest of a long one comes to who posts the same body again. */
export function page(found: Json[], request: Request, { world, parameters }: CmdletCall, warning?: string): Reply {
    const body = createHash("sha256").update(request.text).digest("hex").slice(0, 16);
    const [from = 0, of = body] = request.url.searchParams.get("$skiptoken")?.split("-") ?? [];
    if (of !== body) {
        throw invalid("Expired or Invalid pagination request. Default Expiry time is 00:30:00", ODATA);
    }
    const size = parameters["ResultSize"] === "Unlimited" ? world.behaviour.pageSize : Number(parameters["ResultSize"] ?? RESULTS);
    const until = Number(from) + size;
    const next = new URL(request.url);
    next.searchParams.set("$skiptoken", `${until}-${body}`);
    const select = request.url.searchParams.get("$select")?.split(",");
    const more = parameters["ResultSize"] === "Unlimited" && until < found.length ? { "@odata.nextLink": next.href } : {};
    const value = found.slice(Number(from), until).map(each => annotated(each, select, world.behaviour.bareSingles));
    return { status: 200, body: { ...envelope(world, value), "@adminapi.warnings": warning === undefined ? [] : [warning], ...more } };
}

/** What every reply has around the objects. */
export function envelope(world: World, value: Json[]): Json {
    return {
        "@odata.context": `${world.base}/adminapi/beta/${world.state.tenantId}/$metadata#Collection(Exchange.GenericHashTable)`,
        "adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": [],
        value,
    };
}

/** An object with a note of its type before each property that JSON does not tell the type of (facts: wire.md section 1.6). */
function annotated(object: Json, select: string[] | undefined, bareSingles: boolean): Json {
    const shown = Object.entries(object).filter(([property]) => /^[A-Z]/.test(property) && (select?.includes(property) ?? true));
    const bare = (value: unknown): unknown => (bareSingles && Array.isArray(value) && value.length === 1 ? value[0] : value);
    return Object.fromEntries(shown.flatMap(([property, value]) => [...annotation(property, bare(value)), [property, bare(value)]]));
}

function annotation(property: string, value: unknown): Array<[string, string]> {
    if (Array.isArray(value)) {
        return [[`${property}@odata.type`, "#Collection(String)"]];
    }
    const named = property === "Guid" ? "System.Guid" : property.startsWith("When") ? "System.DateTime" : undefined;
    const type = named ?? (typeof value === "number" ? "System.Int32" : undefined);
    return type === undefined ? [] : [[`${property}@data.type`, type]];
}
