import { HostReader } from "../remote/observer";
import type { Target } from "./arguments";
import { confirmation } from "./look";
import { lookAt } from "./lookAt";
import { programOf } from "./program";
import { nameOf, stepLines, unknownOf } from "./show";

/** `adopt`: prints the program on stdout, all else on stderr. Gives the exit code: 0 where all is known, else 1. */
export async function adopt({ target, pin }: { target: Target; pin: boolean }): Promise<number> {
    const sight = await lookAt(target, new HostReader(), confirmation(pin, false));
    if (sight.observation === undefined) {
        console.error([`${nameOf(sight)} could not be looked at, so there is no program:`, ...stepLines(sight)].join("\n"));
        return 1;
    }
    console.log(programOf(target, sight.hostKey!, sight.observation));
    const unknown = unknownOf(sight);
    if (unknown.length > 0) {
        console.error(`Not everything could be read. The program says what, and declares nothing of it:\n${unknown.map((one) => `  ${one}`).join("\n")}`);
    }
    return unknown.length === 0 ? 0 : 1;
}
