// The provider over gRPC. It serves the SDK's gRPC classes itself, because the SDK's ready-made server configures nothing, hands secrets
// over in clear and has no detailed diffs.
import { setTimeout as sleep } from "node:timers/promises";
import type * as grpc from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { cloudOf } from "./clients/cloud";
import { ewsClient } from "./clients/ews";
import { exchangeClient } from "./clients/exchange";
import { graphClient } from "./clients/graph";
import { shared } from "./clients/shared";
import { checkSettings, settingsOf } from "./config";
import { tellEngine } from "./engineLog";
import { construct } from "./construct";
import { functions } from "./functions";
import { resourceCalls, type OfRun } from "./resourceCalls";
import type { Context } from "./resources/resource";
import { checkFailure, properties, struct, unary, Unimplemented } from "./rpc";
import { sayOnce } from "./sayOnce";
import { name, schemaText, version } from "./schema";
import { reveal, withoutSecret, type Properties } from "./values";

const cancelled = new AbortController();
let clients: Pick<Context, "graph" | "exchange" | "ews"> | undefined;
const ofRun: OfRun = { held: new Set(), announced: new Map(), inState: new Set(), declaredBy: new Map() };
const calls = resourceCalls(contextFor, ofRun);
const said = new Map<string, string>();
const lastTold = new Map<string, string>();
const once = sayOnce(said);

/** Ends what is under way; nothing can be asked of this process afterwards. */
export function cancelAll(): void {
    cancelled.abort();
}

/** The provider as a gRPC service; what it does not name is answered as not implemented. */
export const service: grpc.UntypedServiceImplementation = {
    handshake: unary(() => {
        const response = new proto.ProviderHandshakeResponse();
        response.setAcceptSecrets(true);
        response.setAcceptResources(true);
        return response;
    }),
    attach: unary(() => new Empty()),
    getPluginInfo: unary(() => {
        const response = new PluginInfo();
        response.setVersion(version);
        return response;
    }),
    getSchema: unary(() => {
        const response = new proto.GetSchemaResponse();
        response.setSchema(schemaText());
        return response;
    }),
    checkConfig: unary((request: proto.CheckRequest) => {
        const { inputs, failures } = checkSettings(properties(request.getNews()));
        const response = new proto.CheckResponse();
        response.setInputs(struct(inputs));
        response.setFailuresList(failures.map(checkFailure));
        return response;
    }),
    // Left to the engine: whatever changed is an update, since no setting changes what the resources are.
    diffConfig: unary(() => new proto.DiffResponse()),
    configure: unary((request: proto.ConfigureRequest) => {
        const settings = settingsOf(properties(request.getArgs()), process.env);
        const cloud = shared(signal => cloudOf(settings, signal));
        clients = { graph: graphClient(settings, cloud), exchange: exchangeClient(settings, cloud), ews: ewsClient(settings, cloud) };
        for (const noted of [...Object.values(ofRun), said, lastTold]) noted.clear();
        const response = new proto.ConfigureResponse();
        response.setAcceptsecrets(true);
        // A host that another component is given comes without an id, which is not known in a preview.
        response.setAcceptresources(true);
        response.setSupportspreview(true);
        return response;
    }),
    invoke: unary(async (request: proto.InvokeRequest) => {
        const wanted = functions[request.getTok()];
        if (!wanted) throw new Unimplemented(`${name} ${version} has no function "${request.getTok()}"`);
        const context = contextFor(request.getTok(), 0);
        const given = properties(request.getArgs());
        const args = reveal(given) as Properties;
        const response = new proto.InvokeResponse();
        const failures = wanted.check(args);
        response.setFailuresList(failures.map(failure => checkFailure(withoutSecret(failure, given))));
        if (failures.length === 0) response.setReturn(struct(await wanted.run(args, context)));
        return response;
    }),
    check: unary(calls.check),
    diff: unary(once(calls.diff)),
    create: unary(once(calls.create)),
    read: unary(once(calls.read)),
    update: unary(once(calls.update)),
    delete: unary(once(calls.delete)),
    construct: unary(construct),
    cancel: unary(() => {
        cancelAll();
        return new Empty();
    }),
};

function contextFor(what: string, seconds: number, urn?: string): Context {
    if (!clients) throw new Error(`${name} was asked for ${what} before it was configured`);
    const signal = seconds > 0 ? signalWithin(seconds) : cancelled.signal;
    const tell = (message: string, warning?: boolean) => {
        // A look that found the same as the one before it, in the same run, says nothing new.
        if (urn === undefined || lastTold.get(urn) === message) return;
        lastTold.set(urn, message);
        tellEngine(urn, message, warning);
    };
    return { ...clients, declaredBy: ofRun.declaredBy, signal, wait: milliseconds => pause(milliseconds, signal), tell };
}

// AbortSignal.any with AbortSignal.timeout would be shorter, but nothing keeps those two from being collected as garbage in Node 20.
function signalWithin(seconds: number): AbortSignal {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1000 * seconds).unref();
    cancelled.signal.addEventListener("abort", () => controller.abort(), { once: true });
    return controller.signal;
}

// Where a pretend tenant answers, which knows at once what it was told, nothing comes of waiting as long as for Microsoft's.
const scale = Number(process.env["HYBRID_IDENTITY_PAUSES"] ?? 1);

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    try {
        await sleep(scale * milliseconds, undefined, { signal });
    } catch {
        const why = cancelled.signal.aborted ? "cancelled" : "the time that the program allows (customTimeouts) was over";
        throw new Error(`${why} while it waited`);
    }
}
