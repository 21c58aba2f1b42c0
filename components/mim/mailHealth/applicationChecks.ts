import { identity } from "../../../drift/path";
import type { DriftEntry, Observation, ServiceState } from "../../../drift/types";
import { secretKey, secretName } from "../../../drift/virtual";
import { failing, HealthCheck, HealthChecks, healthy, pending, unknown } from "../../internal/health";
import { settingNames, settingsKey, tokenKey } from "../shared/server";
import { isStopped, waits } from "./health";

export interface Expected {
    service: string;
    /** Only where the service sends its mail as an application. */
    application?: { applicationId: string; tenantId: string };
    /** What this run writes for the first time. */
    firstWrites?: DriftEntry[];
}

/** A service that started so recently, in minutes, may not have asked for its token yet. */
const settling = 10;

/** What a server has of the application that its MIM Service sends mail with. */
export function applicationChecks(observed: Observation, { applicationId, tenantId }: NonNullable<Expected["application"]>, { service, firstWrites = [] }: Expected): HealthChecks {
    const comes = (key: string, name: string) => firstWrites.some((one) => identity(one.path, one.name) === identity(key, name));
    const first = (one: HealthCheck, key: string, name: string): HealthCheck => (one.state === "failing" && comes(key, name) ? pending(`${one.found}: this update writes it, for the first time`) : one);
    const told = {
        applicationId: first(checkSetting(observed, settingNames.applicationId, applicationId), settingsKey, settingNames.applicationId),
        tenantId: first(checkSetting(observed, settingNames.tenantId, tenantId), settingsKey, settingNames.tenantId),
        secret: first(checkSecret(observed.names?.[settingsKey]), secretKey, secretName),
    };
    const token = checkToken(service, observed.names?.[tokenKey(service)], observed.services[service], observed.facts.now);
    const waits = token.state === "failing" && Object.values(told).some((one) => one.state === "pending");
    return { ...told, token: waits ? pending(`${token.found}: it asks for one when it starts with what this update writes`) : token };
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
    return failing(`${name} is ${notation}, expected ${wanted}`, "`pulumi up` writes it where mim.PortalMail or mim.ServiceSettings declares it; then restart the service");
}

function checkSecret(found: string[] | string | undefined): HealthCheck {
    if (found === undefined || (typeof found === "string" && found !== "absent")) {
        return unknown(settingsKey, found);
    }
    return found.includes(settingNames.secret)
        ? healthy(`${settingNames.secret} is there; it is encrypted, so what it holds cannot be told`)
        : failing(`${settingNames.secret} is not there`, '`pulumi up` puts it there where mim.PortalMail (secretBy: "registry") or mim.ServiceSecret does so, else setup in change mode; then restart the service');
}

function checkToken(name: string, found: string[] | string | undefined, service: ServiceState | undefined, now: string): HealthCheck {
    if (isStopped(service)) {
        return waits(name, "a token that its account holds is of an earlier start");
    }
    if (found === undefined || (typeof found === "string" && found !== "absent")) {
        if (found === "unknown:not loaded") {
            return { state: "unknown", found: "the registry of the service's account is not loaded", advice: `${service?.state === "Running" ? "restart" : "start"} the service: its account's registry is there while it runs` };
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

