/** What can be created and then not be seen for a while. */
export type Replicated =
    | "applications"
    | "servicePrincipals"
    | "credentials"
    | "federatedIdentityCredentials"
    | "appRoleAssignments"
    | "phoneMethods"
    | "recipients"
    | "accessPolicies"
    | "exchangeServicePrincipals"
    | "managementScopes"
    | "managementRoleAssignments";

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
    /** As a text, what RegExp takes. */
    path: RegExp | string;
    /** Only calls of this cmdlet of Exchange. */
    cmdlet?: string;
    method?: string;
    status: number;
    times: number;
    /** Retry-After, as it is sent. */
    retryAfter?: string;
    /** The work is done all the same: the answer of a gateway that lost the reply. */
    executed?: boolean;
    code?: string;
    message?: string;
    /** From Exchange: the type of the exception. With status 200, `message` is an error that did not end the cmdlet. */
    exception?: string;
    /** From Exchange: the whole body is this text. */
    plain?: string;
}

/** Something that happens beside a call, once. */
interface Hook {
    cmdlet: string;
    when: "before" | "after";
    run(): void;
}

const GRAPH = /^\/(v1\.0|beta)\//;
export const EXCHANGE = /^\/adminapi\//;
/** As Exchange says it, in no form (facts: wire.md section 1.8). */
const TOO_MANY = "You have reached the maximum number of concurrent requests per tenant. Please wait and try again";

/** How the tenant behaves; everything may be changed while it runs. */
export class Behaviour {
    replicationDelay: ReplicationDelay = {};
    /** Nobody has consented to what the caller asks for: its tokens carry no roles, and Graph refuses everything. */
    consentMissing = false;
    /** The caller's own secret has run out. */
    expiredSecret = false;
    /** A person can be named as an owner only by who may read people, as the documentation of the Terraform provider azuread has it. */
    peopleNeedUserRead = false;
    /** The longest lifetime of a secret that the tenant's policy allows; undefined for none. */
    longestSecretDays: number | undefined = undefined;
    /** The tenant's policy forbids client secrets (learn.microsoft.com, "tenantAppManagementPolicy", passwordAddition). */
    secretsForbidden = false;
    /** A second number of one type is refused with 409, else with 400; which of them is right is not known (facts: wire.md section 3). */
    duplicatePhoneAs409 = false;
    /** A policy lets people sign in by SMS: a number that somebody else has is stored, and 409 is said all the same (facts: microsoft.md section 5). */
    smsSignIn = false;
    /** The tenant has no per-user MFA state, as some answer (facts: wire.md section 3). */
    requirementsMissing = false;
    /** How many objects of a list come in one reply. */
    pageSize = 100;
    /** The most that $top can make of it. */
    largestPage = 999;
    faults: Fault[] = [];
    hooks: Hook[] = [];
    /** Exchange answers the next lists of access policies as if there were none: empty, or with the error for what is not there. */
    policyListsLost: { as: "empty" | "notFound"; times: number } | undefined = undefined;
    /** How many access policies Exchange has room for. */
    policyQuota = 300;
    /** A caller without a directory role gets 401 from Exchange although the permission is there, as public reports have it; else 403. */
    roleMissingAs401 = false;
    /** EWS answers a mailbox that the application may not open with a bare 403, else with an error in SOAP; which of them is right is not known. */
    ewsDenialAs403 = false;
    /** Exchange answers for an object that is not there with 500, as its older backends do. */
    notFoundAs500 = false;
    /** The organisation was enabled for customisation so lately that roles can not be assigned yet. */
    delegatingRoleMissing = false;
    /** Exchange puts the time behind the names of new groups. */
    groupNameSuffix = false;
    /** Lists of one entry come from Exchange as the entry itself, as some cmdlets give them. */
    bareSingles = false;
    /** The list of applications that may use EWS comes as an array of one text. */
    allowListInArray = false;

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

    /** The next call of a cmdlet gets this status, in Exchange's words; with `executed` the work is done nevertheless. */
    nextCmdlet(cmdlet: string, status: number, more: Partial<Omit<Fault, "path" | "status" | "cmdlet">> = {}): void {
        this.faults.push({ times: 1, ...more, path: EXCHANGE, cmdlet, status });
    }

    /** The next calls of Exchange are too many at once: 429, with neither JSON nor Retry-After. */
    tooManyAtOnce(times: number): void {
        this.faults.push({ path: EXCHANGE, status: 429, times, plain: TOO_MANY });
    }

    /** Something that somebody else does just before, or just after, the next call of a cmdlet is carried out. */
    onCmdlet(cmdlet: string, run: () => void, when: Hook["when"] = "before"): void {
        this.hooks.push({ cmdlet, when, run });
    }

    /** Lets happen what is to happen beside this call. */
    meet(cmdlet: string | undefined, when: Hook["when"]): void {
        const hook = this.hooks.find(each => each.cmdlet === cmdlet && each.when === when);
        this.hooks = this.hooks.filter(each => each !== hook);
        hook?.run();
    }

    /** Back to normal. */
    reset(): void {
        Object.assign(this, new Behaviour());
    }

    /** The fault that this call meets, used up by one. */
    take(method: string, path: string, cmdlet?: string): Fault | undefined {
        const fault = this.faults
            .filter(each => each.times > 0 && (each.method ?? method) === method && (each.cmdlet ?? cmdlet) === cmdlet)
            .find(each => new RegExp(each.path).test(path));
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
