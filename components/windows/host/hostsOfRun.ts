import { ownersOf } from "../../../drift/owners";
import { parseRecords } from "../../../drift/records";
import { Facts, Observation } from "../../../drift/types";
import { Connection } from "../../../remote/types";
import { monitor } from "../../internal/monitor";

/** Boot times of one machine, asked twice: the clock may have been set between. */
const sameBootMs = 300_000;

/** What the hosts of one run of a program know of each other: two that are one machine would fight over its values. */
export class HostsOfRun {
    private readonly names = new Set<string>();
    private readonly places = new Map<string, string>();
    /** Who owns values on a host; undefined where nobody knows. */
    private readonly owners = new Map<string, string[] | undefined>();
    private strangeSaid = false;
    private readonly machines: { name: string; facts: Facts }[] = [];

    static current(): HostsOfRun {
        const run = monitor() ?? HostsOfRun;
        const known = runs.get(run) ?? new HostsOfRun();
        runs.set(run, known);
        return known;
    }

    declare(name: string): void {
        this.names.add(name);
    }

    has(name: string): boolean {
        return this.names.has(name);
    }

    /** What concerns all hosts is said by the first one. */
    isFirst(name: string): boolean {
        return [...this.names][0] === name;
    }

    /** Which settings name hosts that the program does not have, as a sentence. */
    strangers(skipHosts: string[]): string | undefined {
        const strange = skipHosts.filter((one) => !this.names.has(one));
        return strange.length === 0
            ? undefined
            : `hybrid-identity:skipHosts names ${strange.join(", ")}, but the hosts of the program are ${[...this.names].join(", ")}. Nothing is looked at before each name is one of these`;
    }

    /** Why a host may not be dialled: another one has its address. */
    claimPlace(name: string, { host, port = 22, proxy }: Pick<Connection, "host" | "port" | "proxy">): string | undefined {
        const place = [host.toLowerCase(), port, proxy?.host.toLowerCase() ?? "", proxy?.port ?? 22].join(" ");
        const other = this.places.get(place) ?? name;
        this.places.set(place, other);
        return other === name ? undefined : sameMachine(other, `the address ${host}, port ${port}`);
    }

    /**
     * To be told of every host once it was looked at, or is not looked at. With the last one, a warning where `takeOverFrom` names nobody on any of them.
     */
    strangeOwner(name: string, observation: Observation | undefined, takeOverFrom = ""): string[] {
        if (takeOverFrom === "") {
            return [];
        }
        const records = observation?.records;
        this.owners.set(name, typeof records === "object" ? ownersOf(parseRecords(records)) : this.owners.get(name));
        const seen = [...this.owners].filter(([, owners]) => owners !== undefined);
        const isEarly = this.owners.size < this.names.size || seen.length === 0;
        if (isEarly || this.strangeSaid || seen.some(([, owners]) => owners!.includes(takeOverFrom))) {
            return [];
        }
        this.strangeSaid = true;
        const found = seen.map(([host, owners]) => `${host}: ${owners!.join(", ") || "none"}`).join("; ");
        return [
            `hybrid-identity:takeOverFrom names "${takeOverFrom}", which owns nothing on any host that this run looked at (owners on ${found}). An owner is ` +
                "written PROJECT.STACK; where all was taken over, the setting has to go: pulumi config rm hybrid-identity:takeOverFrom",
        ];
    }

    /** Why nothing may be enforced on a host: another one answered with the same computer name, and was not started at another time. */
    claimMachine(name: string, facts: Facts): string | undefined {
        const apart = (boot: string) => Math.abs(Date.parse(boot) - Date.parse(facts.bootTime)) > sameBootMs;
        const other = this.machines.find((one) => one.name !== name && one.facts.computerName === facts.computerName && !apart(one.facts.bootTime));
        this.machines.push({ name, facts });
        return other && sameMachine(other.name, `the computer name ${facts.computerName}`);
    }
}

const runs = new WeakMap<object, HostsOfRun>();

function sameMachine(other: string, what: string): string {
    return `it is the same machine as the host "${other}", which has ${what} too. Declare it once, and put all of its components on that one`;
}
