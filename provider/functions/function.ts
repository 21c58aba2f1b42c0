// What a function of the provider is.
import type { HttpClient } from "../clients/http";
import type { Failure, Properties } from "../values";

/** What a function may use. */
export interface Context {
    graph(signal?: AbortSignal): Promise<HttpClient>;
    signal: AbortSignal;
}

/** A function that a program calls. It only reads. */
export interface ProviderFunction {
    /** What is wrong with the arguments, before anything is called. */
    check(args: Properties): Failure[];
    run(args: Properties, context: Context): Promise<Properties>;
}
