// What a resource type of the provider is.
import type { EwsClient } from "../clients/ews";
import type { ExchangeClient } from "../clients/exchange";
import type { HttpClient } from "../clients/http";
import type { Failure, Properties, Value } from "../values";

/** What resource types and functions may use. */
export interface Context {
    graph(signal?: AbortSignal): Promise<HttpClient>;
    exchange(signal?: AbortSignal): Promise<ExchangeClient>;
    ews(signal?: AbortSignal): Promise<EwsClient>;
    /** By object id, the resource that declared somebody in this run: what it counts on is not removed for another one that goes. */
    declaredBy: Map<string, string>;
    /** Ends what is under way when the run is cancelled. */
    signal: AbortSignal;
    /** Waits so many milliseconds; rejects when the run is cancelled. */
    wait(milliseconds: number): Promise<void>;
    /** Tells whoever looks at the run what is waited for, or what is to be known; the latter as a warning. */
    tell(message: string, warning?: boolean): void;
}

/** What the tenant has. `inputs` are what a program would have to declare to find no drift. */
export interface Found {
    id: string;
    inputs: Properties;
    state: Properties;
}

/** Something that an object is made with, and that the tenant does not have. */
export interface Missing {
    property: string;
    name: string;
    /** As in "no recipient". */
    kind: string;
}

/** One resource type. Properties carry no marks of secrecy here and are known, except in `defaults`, `check`, `same` and `foresee`. */
export interface ResourceType {
    /** Whether it is of people: its inputs may be telephone numbers, which no message repeats, and its outputs are who and how many. */
    ofPeople?: true;
    /** Inputs whose change needs a new object. */
    replaceOn: string[];
    /** Whether the old object has to go first. Default no. `old`: the last state and inputs. */
    deleteBeforeReplace?(old: Properties, inputs: Properties): boolean;
    /** Adds defaults. `name` is the logical name, `olds` the last inputs. Unknown values are possible. */
    defaults?(inputs: Properties, name: string, seed: Uint8Array, olds: Properties | undefined): Properties;
    /** What is wrong, before anything is called. Unknown values are possible and pass. */
    check(inputs: Properties): Failure[];
    /** Whether two values of an input mean the same (after JSON equality said no). */
    same?(property: string, old: Value, now: Value): boolean;
    /** Whether another value of an input in `replaceOn` means the object that there is all the same; may ask the service. */
    means?(property: string, now: Value, state: Properties, context: Context): Promise<boolean>;
    /** What other resources may call the object by. Unknown values are possible. */
    called?(inputs: Properties): Value[];
    /** What `create` would not find; for previews, so what is not known yet is left out. `made`: whether this run makes what is called so. */
    missing?(inputs: Properties, context: Context, made: (name: string) => boolean): Promise<Missing[]>;
    /** Rejects where the tenant has something in the way of `create`; for previews, and asked only where all inputs are known. */
    taken?(inputs: Properties, context: Context): Promise<unknown>;
    /** Says in a preview what `create` or `update` will do, and rejects where they would. `state`: empty before creation. Unknown values are possible. */
    foresee?(inputs: Properties, state: Properties, context: Context): Promise<void>;
    /** Outputs of the last state that tell of something left to do, although no input changed. */
    unsettled?(state: Properties): string[];
    /** Finds again what an earlier try with the same inputs made (lost reply), else makes it. Reads back. */
    create(inputs: Properties, context: Context): Promise<Found>;
    /** What an import finds an object by, as a message has it after "looked for as". */
    importedBy: string;
    /** `inputs` and `state`: what is in state, nothing on import. Undefined: the service says that it is not there. */
    read(id: string, inputs: Properties | undefined, context: Context, state?: Properties): Promise<Found | undefined>;
    /** `olds`: the last state and inputs. */
    update(id: string, olds: Properties, inputs: Properties, context: Context): Promise<Found>;
    delete(id: string, state: Properties, context: Context): Promise<void>;
}

/** Thrown by `create` and `update` when the object exists but is not as declared yet: it is kept in state, and the next run continues. */
export class Unfinished extends Error {
    constructor(
        readonly found: Found,
        reason: Error,
    ) {
        super(reason.message);
    }
}
