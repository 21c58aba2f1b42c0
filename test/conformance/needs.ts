import type { Need } from "./cases";
import type { Host } from "./host";
import { needScripts } from "./scripts";
import type { Standing } from "./standing";

/** Finds out what a host has of what cases need: each is looked at once, when the first case needs it. */
export class Needs {
    private readonly seen = new Map<Need, Promise<string>>();

    /** Where the module was there before, cases leave marker and readers alone. */
    constructor(
        private readonly host: Host,
        { installed, service }: Pick<Standing, "installed" | "service">,
    ) {
        this.seen.set("ownModule", Promise.resolve(installed ? "the module was here before" : "met"));
        this.seen.set("service", Promise.resolve(service.missing || "met"));
    }

    /** `no wmi here (what was seen)`; undefined where nothing is missing. Throws where the host does not say: that is no answer. */
    async missing(needs: Need[]): Promise<string | undefined> {
        for (const need of needs) {
            const found = await this.look(need);
            if (found !== "met") {
                return `no ${need} here (${found})`;
            }
        }
        return undefined;
    }

    private look(need: Need): Promise<string> {
        const seen = this.seen.get(need) ?? this.host.ask(needScripts[need as keyof typeof needScripts]);
        this.seen.set(need, seen);
        return seen;
    }
}
