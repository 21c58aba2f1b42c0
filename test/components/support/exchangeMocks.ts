import * as pulumi from "@pulumi/pulumi";
import { clock } from "../../../components/internal/clock";
import { reporter } from "../../../components/internal/report";

export const appId = "aaaaaaaa-0000-4000-8000-000000000001";
export const principalId = "dddddddd-0000-4000-8000-000000000004";
export const group = {
    guid: "bbbbbbbb-0000-4000-8000-000000000002",
    externalDirectoryObjectId: "eeeeeeee-0000-4000-8000-000000000005",
    distinguishedName: "CN=O'Hara mailboxes,OU=contoso,DC=example",
};
export const now = "2026-09-01T12:00:00.000Z";

/** What a program registered, asked and said under mocks. Proves tokens, names and inputs; not what the provider or Exchange do. */
export interface Recorded {
    /** `Type name`, in alphabetical order. */
    registered(): string[];
    inputs(name: string): Record<string, unknown>;
    /** `function argument`, in alphabetical order. */
    asked(): string[];
    resources: pulumi.runtime.MockResourceArgs[];
    warnings: string[];
    failures: string[];
}

export type Replies = Record<string, object | ((inputs: Record<string, string>) => object)>;

/** @param replies by the function's name; every other call is an error. */
export async function install(replies: Replies, preview = false, state: object = {}): Promise<Recorded> {
    const resources: pulumi.runtime.MockResourceArgs[] = [];
    const calls: pulumi.runtime.MockCallArgs[] = [];
    const recorded: Recorded = {
        resources,
        warnings: [],
        failures: [],
        registered: () => resources.map((one) => `${one.type.split(":").pop()!} ${one.name}`).sort(),
        inputs: (name) => resources.find((one) => one.name === name)!.inputs,
        asked: () => calls.map((one) => [one.token.split(":").pop()!, ...Object.values(one.inputs)].join(" ")).sort(),
    };
    await pulumi.runtime.setMocks(
        {
            newResource: (args) => {
                resources.push(args);
                return {
                    id: preview && args.custom ? undefined : `${args.name}-id`,
                    state: { ...(preview ? {} : group), ...args.inputs, ...state },
                };
            },
            call: (args) => {
                calls.push(args);
                const reply = replies[args.token.split(":").pop()!];
                if (reply === undefined && args.token.endsWith(":getApplication")) {
                    // As gRPC hands an error over.
                    throw Object.assign(new Error(), { details: "Application not found: no applications found matching filter" });
                }
                if (reply === undefined) {
                    throw new Error(`unexpected call of ${args.token}`);
                }
                return typeof reply === "function" ? reply(args.inputs) : reply;
            },
        },
        "hybrid-identity",
        "test",
        preview,
        "organization",
    );
    pulumi.runtime.setAllConfig({});
    reporter.warn = (message) => void recorded.warnings.push(message);
    reporter.fail = (message) => void recorded.failures.push(message);
    return recorded;
}

/** Puts clock and reporter back after a suite; each test begins at `now`. */
export function useClock(): void {
    const real = { now: clock.now, ...reporter };
    beforeEach(() => (clock.now = () => new Date(now)));
    after(() => {
        clock.now = real.now;
        Object.assign(reporter, { warn: real.warn, fail: real.fail });
    });
}

/** The value once it is known; rejects where nothing can be made of it. */
export async function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
    return (output as unknown as { promise(): Promise<T> }).promise();
}
