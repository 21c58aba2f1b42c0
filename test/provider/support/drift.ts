import { resources } from "../../../provider/resources";
import { changes, inWordsOf } from "../../../provider/resources/diff";
import type { Context } from "../../../provider/resources/resource";
import { shapeOf } from "../../../provider/schema";
import type { Properties } from "../../../provider/values";

/** What the next preview would show for a resource: the inputs that differ and how, or "gone". */
export async function drift(token: string, id: string, inputs: Properties, context: Context): Promise<Record<string, string> | "gone"> {
    const type = resources[token]!;
    const found = await type.read(id, inputs, context);
    return found ? Object.fromEntries(changes(type, inWordsOf(inputs, found, type, shapeOf(token)).inputs, inputs)) : "gone";
}
