import type { FoundEvents, Observation, Product, ServiceState } from "../../../drift/types";
import { failing, HealthCheck, HealthChecks, healthy, unknown } from "../../internal/health";
import type { Questions } from "../../windows/host/questions";
import { judgeBuild, productName, settingNames, settingsKey, tokenKey } from "../shared/server";
import { applicationChecks, Expected } from "./applicationChecks";
import { isStopped, waits } from "./health";

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

/** What one look at a MIM server tells of its mail. Members of the observation that are missing were not answered. */
export function hostChecks(observed: Observation, expected: Expected): HealthChecks {
    const service = observed.services[expected.service];
    const { application } = expected;
    const own = application && applicationChecks(observed, application, expected);
    return {
        product: checkProduct(observed.products?.[productName], application !== undefined),
        service: checkService(service, expected.service),
        ...own,
        events: isStopped(service) ? waits(expected.service, "there is no event since its start") : checkEvents(observed.events?.[0], application !== undefined),
    };
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
    return state === "absent" ? failing(`there is no service ${name}`, "give the service's own name in service") : failing(`${name} is ${state}`, `${disabled}start it; \`pulumi up\` does where mim.PortalMail or windows.WindowsService declares that it runs`);
}

function checkEvents(found: FoundEvents | string | undefined, asApplication: boolean): HealthCheck {
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
    const advice = noToken ? noTokenAdvice(asApplication) : `the service cannot reach the Exchange Web Service: see the check ${asApplication ? "ews" : "server"}, and TLS, DNS and proxy of the host`;
    return failing(`event 12 of the MIM Service: ${times}`, advice);
}

/** Only mail over Exchange Online needs a token. */
function noTokenAdvice(asApplication: boolean): string {
    return asApplication
        ? "the service has no access token: see the checks secret and ews, then restart it"
        : "the service still goes over Exchange Online, and has no access token there: change it to this route by setup in change mode, then restart it";
}
