// What a function of the provider is.
import type { Context } from "../resources/resource";
import type { Failure, Properties } from "../values";

/** A function that a program calls. It only reads. */
export interface ProviderFunction {
    /** What is wrong with the arguments, before anything is called. */
    check(args: Properties): Failure[];
    run(args: Properties, context: Context): Promise<Properties>;
}
