// The calls of the engine about one resource: inputs, outputs and marks of secrecy on this side, a resource type on the other.
import { isDeepStrictEqual } from "node:util";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { resources } from "./resources";
import { inWordsOf, realChanges, refreshed, type Kind } from "./resources/diff";
import { missed } from "./resources/missing";
import { withoutNumbers } from "./resources/phoneNumber";
import { Unfinished, type Context, type Found, type ResourceType } from "./resources/resource";
import { misfits } from "./resources/shape";
import { checkFailure, InitFailed, properties, struct, Unimplemented } from "./rpc";
import { name as packageName, shapeOf, version, type Shape } from "./schema";
import { hasSecret, hasUnknown, markedLike, reveal, secret, unknown, withoutSecret, type Failure, type Properties, type Value } from "./values";

interface Wanted {
    token: string;
    type: ResourceType;
    shape: Shape;
    /** The name in the program. */
    name: string;
}

/** The engine shows the value of the property that a failure names, secret or not: such a property is named in the words instead. */
function inWords({ property, reason }: Failure, given: Properties, { ofPeople }: ResourceType): Failure {
    const value = given[property] ?? null;
    const masked = (text: string) => (ofPeople ? withoutNumbers(text) : text);
    const shown = !hasSecret(value) && masked(JSON.stringify(value)) === JSON.stringify(value);
    return shown ? { property, reason: masked(reason) } : { property: "", reason: masked(`${property}: ${reason}`) };
}

/** Gives what a resource type may use; `seconds` is the time that the program allows, 0 where it says nothing. */
export type ContextFor = (what: string, seconds: number, urn?: string) => Context;

/** What a run keeps in mind. */
export interface OfRun {
    /**
     * Objects that a creation of this run made or found again. They are not deleted for whoever had them before: a resource that was renamed or replaced
     * by one that means the same would lose its object otherwise.
     */
    held: Set<string>;
    /** Which resource a name is of: what a preview is to find in the tenant may also be among what this run makes. */
    announced: Map<string, string>;
    /** URNs of resources that state has: whatever is created for one of them takes the place of its own object. */
    inState: Set<string>;
    /** What every context has of it. */
    declaredBy: Context["declaredBy"];
}

/** The calls. */
export function resourceCalls(contextFor: ContextFor, { held, announced, inState }: Omit<OfRun, "declaredBy">) {
    const refuseMissing = async ({ token, type }: Wanted, inputs: Properties, given: Properties, urn: string) => {
        // An address is also told by what stands before the "@": which domain a group gets, the service decides. Nobody waits for itself.
        const made = (name: string) => [name, name.split("@")[0]!].some(each => (announced.get(each.toLowerCase()) ?? urn) !== urn);
        const missing = (await type.missing?.(inputs, contextFor(token, 0, urn), made)) ?? [];
        if (missing.length === 0) return;
        throw new Error(missing.map(each => missed(each, hasSecret(given[each.property] ?? null))).join("\n"));
    };
    return {
        check(request: proto.CheckRequest): proto.CheckResponse {
            const { type, shape, name } = wanted(request.getUrn());
            const given = hidden(withoutNulls(properties(request.getNews())), shape);
            const olds = request.hasOlds() ? revealed(request.getOlds()) : undefined;
            if (Object.keys(olds ?? {}).length > 0) inState.add(request.getUrn());
            const known = reveal(given) as Properties;
            const inputs = type.defaults?.(known, name, request.getRandomseed_asU8(), olds) ?? known;
            const misfit = misfits(shape, inputs);
            const response = new proto.CheckResponse();
            for (const called of type.called?.(inputs) ?? []) announced.set(String(called).toLowerCase(), request.getUrn());
            response.setInputs(struct(markedLike(inputs, given)));
            for (const failure of misfit.length > 0 ? misfit : type.check(inputs)) {
                response.addFailures(checkFailure(inWords(withoutSecret(failure, given), given, type)));
            }
            return response;
        },
        async diff(request: proto.DiffRequest): Promise<proto.DiffResponse> {
            const { token, type } = wanted(request.getUrn());
            const olds = revealed(request.getOldInputs());
            const news = revealed(request.getNews());
            const state = { ...revealed(request.getOlds()), ...olds };
            const found = await realChanges(type, { olds, news, state }, () => contextFor(token, 0));
            const replaces = [...found].filter(([, kind]) => kind.endsWith("_REPLACE")).map(([property]) => property);
            const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
            const response = new proto.DiffResponse();
            const unsettled = type.unsettled?.(state) ?? [];
            response.setChanges(found.size + unsettled.length > 0 ? DIFF_SOME : DIFF_NONE);
            response.setDiffsList([...found.keys(), ...unsettled]);
            response.setReplacesList(replaces);
            response.setDeletebeforereplace(replaces.length > 0 && (type.deleteBeforeReplace?.(state, news) ?? false));
            response.setHasdetaileddiff(true);
            const put = (property: string, kind: Kind | "DELETE", inputs: boolean) => {
                const detail = new proto.PropertyDiff();
                detail.setKind(proto.PropertyDiff.Kind[kind]);
                detail.setInputdiff(inputs);
                response.getDetaileddiffMap().set(property, detail);
            };
            for (const [property, kind] of found) put(property, kind, true);
            // What there is to do goes away, once it is done.
            for (const property of unsettled) put(property, "DELETE", false);
            return response;
        },
        async create(request: proto.CreateRequest): Promise<proto.CreateResponse> {
            const it = wanted(request.getUrn());
            const { token, type, shape } = it;
            const given = properties(request.getProperties());
            const response = new proto.CreateResponse();
            if (request.getPreview()) {
                const known = reveal(given) as Properties;
                await refuseMissing(it, known, given, request.getUrn());
                if (!hasUnknown(known) && !inState.has(request.getUrn())) await type.taken?.(known, contextFor(token, 0, request.getUrn()));
                await type.foresee?.(known, {}, contextFor(token, 0, request.getUrn()));
                const outputs = Object.fromEntries(shape.outputs.map(output => [output, unknown]));
                response.setProperties(struct({ ...given, ...outputs }));
                return response;
            }
            const inputs = reveal(given) as Properties;
            const worded = (found: Found) => {
                held.add(heldAs(token, found.id));
                return hidden(markedLike(inWordsOf(inputs, found, type, shape).state, given), shape);
            };
            const found = await kept(type.create(inputs, contextFor(token, request.getTimeout(), request.getUrn())), worded);
            response.setId(found.id);
            response.setProperties(struct(worded(found)));
            return response;
        },
        async read(request: proto.ReadRequest): Promise<proto.ReadResponse> {
            const { token, type, shape } = wanted(request.getUrn());
            const given = properties(request.getInputs());
            const olds = properties(request.getProperties());
            // An import, or a look at something that the program does not manage.
            const inputs = Object.keys(given).length === 0 ? undefined : (reveal(given) as Properties);
            const response = new proto.ReadResponse();
            const found = await type.read(request.getId(), inputs, contextFor(token, 0, request.getUrn()), reveal(olds) as Properties);
            // Nothing of it is in state: it was asked for by an id that people have in hand.
            if (!found && !inputs && Object.keys(olds).length === 0) {
                throw new Error(`there is none with the id ${JSON.stringify(request.getId())}; it was looked for as ${type.importedBy}`);
            }
            // Without an id the object is gone.
            if (!found) return response;
            const worded = inputs ? inWordsOf(inputs, found, type, shape) : found;
            const state = inputs ? refreshed(inputs, reveal(olds) as Properties, worded, shape) : found.state;
            response.setId(worded.id);
            response.setInputs(struct(hidden(markedLike(worded.inputs, given, olds), shape)));
            response.setProperties(struct(hidden(markedLike(state, given, olds), shape)));
            return response;
        },
        async update(request: proto.UpdateRequest): Promise<proto.UpdateResponse> {
            const it = wanted(request.getUrn());
            const { token, type, shape } = it;
            const given = properties(request.getNews());
            const olds = properties(request.getOlds());
            const response = new proto.UpdateResponse();
            if (request.getPreview()) {
                const known = reveal(given) as Properties;
                await refuseMissing(it, added(known, revealed(request.getOldInputs())), given, request.getUrn());
                await type.foresee?.(known, reveal(olds) as Properties, contextFor(token, 0, request.getUrn()));
                const old = Object.entries(olds).filter(([property]) => !(property in shape.inputs));
                // How many and who, each update finds anew.
                const outputs = Object.fromEntries(type.ofPeople ? shape.outputs.map(output => [output, unknown]) : old);
                response.setProperties(struct({ ...outputs, ...given }));
                return response;
            }
            const inputs = reveal(given) as Properties;
            const worded = (found: Found) => hidden(markedLike(inWordsOf(inputs, found, type, shape).state, given), shape);
            const before = { ...(reveal(olds) as Properties), ...revealed(request.getOldInputs()) };
            const found = await kept(type.update(request.getId(), before, inputs, contextFor(token, request.getTimeout(), request.getUrn())), worded);
            response.setProperties(struct(worded(found)));
            return response;
        },
        async delete(request: proto.DeleteRequest): Promise<Empty> {
            const { token, type } = wanted(request.getUrn());
            if (held.has(heldAs(token, request.getId()))) return new Empty();
            const state = { ...revealed(request.getOldInputs()), ...revealed(request.getProperties()) };
            await type.delete(request.getId(), state, contextFor(token, request.getTimeout(), request.getUrn()));
            return new Empty();
        },
    };
}

// urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>
function wanted(urn: string): Wanted {
    const token = urn.split("::")[2]?.split("$").pop() ?? "";
    const type = resources[token];
    if (!type) throw new Unimplemented(`${packageName} ${version} has no resource type "${token}"`);
    return { token, type, shape: shapeOf(token), name: urn.split("::").slice(3).join("::") };
}

/** What exists although not all of it could be done is kept in state. */
async function kept(work: Promise<Found>, worded: (found: Found) => Properties): Promise<Found> {
    try {
        return await work;
    } catch (error) {
        throw error instanceof Unfinished ? new InitFailed(error.message, error.found.id, worded(error.found)) : error;
    }
}

/** What was not there before, also within lists: what an update has to find. */
function added(inputs: Properties, olds: Properties): Properties {
    const isNew = (value: Value, old: Value[]) => !old.some(each => isDeepStrictEqual(each, value));
    const rest = ([property, value]: [string, Value]) => {
        const old = [olds[property] ?? []].flat();
        return [property, [value].flat().filter(each => isNew(each, old))];
    };
    return Object.fromEntries(Object.entries(inputs).map(rest)) as Properties;
}

/** The values, those secret that the schema says are, whoever gave them. */
function hidden(values: Properties, { secrets }: Shape): Properties {
    const hide = ([name, value]: [string, Value]) => [name, secrets.includes(name) ? secret(value) : value];
    return Object.fromEntries(Object.entries(values).map(hide)) as Properties;
}

function heldAs(token: string, id: string): string {
    return `${token} ${id.toLowerCase()}`;
}

function revealed(given: Parameters<typeof properties>[0]): Properties {
    return reveal(properties(given)) as Properties;
}

function withoutNulls(given: Properties): Properties {
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}
