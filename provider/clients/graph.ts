// Microsoft Graph, as the provider's settings reach it.
import type { Cloud } from "./cloud";
import { HttpClient, type ClientOptions } from "./http";
import type { Settings } from "./settings";
import { shared } from "./shared";
import { tokenSource } from "./tokens";

/** Makes the client when it is first needed: a run that asks nothing sends nothing. */
export function graphClient(
    settings: Settings,
    cloud: (signal?: AbortSignal) => Promise<Cloud>,
    options: ClientOptions = {},
): (signal?: AbortSignal) => Promise<HttpClient> {
    return shared(async signal => {
        const { login, graph } = await cloud(signal);
        return new HttpClient(graph, { token: tokenSource(settings, login, `${graph}/.default`), ...options });
    });
}
