// A package of declared resources as a gRPC service, with the semantics of a bridged Terraform provider.
import { randomBytes } from "node:crypto";
import type * as grpc from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Clock } from "./clock";
import { diff } from "./diff";
import type { Engine } from "./engine";
import { operation } from "./operations";
import type { Package, Resource } from "./resource";
import { greetings, InitFailed, properties, struct, typeOf, unary } from "./rpc";
import { check, type Failure } from "./schema";
import { carriedInputs, marked, plain, plannedCreate, plannedUpdate, refreshedInputs, settledState } from "./state";
import type { Properties } from "./values";

// The plugin's own limits, in seconds, where the program gives none.
const limits = { create: 600, read: 300, update: 600, delete: 300 };

/** The service; what it does not name is answered as not implemented. */
export function serviceOf<C>(pack: Package<C>, engine: Engine): grpc.UntypedServiceImplementation {
    let client: C | undefined;
    const reach = (): C => {
        if (client === undefined) throw new Error(`the ${pack.name} provider is not configured; its configuration is not known yet`);
        return client;
    };
    const resourceOf = (urn: string): Resource<C> => known(pack.resources, typeOf(urn), "resource type", pack.name);
    const timed = <T>(timeout: number, limit: number, work: (clock: Clock) => Promise<T>) =>
        operation(timeout, signal => work(new Clock(signal, timeout || limit)));

    return {
        ...greetings(engine, pack.version),
        getSchema: unary(() => {
            const response = new proto.GetSchemaResponse();
            const named = (names: object) => Object.fromEntries(Object.keys(names).map(name => [name, {}]));
            const { name, version, resources, functions } = pack;
            response.setSchema(JSON.stringify({ name, version, resources: named(resources), functions: named(functions) }));
            return response;
        }),
        checkConfig: unary((request: proto.CheckRequest) => {
            return checked(properties(request.getNews()), []);
        }),
        diffConfig: unary(() => new proto.DiffResponse()),
        configure: unary(async (request: proto.ConfigureRequest) => {
            client ??= await pack.configure(plain(properties(request.getArgs())));
            const response = new proto.ConfigureResponse();
            response.setAcceptsecrets(true);
            response.setSupportspreview(true);
            return response;
        }),
        invoke: unary(async (request: proto.InvokeRequest) => {
            const call = known(pack.functions, request.getTok(), "function", pack.name);
            const response = new proto.InvokeResponse();
            response.setReturn(struct(await timed(0, limits.read, clock => call(reach(), plain(properties(request.getArgs())), clock))));
            return response;
        }),
        check: unary((request: proto.CheckRequest) => {
            const { fields, autoNamed } = resourceOf(request.getUrn());
            const { inputs, failures } = check(fields, properties(request.getNews()));
            if (autoNamed !== undefined) inputs[autoNamed] ??= properties(request.getOlds())[autoNamed] ?? newName(request.getUrn());
            return checked(inputs, failures);
        }),
        diff: unary((request: proto.DiffRequest) => {
            const { fields, comparesInputs } = resourceOf(request.getUrn());
            const olds = properties(comparesInputs ? request.getOldInputs() : request.getOlds());
            const { paths, names, replaces } = diff(fields, olds, properties(request.getNews()), request.getIgnorechangesList());
            const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
            const response = new proto.DiffResponse();
            response.setChanges(paths.size > 0 ? DIFF_SOME : DIFF_NONE);
            response.setDiffsList(names);
            response.setReplacesList(replaces);
            response.setHasdetaileddiff(true);
            for (const [path, change] of paths) {
                const detail = new proto.PropertyDiff();
                detail.setKind(proto.PropertyDiff.Kind[change]);
                response.getDetaileddiffMap().set(path, detail);
            }
            return response;
        }),
        create: unary(async (request: proto.CreateRequest) => {
            const resource = resourceOf(request.getUrn());
            const given = properties(request.getProperties());
            const inputs = plain(given);
            const response = new proto.CreateResponse();
            await timed(request.getTimeout(), limits.create, async clock => {
                await planned(request.getUrn(), resource.plan?.(reach(), inputs, clock));
                if (request.getPreview()) return response.setProperties(struct(plannedCreate(resource, given)));
                const finish = (state: Properties) => marked(resource, given, settledState(resource, state, inputs, true));
                const made = await kept(resource.create(reach(), inputs, clock), finish);
                response.setId(made.id);
                response.setProperties(struct(finish(made.state)));
            });
            return response;
        }),
        read: unary(async (request: proto.ReadRequest) => {
            const resource = resourceOf(request.getUrn());
            const [olds, given] = [properties(request.getProperties()), properties(request.getInputs())];
            const before = plain(olds);
            const imported = Object.keys(olds).length === 0;
            const response = new proto.ReadResponse();
            const found = await timed(0, limits.read, clock => resource.read(reach(), request.getId(), before, clock));
            // Without an id the object is gone, or never was.
            if (!found) return response;
            const state = marked(resource, given, settledState(resource, found, before, false));
            response.setId(request.getId());
            response.setProperties(struct(state));
            const told = { ...resource.identify?.(request.getId()), ...state };
            const bridged = !imported && !resource.comparesInputs;
            response.setInputs(struct(bridged ? carriedInputs(given, told) : refreshedInputs(resource.fields, given, told, imported)));
            return response;
        }),
        update: unary(async (request: proto.UpdateRequest) => {
            const resource = resourceOf(request.getUrn());
            const [olds, given] = [properties(request.getOlds()), properties(request.getNews())];
            // Where changes are told from the inputs, the engine has put the old ones back itself.
            const ignored = resource.comparesInputs ? [] : request.getIgnorechangesList();
            for (const name of ignored) if (olds[name] !== undefined) given[name] = olds[name];
            const response = new proto.UpdateResponse();
            if (request.getPreview()) {
                response.setProperties(struct(plannedUpdate(resource, olds, given)));
                return response;
            }
            const { update } = resource;
            if (!update) throw new Error(`${typeOf(request.getUrn())} cannot be updated, only replaced`);
            const inputs = plain(given);
            const base = resource.comparesInputs ? properties(request.getOldInputs()) : olds;
            const changed = new Set(diff(resource.fields, base, given, request.getIgnorechangesList()).names);
            const finish = (state: Properties) => marked(resource, given, settledState(resource, state, inputs, true));
            const work = (clock: Clock) => update(reach(), request.getId(), { inputs, state: plain(olds), changed }, clock);
            response.setProperties(struct(finish(await timed(request.getTimeout(), limits.update, clock => kept(work(clock), finish)))));
            return response;
        }),
        delete: unary(async (request: proto.DeleteRequest) => {
            const resource = resourceOf(request.getUrn());
            const state = plain(properties(request.getProperties()));
            await timed(request.getTimeout(), limits.delete, clock => resource.delete(reach(), request.getId(), state, clock));
            return new Empty();
        }),
    };
}

// What a half-finished creation leaves in state is completed like what a finished one leaves.
async function kept<T>(work: Promise<T>, finish: (state: Properties) => Properties): Promise<T> {
    try {
        return await work;
    } catch (error) {
        throw error instanceof InitFailed ? new InitFailed(error.message, error.id, finish(error.state)) : error;
    }
}

// What a plan finds wrong, the bridge tells as found while it compares.
async function planned(urn: string, plan: Promise<void> | undefined): Promise<void> {
    try {
        await plan;
    } catch (error) {
        throw new Error(`diffing ${urn}: ${(error as Error).message}`);
    }
}

function known<T>(all: { [name: string]: T }, name: string, what: string, pack: string): T {
    const found = all[name];
    if (found !== undefined) return found;
    throw new Error(`the stand-in of the ${pack} plugin has no ${what} "${name}", only ${Object.keys(all).join(", ")}`);
}

function newName(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2) + randomBytes(4).toString("hex");
}

function checked(inputs: Properties, failures: Failure[]): proto.CheckResponse {
    const response = new proto.CheckResponse();
    response.setInputs(struct(inputs));
    for (const { property, reason } of failures) {
        const failure = new proto.CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        response.addFailures(failure);
    }
    return response;
}
