// Microsoft Graph, as the provider's settings reach it.
import type { Settings } from "../config";
import { cloudOf } from "./cloud";
import { HttpClient } from "./http";
import { tokenSource } from "./tokens";

/** Makes the client when it is first needed: a run that asks nothing sends nothing. */
export function graphClient(settings: Settings): (signal?: AbortSignal) => Promise<HttpClient> {
    let client: Promise<HttpClient> | undefined;
    const make = async (signal: AbortSignal | undefined) => {
        const { login, graph } = await cloudOf(settings, signal);
        return new HttpClient(graph, { token: tokenSource(settings, login, `${graph}/.default`) });
    };
    return async signal => {
        client ??= make(signal);
        try {
            return await client;
        } catch (error) {
            client = undefined; // the next call tries again
            throw error;
        }
    };
}
