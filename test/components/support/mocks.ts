import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { reporter } from "../../../components/internal/report";
import { probe } from "../../../components/windows/host/observeHost";
import { Observation, ObserveRequest } from "../../../drift/types";
import { Connection } from "../../../remote/types";
import { facts as wellFacts } from "../../drift/support/host";

/** What a program registered, said and asked under mocks. Proves tokens, names, inputs and parents; not what a provider or a host does. */
export interface Recorded {
    resources: pulumi.runtime.MockResourceArgs[];
    warnings: string[];
    infos: string[];
    failures: string[];
    asked: { host: string; connection: Connection; request: ObserveRequest }[];
    /** Waits for everything that was registered, and gives the one resource with this token and name. */
    one(type: string, name: string): Promise<pulumi.runtime.MockResourceArgs>;
    settle(): Promise<void>;
}

export interface MockOptions {
    preview?: boolean;
    /** Found values by `KEY\\NAME`; everything else is absent. */
    found?: Record<string, string>;
    facts?: Partial<Observation["facts"]>;
    records?: Observation["records"];
    services?: Observation["services"];
    products?: Observation["products"];
    names?: Observation["names"];
    certificates?: Observation["certificates"];
    events?: Observation["events"];
    smtpLogs?: Observation["smtpLogs"];
    /** Answers of provider functions, by token. */
    calls?: Record<string, (inputs: any) => object>;
    /** What the observation fails with. */
    error?: Error;
    /** Standard output of every command. */
    stdout?: (inputs: any) => string;
    config?: Record<string, string>;
}

const facts: Observation["facts"] = { ...wellFacts, user: "MIM01\\administrator" };

export async function installMocks(options: MockOptions = {}): Promise<Recorded> {
    // A program of before may still say something, which is none of this one's.
    await pulumi.runtime.disconnect();
    const recorded: Recorded = { resources: [], warnings: [], infos: [], failures: [], asked: [], one, settle };
    await pulumi.runtime.setMocks(
        {
            newResource: (args) => {
                recorded.resources.push(args);
                const stdout = args.type === "command:remote:Command" && options.stdout ? { stdout: options.stdout(args.inputs) } : {};
                return { id: `${args.name}-id`, state: { ...args.inputs, ...stdout } };
            },
            call: (args) => {
                if (args.token === "pulumi:pulumi:readStackResourceOutputs") {
                    return { outputs: {} };
                }
                const called = options.calls?.[args.token] ?? (() => assert.fail(`unexpected call of ${args.token}`));
                return called(args.inputs);
            },
        },
        "hybrid-identity",
        "test",
        options.preview ?? false,
        "organization",
    );
    pulumi.runtime.setAllConfig(options.config ?? {});
    reporter.warn = (message) => void recorded.warnings.push(message);
    reporter.info = (message) => void recorded.infos.push(message);
    reporter.fail = (message) => void recorded.failures.push(message);
    probe.observe = async (host, connection, request) => {
        recorded.asked.push({ host, connection, request });
        if (options.error) {
            throw options.error;
        }
        return answer(request, options);
    };
    probe.checkSftp = async () => {};
    return recorded;

    async function settle(): Promise<void> {
        await pulumi.runtime.disconnect();
    }

    async function one(type: string, name: string): Promise<pulumi.runtime.MockResourceArgs> {
        await settle();
        const found = recorded.resources.filter((resource) => resource.type === type && resource.name === name);
        if (found.length !== 1) {
            throw new Error(`${found.length} resources ${type} "${name}"; there are ${recorded.resources.map((resource) => `${resource.type} "${resource.name}"`).join(", ")}`);
        }
        return found[0]!;
    }
}

function answer(request: ObserveRequest, options: MockOptions): Observation {
    const values: Observation["values"] = {};
    for (const [key, names] of Object.entries(request.values)) {
        values[key] = Object.fromEntries(names.map((name) => [name, options.found?.[`${key}\\\\${name}`] ?? "absent"]));
    }
    return {
        facts: { ...facts, ...options.facts },
        module: null,
        marker: "",
        values,
        services: options.services ?? {},
        products: options.products,
        names: options.names,
        certificates: options.certificates,
        events: options.events,
        smtpLogs: options.smtpLogs,
        records: options.records ?? { values: {}, documents: {} },
    };
}

/** The plain value of an output, once known. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => output.apply(resolve));
}

/** A reply as docs/protocol.md has it. */
export function framed(reply: object): string {
    const json = JSON.stringify(reply);
    const hash = createHash("sha256").update(json).digest("hex");
    return `\nHYBRID-IDENTITY-REPLY 1 ${json.length} ${hash}\n${json}\nHYBRID-IDENTITY-END\n`;
}
