import { Declared, notKnown } from "./rules";

/** As `@pulumi/policy` gives a resource; its values throw where one is read that only the update can know. */
export interface Given {
    urn: string;
    type: string;
    name: string;
    props: Record<string, unknown>;
    opts: { deleteBeforeReplace?: boolean; ignoreChanges: string[]; parent?: string };
}

/** A copy that can be read everywhere: one unknown value would end a rule for all resources. */
export function declared({ urn, type, name, props, opts: { deleteBeforeReplace, ignoreChanges, parent } }: Given): Declared {
    return { urn, type, name, props: copied(props) as Record<string, unknown>, opts: { deleteBeforeReplace, ignoreChanges, parent } };
}

function copied(value: unknown): unknown {
    if (Array.isArray(value)) {
        return Array.from({ length: value.length }, (_, index) => read(value, index));
    }
    return typeof value === "object" && value !== null ? Object.fromEntries(Object.keys(value).map((name) => [name, read(value, name)])) : value;
}

function read(from: object, name: string | number): unknown {
    try {
        return copied((from as Record<string | number, unknown>)[name]);
    } catch (error) {
        if ((error as Error).constructor.name === "UnknownValueError") {
            return notKnown;
        }
        throw error;
    }
}
