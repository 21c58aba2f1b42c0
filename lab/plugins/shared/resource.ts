// What a stand-in says of its package: resource types, functions, and how it reaches the service.
import type { Clock } from "./clock";
import type { Fields } from "./schema";
import type { Properties } from "./values";

/** What one creation or update is about: new inputs, and for an update the state and the inputs that change. */
export interface Request {
    inputs: Properties;
    state: Properties;
    changed: Set<string>;
}

/** One resource type over a client C. States and inputs carry no marks of secrecy here. */
export interface Resource<C> {
    fields: Fields;
    /** What only the service tells. */
    outputs: string[];
    /** What state marks as secret, given or not. */
    secrets?: string[];
    /** The input that is made up from the resource's name where the program does not give it. */
    autoNamed?: string;
    /** Changes are told from the inputs, not from the state: for services that do not tell everything back. */
    comparesInputs?: boolean;
    /** The inputs that an id tells; an import needs them where the service does not tell them. */
    identify?(id: string): Properties;
    /** What is already asked in a preview of the creation. */
    plan?(client: C, inputs: Properties, clock: Clock): Promise<void>;
    create(client: C, inputs: Properties, clock: Clock): Promise<{ id: string; state: Properties }>;
    /** The state, or nothing where the object is gone. The previous state is empty in an import. */
    read(client: C, id: string, state: Properties, clock: Clock): Promise<Properties | undefined>;
    /** Missing where every change replaces. */
    update?(client: C, id: string, request: Request, clock: Clock): Promise<Properties>;
    delete(client: C, id: string, state: Properties, clock: Clock): Promise<void>;
}

/** A package as the engine sees it. */
export interface Package<C> {
    name: string;
    version: string;
    resources: { [type: string]: Resource<C> };
    functions: { [token: string]: (client: C, args: Properties, clock: Clock) => Promise<Properties> };
    /** Reaches the service with the configuration; called once per process. */
    configure(config: Properties): Promise<C>;
}
