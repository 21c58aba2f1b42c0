import type { Need } from "./cases";
import type { Host } from "./host";
import { needScripts } from "./scripts";

/** Finds out what a host has of what cases need: each is looked at once, when the first case needs it. */
export class Needs {
    private readonly seen = new Map<Need, Promise<string>>();

    /** `own`: whether the suite has installed the module. Where it was there before, cases leave marker and readers alone. */
    constructor(
        private readonly host: Host,
        own: boolean,
    ) {
        this.seen.set("ownModule", Promise.resolve(own ? "met" : "the module was here before"));
    }

    /** `no wmi here (what was seen)`; undefined where nothing is missing. Throws where the host does not say: that is no answer. */
    async missing(needs: Need[]): Promise<string | undefined> {
        for (const need of needs) {
            if (need !== "ownModule" && !this.seen.has(need)) {
                this.seen.set(need, this.host.ask(needScripts[need]));
            }
            const found = await this.seen.get(need);
            if (found !== "met") {
                return `no ${need} here (${found})`;
            }
        }
        return undefined;
    }
}
