import { identity } from "../../../drift/path";
import type { DriftEntry, FoundEvents, Observation, Product, ServiceState } from "../../../drift/types";
import { secretKey, secretName } from "../../../drift/virtual";
import type { Questions } from "../../windows/host/questions";
import { judgeBuild, notAnswered, productName, settingNames, settingsKey, tokenKey } from "../shared/server";

/** `pending`: it may come by itself; wait and look again. */
export type Health = "healthy" | "pending" | "unknown" | "failing";

/** One thing that was looked at. */
export interface HealthCheck {
    state: Health;
    /** What was seen. */
    found: string;
    /** What to do; empty where nothing is. */
    advice: string;
}

export type HealthChecks = Record<string, HealthCheck>;

export interface Expected {
    service: string;
    /** Only where the service sends its mail as an application. */
    application?: { applicationId: string; tenantId: string };
    /** What this run writes for the first time. */
    firstWrites?: DriftEntry[];
}

/** A service that started so recently, in minutes, may not have asked for its token yet. */
const settling = 10;

/** What a MIM server is asked for them. */
export function questions(service: string): Questions {
    return {
        values: { [settingsKey]: [settingNames.applicationId, settingNames.tenantId] },
        services: [service],
        products: [productName],
        names: [settingsKey, tokenKey(service)],
        events: [{ log: "Application", provider: "Microsoft.ResourceManagement*", ids: [12], sinceStartOf: service }],
    };
}

/** The worst of all: nothing is healthy that was not read. */
export function overall(checks: HealthChecks): Health {
    const states = Object.values(checks).map((one) => one.state);
    return (["failing", "unknown", "pending"] as const).find((one) => states.includes(one)) ?? (states.length > 0 ? "healthy" : "unknown");
}

/** What one look at a MIM server tells of its mail. Members of the observation that are missing were not answered. */
export function hostChecks(observed: Observation, expected: Expected): HealthChecks {
    const service = observed.services[expected.service];
    const { application } = expected;
    const own = application && ownChecks(observed, application, expected);
    return {
        product: checkProduct(observed.products?.[productName], application !== undefined),
        service: checkService(service, expected.service),
        ...own,
        events: checkEvents(observed.events?.[0]),
    };
}

function ownChecks(observed: Observation, { applicationId, tenantId }: NonNullable<Expected["application"]>, { service, firstWrites = [] }: Expected): HealthChecks {
    const comes = (key: string, name: string) => firstWrites.some((one) => identity(one.path, one.name) === identity(key, name));
    const first = (one: HealthCheck, key: string, name: string): HealthCheck => (one.state === "failing" && comes(key, name) ? pending(`${one.found}: this update writes it, for the first time`) : one);
    const told = {
        applicationId: first(checkSetting(observed, settingNames.applicationId, applicationId), settingsKey, settingNames.applicationId),
        tenantId: first(checkSetting(observed, settingNames.tenantId, tenantId), settingsKey, settingNames.tenantId),
        secret: first(checkSecret(observed.names?.[settingsKey]), secretKey, secretName),
    };
    const token = checkToken(observed.names?.[tokenKey(service)], observed.services[service], observed.facts.now);
    const waits = token.state === "failing" && Object.values(told).some((one) => one.state === "pending");
    return { ...told, token: waits ? pending(`${token.found}: it asks for one when it starts with what this update writes`) : token };
}

function checkProduct(found: Product[] | string | undefined, asApplication: boolean): HealthCheck {
    if (found === undefined || typeof found === "string") {
        return unknown("the list of installed programs", found);
    }
    const seen = found.map(({ version, code }) => `${version} ${code}`).join(", ");
    if (found.length === 0) {
        return failing(`${productName} is not installed`, "install it, or take this component off the host");
    }
    if (found.length > 1) {
        return failing(`${productName} is there ${found.length} times: ${seen}`, "take away what an update left behind");
    }
    if (!asApplication) {
        return healthy(seen);
    }
    const { enough, advice = "" } = judgeBuild(found[0]!.version);
    return { state: enough ? "healthy" : "failing", found: seen, advice };
}

function checkService(found: ServiceState | undefined, name: string): HealthCheck {
    const state = found?.state ?? "unknown:no answer";
    if (state.startsWith("unknown:")) {
        return unknown(`the service ${name}`, state);
    }
    if (state === "Running") {
        return healthy(`${name} runs since ${found!.startTime || "a time that nobody knows"}`);
    }
    if (state === "StartPending") {
        return { state: "pending", found: `${name} is starting`, advice: "look again in some minutes" };
    }
    const disabled = found!.startType === "Disabled" ? "it is disabled: set its start type, then " : "";
    return state === "absent" ? failing(`there is no service ${name}`, "give the service's own name in service") : failing(`${name} is ${state}`, `${disabled}start it`);
}

/** The type is Microsoft's to choose: only the text counts. */
function checkSetting({ values }: Observation, name: string, wanted: string): HealthCheck {
    const notation = values[settingsKey]?.[name] ?? "unknown:no answer";
    if (notation.startsWith("unknown:")) {
        return unknown(name, notation);
    }
    const text = /^(?:string|expand):(.*)$/s.exec(notation)?.[1];
    if (text?.toLowerCase() === wanted.toLowerCase()) {
        return healthy(text);
    }
    return failing(`${name} is ${notation}, expected ${wanted}`, "declare it with mim.ServiceSettings, or change it, and restart the service");
}

function checkSecret(found: string[] | string | undefined): HealthCheck {
    if (found === undefined || (typeof found === "string" && found !== "absent")) {
        return unknown(settingsKey, found);
    }
    return found.includes(settingNames.secret)
        ? healthy(`${settingNames.secret} is there; it is encrypted, so what it holds cannot be told`)
        : failing(`${settingNames.secret} is not there`, "put the client secret into place");
}

function checkToken(found: string[] | string | undefined, service: ServiceState | undefined, now: string): HealthCheck {
    if (found === undefined || (typeof found === "string" && found !== "absent")) {
        if (found === "unknown:not loaded") {
            return { state: "unknown", found: "the registry of the service's account is not loaded", advice: "start the service: its account's registry is there while it runs" };
        }
        const one = unknown("the access token of the service's account", found);
        return /account|domain controller/.test(found ?? "") ? { ...one, advice: accountAdvice } : one;
    }
    if (found !== "absent" && found.length > 0) {
        return healthy(`the service's account holds ${found.join(", ")}`);
    }
    const minutes = (Date.parse(now) - Date.parse(service?.startTime ?? "")) / 60_000;
    return minutes < settling
        ? { state: "pending", found: "the service's account holds no access token yet", advice: "look again in some minutes" }
        : failing("the service's account holds no access token", "see what the check ews says: secret, consent, scope, allow list; then restart the service");
}

const accountAdvice = 'see that the account that the service logs on as ("Log on as", ObjectName of its registry key) exists and that a domain controller answers, or give the service another; then run again';

function checkEvents(found: FoundEvents | string | undefined): HealthCheck {
    if (found === undefined || typeof found === "string") {
        return unknown("the Application log", found);
    }
    if (found.count === 0) {
        return healthy(`no event 12 since ${found.since}`);
    }
    const newest = found.newest[0];
    const times = `${found.more ? "more than " : ""}${found.count} since ${found.since}, the last at ${newest?.time ?? "a time that nobody knows"}`;
    // From build 4.6.607 on the message says that the token is missing; its words are not Microsoft's promise.
    const noToken = /access token/i.test(newest?.message ?? "");
    const advice = noToken
        ? "the service has no access token: see the checks secret and ews, then restart it"
        : "the service cannot reach the Exchange Web Service: see the check ews, and TLS, DNS and proxy of the host";
    return failing(`event 12 of the MIM Service: ${times}`, advice);
}

function healthy(found: string): HealthCheck {
    return { state: "healthy", found, advice: "" };
}

function failing(found: string, advice: string): HealthCheck {
    return { state: "failing", found, advice };
}

function pending(found: string): HealthCheck {
    return { state: "pending", found, advice: "look again after it" };
}

function unknown(what: string, reason = notAnswered): HealthCheck {
    const why = reason.replace(/^unknown:/, "");
    return { state: "unknown", found: `${what} could not be read: ${why}`, advice: why === "denied" ? "look with an account that may read it" : "" };
}
