import { HostReader } from "../remote/observer";
import { write, type AdoptArguments } from "./arguments";
import { confirmation } from "./look";
import { lookAt } from "./lookAt";
import { programOf } from "./program";
import { nameOf, stepLines, unknownOf } from "./show";

/** `adopt`: prints the program on stdout or writes it to the file, all else goes to stderr. Gives the exit code: 0 where all is known, else 1. */
export async function adopt({ target, pin, to }: AdoptArguments): Promise<number> {
    const sight = await lookAt(target, new HostReader(), confirmation(pin, false));
    if (sight.observation === undefined) {
        console.error([`${nameOf(sight)} could not be looked at, so there is no program:`, ...stepLines(sight)].join("\n"));
        return 1;
    }
    write(`${programOf(target, sight.hostKey!, sight.observation)}\n`, to);
    const unknown = unknownOf(sight);
    if (unknown.length > 0) {
        console.error(`Not all is known. The program says the same, and declares nothing of what could not be read:\n${unknown.map((one) => `  ${one}`).join("\n")}`);
    }
    return unknown.length === 0 ? 0 : 1;
}
