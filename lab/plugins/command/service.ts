// Stand-in for the Pulumi command plugin 1.2.1: a resource provider over gRPC, as far as its resources here need it. It serves the SDK's
// gRPC classes itself, because the SDK's ready-made server hands secrets over in clear and starts slowly.
import type * as grpc from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Engine } from "../shared/engine";
import { operation } from "../shared/operations";
import { greetings, properties, struct, typeOf, unary } from "../shared/rpc";
import type { Properties } from "../shared/values";
import { check } from "./check";
import { command } from "./command";
import { copy } from "./copy";
import { diff } from "./diff";
import type { Resource } from "./resource";
import { inputNames, packageSchema } from "./schema";

const name = "command";
const version = "1.2.1";

/** The engine that messages go to. */
export const engine = new Engine();

/** The provider as a gRPC service; what it does not name is answered as not implemented. */
export const service: grpc.UntypedServiceImplementation = {
    ...greetings(engine, version),
    getSchema: unary(() => {
        const response = new proto.GetSchemaResponse();
        response.setSchema(packageSchema(name, version));
        return response;
    }),
    checkConfig: unary((request: proto.CheckRequest) => {
        const response = new proto.CheckResponse();
        response.setInputs(request.getNews());
        return response;
    }),
    diffConfig: unary(() => new proto.DiffResponse()),
    configure: unary(() => {
        const response = new proto.ConfigureResponse();
        response.setAcceptsecrets(true);
        response.setSupportspreview(true);
        return response;
    }),
    check: unary((request: proto.CheckRequest) => {
        const { inputs, failures } = check(typeOf(request.getUrn()), properties(request.getNews()));
        const response = new proto.CheckResponse();
        response.setInputs(struct(inputs));
        for (const { property, reason } of failures) {
            const failure = new proto.CheckFailure();
            failure.setProperty(property);
            failure.setReason(reason);
            response.addFailures(failure);
        }
        return response;
    }),
    diff: unary((request: proto.DiffRequest) => {
        const names = inputNames(typeOf(request.getUrn()));
        const olds = properties(request.getOlds());
        const news = unchanged(request.getIgnorechangesList(), olds, properties(request.getNews()));
        const added = strangers(names, news);
        const { names: inputs, replaces, paths } = diff(names, olds, news);
        const changed = [...inputs, ...added];
        added.forEach(name => paths.set(name, "ADD"));
        const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
        const response = new proto.DiffResponse();
        response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
        response.setDiffsList(changed);
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
        const urn = request.getUrn();
        const inputs = properties(request.getProperties());
        const type = typeOf(urn);
        const { create, previewCreate, newId } = resourceOf(type);
        const run = () => operation(request.getTimeout(), signal => create(type, inputs, { signal, log: engine.logFor(urn) }));
        const response = new proto.CreateResponse();
        response.setProperties(struct(request.getPreview() ? previewCreate(inputs) : await run()));
        response.setId(newId(urn.slice(urn.lastIndexOf("::") + 2), request.getPreview()));
        return response;
    }),
    read: unary((request: proto.ReadRequest) => {
        const response = new proto.ReadResponse();
        response.setId(request.getId());
        response.setProperties(request.getProperties());
        response.setInputs(request.getInputs());
        return response;
    }),
    update: unary(async (request: proto.UpdateRequest) => {
        const urn = request.getUrn();
        const type = typeOf(urn);
        const olds = properties(request.getOlds());
        const news = unchanged(request.getIgnorechangesList(), olds, properties(request.getNews()));
        const odd = strangers(inputNames(type), news).map(name => `\n\t${name}: Unrecognized field '${name}' on '${type.slice(type.indexOf(":") + 1).replace(":", ".")}Inputs'`);
        if (odd.length > 0) throw new Error(`${odd.length} failures decoding:${odd.join("")}`);
        const { update, previewUpdate } = resourceOf(type);
        const run = () => operation(request.getTimeout(), signal => update(type, olds, news, { signal, log: engine.logFor(urn) }));
        const response = new proto.UpdateResponse();
        response.setProperties(struct(request.getPreview() ? previewUpdate(type, olds, news) : await run()));
        return response;
    }),
    delete: unary(async (request: proto.DeleteRequest) => {
        const urn = request.getUrn();
        const state = properties(request.getProperties());
        const type = typeOf(urn);
        await operation(request.getTimeout(), signal => resourceOf(type).remove(type, state, { signal, log: engine.logFor(urn) }));
        return new Empty();
    }),
};

function resourceOf(type: string): Resource {
    return type === "command:remote:CopyToRemote" ? copy : command;
}

// Outputs among the names to ignore, which come in from state and are taken for inputs.
function strangers(names: string[], news: Properties): string[] {
    return Object.keys(news).filter(name => !names.includes(name) && !name.startsWith("__") && name !== "*" && news[name] !== null);
}

// Inputs whose changes are ignored are as state has them, by their names alone: "*" is none.
function unchanged(ignored: string[], olds: Properties, news: Properties): Properties {
    return { ...news, ...Object.fromEntries(ignored.map(name => [name, olds[name] ?? null])) };
}
