import { Problem } from "../../drift/types";
import { checkArgs, Checks } from "./checkArgs";

/**
 * What is wrong with the shape of the arguments, and what `rest` says of those whose shape is right: all at once, and nothing twice. Those
 * whose shape is wrong are left out for `rest`, and `refused` names them: they are not missing.
 */
export function checkSound<Args extends object>(
    args: Args,
    checks: Checks<Args>,
    rest: (sound: Args, refused: ReadonlySet<string>) => Problem[],
): Problem[] {
    const shape = checkArgs<Args>(args, checks);
    const bad = new Set(shape.map(({ property }) => argument(property)));
    const sound = Object.fromEntries(Object.entries(args ?? {}).filter(([name]) => !bad.has(name))) as Args;
    return [...shape, ...rest(sound, bad).filter(({ property }) => !bad.has(argument(property)))];
}

/** `keyVault` of `keyVault.vaultName`, `owners` of `owners[1]`. */
function argument(property: string): string {
    return property.split(/[.[]/)[0]!;
}
