// Owners of applications and service principals: the same calls for both.
import type { Clock } from "../shared/clock";
import type { Properties } from "../shared/values";
import type { Graph } from "./graph";
import { texts } from "./text";

/** Only so many owners can be named when an object is created, the caller among them. */
const bound = 20;

/** The owners as the body of a creation names them: the caller first. */
export function binding(graph: Graph, inputs: Properties): string[] {
    const others = texts(inputs["owners"]).filter(id => id !== graph.caller);
    return [graph.caller, ...others.slice(0, bound - 1)].map(id => graph.objectUrl(id));
}

/** After a creation: adds the owners that found no place, and removes the caller unless it is to be one. */
export async function settleOwners(graph: Graph, path: string, inputs: Properties, clock: Clock): Promise<void> {
    const wanted = texts(inputs["owners"]);
    for (const id of wanted.filter(id => id !== graph.caller).slice(bound - 1)) await add(graph, path, id, clock);
    if (!wanted.includes(graph.caller)) await remove(graph, path, graph.caller, clock);
}

/** In an update: makes the owners what they shall be. */
export async function updateOwners(graph: Graph, path: string, inputs: Properties, clock: Clock): Promise<void> {
    const wanted = texts(inputs["owners"]);
    const present = await ownersOf(graph, path, clock);
    for (const id of wanted) if (!present.includes(id)) await add(graph, path, id, clock);
    for (const id of present) if (!wanted.includes(id)) await remove(graph, path, id, clock);
}

/** The object ids of the owners, whatever type they say to be of. */
export async function ownersOf(graph: Graph, path: string, clock: Clock): Promise<string[]> {
    return (await graph.list(`${path}/owners`, { clock })).map(({ id }) => String(id));
}

async function add(graph: Graph, path: string, id: string, clock: Clock): Promise<void> {
    await graph.send("POST", `${path}/owners/$ref`, { clock, body: { "@odata.id": graph.objectUrl(id) } });
}

async function remove(graph: Graph, path: string, id: string, clock: Clock): Promise<void> {
    await graph.send("DELETE", `${path}/owners/${id}/$ref`, { clock });
}
