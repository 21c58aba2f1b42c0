/** What can be created and then not be seen for a while. */
export type Replicated = "applications" | "servicePrincipals" | "credentials" | "federatedIdentityCredentials" | "appRoleAssignments";

export interface ReplicationDelay {
    /** New objects are not there for so many looks ... */
    reads?: number;
    /** ... and for so long. */
    milliseconds?: number;
    /** Default: all kinds. */
    of?: Replicated[];
}

/** An answer out of the ordinary, given to the next calls that match. */
export interface Fault {
    path: RegExp;
    method?: string;
    status: number;
    times: number;
    /** Retry-After, as it is sent. */
    retryAfter?: string;
    /** The work is done all the same: the answer of a gateway that lost the reply. */
    executed?: boolean;
    code?: string;
    message?: string;
}

const GRAPH = /^\/(v1\.0|beta)\//;

/** How the tenant behaves; everything may be changed while it runs. */
export class Behaviour {
    replicationDelay: ReplicationDelay = {};
    /** Nobody has consented to what the caller asks for: its tokens carry no roles, and Graph refuses everything. */
    consentMissing = false;
    /** The caller's own secret has run out. */
    expiredSecret = false;
    /** The longest lifetime of a secret that the tenant's policy allows; undefined for none. */
    longestSecretDays: number | undefined = undefined;
    /** How many objects of a list come in one reply. */
    pageSize = 100;
    faults: Fault[] = [];

    /** The next Graph calls get 429. Real Graph's Retry-After is whole seconds; `undefined` leaves it out. */
    throttle(times: number, retryAfter: string | undefined = "1", path = GRAPH): void {
        this.faults.push({ path, status: 429, times, retryAfter });
    }

    /** The next Graph calls get 503; with `executed` what they ask for is done nevertheless. */
    serverErrors(times: number, more: { executed?: boolean; path?: RegExp; method?: string } = {}): void {
        this.faults.push({ path: GRAPH, ...more, status: 503, times });
    }

    /** The next call whose path (with its query) matches gets this status. */
    nextStatus(path: RegExp, status: number, more: Partial<Omit<Fault, "path" | "status">> = {}): void {
        this.faults.push({ times: 1, ...more, path, status });
    }

    /** Back to normal. */
    reset(): void {
        Object.assign(this, new Behaviour());
    }

    /** The fault that this call meets, used up by one. */
    take(method: string, path: string): Fault | undefined {
        const fault = this.faults.find(each => each.times > 0 && (each.method ?? method) === method && each.path.test(path));
        if (fault) {
            fault.times--;
            this.faults = this.faults.filter(({ times }) => times > 0);
        }
        return fault;
    }
}

/** Remembers which objects are so new that not every server has them yet. */
export class Replication {
    private readonly lag = new Map<string, { looks: number; until: number }>();

    constructor(private readonly behaviour: Behaviour) {}

    created(kind: Replicated, id: string): void {
        const { reads = 0, milliseconds = 0, of } = this.behaviour.replicationDelay;
        if ((reads > 0 || milliseconds > 0) && (of === undefined || of.includes(kind))) {
            this.lag.set(id, { looks: reads, until: performance.now() + milliseconds });
        }
    }

    /** Whether the object can be seen; every look counts, also one that only wants to change it. */
    visible(id: string): boolean {
        const lag = this.lag.get(id);
        if (lag === undefined) {
            return true;
        }
        if (lag.looks > 0 || performance.now() < lag.until) {
            lag.looks--;
            return false;
        }
        this.lag.delete(id);
        return true;
    }
}
