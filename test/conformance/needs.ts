import type { Need } from "./cases";
import type { Host } from "./host";
import { needScripts } from "./scripts";
import type { Standing } from "./standing";

/** What it means for a person that a host has not what is needed. */
const words: Record<Need, string> = {
    wmi: "WMI does not answer here",
    sam: "no key here is denied to the account",
    eventLog: "the event log System cannot be read here",
    mutex: "the sessions of this host do not share a mutex",
    sids: "no SID is translated to an account here",
    accounts: "no account is translated to a SID here",
    service: "there is no service here that the suite may change",
    certificates: "the certificates of the computer cannot be opened for writing here",
    tasks: "there is no MIM Service here that may be tried, and no password of its account",
    setup: "there is no product here that may be changed by setup",
    ownModule: "the module was on the host before, so it is not taken away for a case",
};

/** Finds out what a host has of what cases need: each is looked at once, when the first case needs it. */
export class Needs {
    private readonly seen = new Map<Need, Promise<string>>();

    /** Where the module was there before, cases leave marker and readers alone. */
    constructor(
        private readonly host: Host,
        { installed, service }: Pick<Standing, "installed" | "service">,
    ) {
        this.seen.set("ownModule", Promise.resolve(installed ? "" : "met"));
        this.seen.set("service", Promise.resolve(service.missing || "met"));
    }

    /** Why a case cannot be tried here, with what was seen; undefined where nothing is missing. Throws where the host does not say: that is no answer. */
    async missing(needs: Need[]): Promise<string | undefined> {
        for (const need of needs) {
            const found = await this.look(need);
            if (found !== "met") {
                return found === "" ? words[need] : `${words[need]} (${found})`;
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
