// Moving off Exchange Online: two updates. What decides which one a run is, stands in the stack's own state.
import type { HealthCheck } from "../../internal/health";
import type { StackResources } from "../../internal/stackState";
import { limits } from "./routes";

/** The route that an update has put in place and proved. */
export interface InPlace {
    /** `exchangeServer` or `smtp`. */
    route: string;
    /** The server, `HOST` or `HOST:PORT`. */
    server: string;
    /** When it was proved, UTC. */
    since: string;
}

/** What the tenant still has for a route that is left: in the order in which it goes. */
export interface Remains {
    name: string;
    text: string;
}

export interface Leaving {
    /** `nothing` is left; `keep` what is there in this run; `take` it away. */
    step: "nothing" | "keep" | "take";
    /** What a run says of it; empty where nothing is. */
    says: string;
}

/** Never more than it had: the limit goes after the consent. First what Exchange may refuse, so that nothing is gone then. */
const order: [suffix: RegExp, text: string][] = [
    [/-ews-allowed$/, "its entry in the list of applications that may use EWS"],
    [/-app-consent$/, "the consent full_access_as_app"],
    [/-app-scope-/, "the limit to its mailboxes"],
    [/-app-(sp|app|secret-.*|vault-secret)$/, "the application with its secrets"],
];

/** What a component's state has in the tenant. */
export function remainsIn(resources: StackResources, urn: string, name: string): Remains[] {
    const chain = urn.slice(0, urn.lastIndexOf("::"));
    const below = new RegExp(`^${escaped(chain)}\\$hybrid-identity:(entra:MailApplication|exchange:EwsAccess)\\$.*::(${escaped(name)}-.*)$`);
    const names = Object.keys(resources).flatMap((one) => below.exec(one)?.[2] ?? []);
    return order.flatMap(([suffix, text]) => {
        const found = names.filter((one) => suffix.test(one));
        return found.length > 0 ? [{ name: found.join(", "), text }] : [];
    });
}

/** Whether a component's state has what the server was told of the application. */
export function toldIn(resources: StackResources, urn: string, name: string): boolean {
    return `${urn.slice(0, urn.lastIndexOf("::"))}$hybrid-identity:mim:ServiceSettings::${name}-ids` in resources;
}

export interface Facts {
    /** The route and server that the program declares. */
    target: Omit<InPlace, "since">;
    /** Whether the MIM Service itself goes that way: people say so, nobody does, or setup sees to it in this program. */
    moved: "said" | "unsaid" | "bySetup";
    /** What the state has. */
    inPlace?: InPlace;
    remains: Remains[];
    /** What the new server says in this run; undefined where it was not asked. */
    server?: HealthCheck;
    /** Its entry in the list is the last one while EWS are on: an empty list blocks everyone, so it cannot go. */
    lastEntry: boolean;
    /** To whom the update that proves the route sends a message. */
    testMessageTo?: string;
    keepApplication: boolean;
    audited: boolean;
}

export function isInPlace(target: Omit<InPlace, "since">, inPlace: InPlace | undefined): boolean {
    return inPlace?.route === target.route && inPlace.server === target.server;
}

/** First or second update; what is not proved in an earlier one, and now, is never taken away. */
export function leavingStep(facts: Facts): Leaving {
    const { target, inPlace, remains, server, lastEntry, keepApplication, audited } = facts;
    const proved = isInPlace(target, inPlace);
    const where = `the route over "${target.route}" (${target.server})`;
    const planned = proved ? "" : `${where} is not in place yet: ${proofText(facts)}. With it, ${limits[target.route as keyof typeof limits]}`;
    if (remains.length === 0) {
        return { step: "nothing", says: planned };
    }
    const list = remains.map(({ text }, at) => `${at + 1}. ${text}`).join("; ");
    if (audited || keepApplication) {
        return { step: "keep", says: join(planned, `${list} stay, because ${audited ? 'mode is "audit"' : '"keepApplication" is set'}`) };
    }
    if (!proved) {
        const later = `Nothing is taken away by this update; the one after the proof takes away, in this order: ${list}`;
        return { step: "keep", says: join(planned, later) };
    }
    if (lastEntry) {
        return { step: "keep", says: `${list} stay: ${lastEntryText}` };
    }
    const proof = `${where} ${server?.state === "healthy" ? "is in place, proved" : "was proved"} ${inPlace!.since}`;
    return server?.state === "healthy"
        ? { step: "take", says: `${proof}: this update takes away, in this order: ${list}` }
        : { step: "keep", says: `${proof} and does not work now (${server?.found ?? "not asked"}), so nothing is taken away: ${list} stay${halfway(remains)}` };
}

/** The entry is the first to go: without it an update that took things away has not come to its end. */
function halfway(remains: Remains[]): string {
    return remains.some(({ text }) => text === order[0]![1]) ? "" : ", and what an update that ended halfway has taken away is made again";
}

/** Why a change by setup is no proof yet; empty where it is one. */
export function notInForce(state: string, restart: readonly string[], reboot: boolean | string): string {
    if (state !== "compliant" && state !== "enforced") {
        return `setup of the MIM Service is ${state}`;
    }
    const read = "setup has ended well, and the MIM Service goes on as before until";
    if (restart.length > 0) {
        return `${read} it has read the change: restart ${restart.join(", ")}`;
    }
    return reboot === false ? "" : `${read} the server is rebooted${reboot === true ? "" : `, which is ${reboot}`}`;
}

/** What has to be for the route to be proved, and what the update that proves it does. */
function proofText({ target, moved, server, testMessageTo, audited }: Facts): string {
    const proves = `proves it${testMessageTo === undefined ? "" : `, and sends a test message to ${testMessageTo}`}`;
    if (audited) {
        return 'mode is "audit", so no update proves it';
    }
    if (moved === "unsaid") {
        return `change the MIM Service by setup in change mode, then say so with changedBySetup: "${target.route}"; that update ${proves}`;
    }
    if (server?.state !== "healthy") {
        return `no update proves it while its server does not work (${server?.found ?? "not asked"}); one that finds it working ${proves}`;
    }
    return moved === "said" ? `this update ${proves}` : `once setup of the MIM Service has ended well with these properties, in this update or before it, and neither a restart nor a reboot is pending for it, this update ${proves}`;
}

const lastEntryText =
    "the entry is the only one in the list while EwsEnabled is true, and an empty list blocks EWS for everyone. Where nobody else uses EWS, " +
    "switch them off (Set-OrganizationConfig -EwsEnabled $false); else allow another application first";

function join(...sentences: string[]): string {
    return sentences.filter((one) => one !== "").join(". ");
}

function escaped(text: string): string {
    return text.replace(/[^\w-]/g, "\\$&");
}
