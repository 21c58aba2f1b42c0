// What a kind of resource has to do.
import type { Properties } from "../shared/values";
import type { Context } from "./run";

/** What every operation is given besides its inputs. */
export type Surroundings = Omit<Context, "previous">;

/** What one kind of resource does; every result is the resource's new state, or what a preview can tell of it. */
export interface Resource {
    create(type: string, inputs: Properties, surroundings: Surroundings): Promise<Properties>;
    update(type: string, olds: Properties, news: Properties, surroundings: Surroundings): Promise<Properties>;
    remove(type: string, state: Properties, surroundings: Surroundings): Promise<void>;
    previewCreate(inputs: Properties): Properties;
    previewUpdate(type: string, olds: Properties, news: Properties): Properties;
    /** The id of a new resource, or what a preview says for it. */
    newId(name: string, preview: boolean): string;
}
