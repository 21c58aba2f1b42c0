import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { Gate } from "../remote/gate";
import { HostReader } from "../remote/observer";
import type { LookArguments } from "./arguments";
import { lookAt, type Confirm, type Sight } from "./lookAt";
import { nameOf, sightJson, sightsTable, sightText, unknownOf } from "./show";

/** Hosts that are looked at at a time. */
const atATime = 16;

/** `look`: prints what the hosts are. Gives the exit code: 0 where all is known, else 1. */
export async function look({ targets, several, pin, json }: LookArguments): Promise<number> {
    const confirm = confirmation(pin, several);
    const reader = new HostReader();
    const gate = new Gate(atATime);
    let done = 0;
    const sights = await Promise.all(
        targets.map(async (target) => {
            await gate.enter();
            try {
                const sight = await lookAt(target, reader, confirm);
                if (several) {
                    console.error(`${++done} of ${targets.length}: ${nameOf(sight)} ${outcome(sight)}`);
                }
                return sight;
            } finally {
                gate.leave();
            }
        }),
    );
    const shown = sights.map(sightJson);
    console.log(json ? JSON.stringify(several ? shown : shown[0], null, 2) : sights.map(sightText).join("\n\n"));
    if (several && !json) {
        console.log(`\n${sightsTable(sights)}`);
    }
    return sights.every((one) => unknownOf(one).length === 0) ? 0 : 1;
}

function outcome(sight: Sight): string {
    const failed = sight.steps.find(({ state }) => state === "failed");
    return failed === undefined ? "was looked at" : `failed: ${failed.name}`;
}

/** Who says that a host key is the right one, where none was given: `--pin`, or the person at the terminal. */
export function confirmation(pin: boolean, several: boolean, input: Terminal = process.stdin, output: Terminal = process.stderr): Confirm {
    if (pin) {
        return async () => "taken as shown (--pin)";
    }
    if (several || !input.isTTY || !output.isTTY) {
        return async () => undefined;
    }
    return async (target, { fingerprint, hostKey }) => {
        const terminal = createInterface({ input, output });
        output.write(`${nameOf({ target })} shows the host key ${fingerprint}\n  ${hostKey}\nOn the host itself: ssh-keygen -l -f C:\\ProgramData\\ssh\\ssh_host_ed25519_key.pub\n`);
        // Ctrl-C, Ctrl-D and the end of the input are a no.
        const ended = once(terminal, "close").then(() => "no");
        const answer = await Promise.race([terminal.question("Is it the same? Type yes to log on: ").catch(() => "no"), ended]);
        terminal.close();
        return answer.trim().toLowerCase() === "yes" ? "confirmed at the prompt" : undefined;
    };
}

type Terminal = NodeJS.ReadableStream & NodeJS.WritableStream & { isTTY?: boolean };
