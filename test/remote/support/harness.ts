import assert from "node:assert/strict";
import { RemoteError } from "../../../remote/errors";
import { PoolOptions, SessionPool } from "../../../remote/pool";
import { Behaviour, TestServer } from "./server";

export const soon = { timeoutMs: 5000, label: "observe" };

/** Servers and pools that are stopped after each test of the describe block that calls this. */
export function harness() {
    const stops: (() => Promise<unknown>)[] = [];
    afterEach(async () => {
        for (const stop of stops.splice(0)) {
            await stop();
        }
    });
    return {
        serve: async (behaviour?: Behaviour): Promise<TestServer> => {
            const server = await TestServer.start(behaviour);
            stops.push(() => server.stop());
            return server;
        },
        pool: (options?: PoolOptions): SessionPool => {
            const made = new SessionPool(options);
            stops.unshift(() => made.close());
            return made;
        },
        after: (stop: () => Promise<unknown>) => stops.unshift(stop),
    };
}

/** The RemoteError that a promise ends with. */
export async function failure(promise: Promise<unknown>): Promise<RemoteError> {
    const outcome = await promise.then(
        () => assert.fail("no error came"),
        (error: unknown) => error,
    );
    assert.ok(RemoteError.isInstance(outcome), String(outcome));
    return outcome;
}

export async function until(condition: () => boolean): Promise<void> {
    while (!condition()) {
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
}
