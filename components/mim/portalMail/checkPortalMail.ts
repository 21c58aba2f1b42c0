import { Problem } from "../../../drift/types";
import { MailRoute, Mode, OnDestroy, Restart } from "../../choices";
import { checkMailApplication } from "../../entra/mailApplication/checkMailApplication";
import type { MailApplicationArgs } from "../../entra/mailApplication/mailApplicationArgs";
import { checkPlan } from "../../exchange/ewsAccess/ewsCountdown";
import { checkName, Checks, choice, flag, needed, plain, text } from "../../internal/checkArgs";
import { checkSound } from "../../internal/checkSound";
import { clock } from "../../internal/clock";
import { isGuid, isPlain } from "../../internal/inputs";
import { throwProblems } from "../../internal/report";
import { hostInternals, isHost } from "../../windows/host/hostInternals";
import { checkFailOnDrift, documentChecks } from "../../windows/shared/documentArgs";
import { checkService } from "../../windows/windowsService/service";
import { serverShape } from "../shared/mailServer";
import { serviceName } from "../shared/server";
import type { PortalMailArgs } from "./portalMailArgs";

const shape: Checks<PortalMailArgs> = {
    host: documentChecks.host,
    route: (value, at) => needed(choice(MailRoute))(value, at),
    mailbox: needed(text),
    tenantId: text,
    application: checkApplication,
    enableEws: flag,
    neededUntil: plain(text),
    exchangeServer: serverShape,
    smtp: serverShape,
    changedBySetup: choice(MailRoute),
    testMessageTo: text,
    keepApplication: plain(flag),
    harden: plain(flag),
    service: plain(text),
    restart: choice(Restart),
    restartAfter: plain(text),
    failWhenUnhealthy: plain(flag),
    mode: choice(Mode),
    failOnDrift: plain(flag),
    onDestroy: choice(OnDestroy),
};

/** Everything that can be refused is refused here, before anything is registered. */
export function checkPortalMail(name: string, args: PortalMailArgs): void {
    const problems = [...checkName(name), ...checkSound<PortalMailArgs>(args, shape, checkMeaning)];
    if (problems.length > 0 && isHost(args?.host)) {
        hostInternals(args.host).run.refuse();
    }
    throwProblems("mim.PortalMail", name, problems);
}

function checkApplication(value: unknown, at: string): Problem[] {
    if (value === undefined) {
        return [];
    }
    const { certificate, federatedCredential, mode, failOnDrift } = (value ?? {}) as MailApplicationArgs;
    const odd = Object.entries({ certificate, federatedCredential, mode, failOnDrift }).filter(([, one]) => one !== undefined);
    return [
        ...odd.map(([property]) => ({ property: `${at}.${property}`, message: `is not known here: ${/^[cf]e/.test(property) ? "MIM takes a client secret only" : "PortalMail has its own mode"}; leave it out` })),
        ...checkMailApplication(value as MailApplicationArgs).filter(({ property }) => !odd.some(([one]) => one === property)).map(({ property, message }) => ({ property: property === "arguments" ? at : `${at}.${property}`, message })),
    ];
}

function checkMeaning(args: PortalMailArgs, refused: ReadonlySet<string>): Problem[] {
    const { route, tenantId, application, neededUntil, testMessageTo, service = serviceName, restartAfter } = args;
    const missing = (...names: (keyof PortalMailArgs)[]) =>
        names.filter((one) => !refused.has(one) && args[one] === undefined).map((property) => ({ property, message: `is required with route "${route}"; received nothing` }));
    const online = route === MailRoute.exchangeOnline;
    return [
        ...checkService({ service, state: "running", restartAfter }, Infinity),
        ...(refused.has("mode") ? [] : checkFailOnDrift(args)),
        ...(route === undefined ? [] : online ? missing("tenantId", "application") : missing(route)),
        // The countdown speaks of a client id.
        ...(online ? checkPlan(neededUntil, clock.now()).map(({ property, message }) => ({ property: property === "clientId" ? "route" : property, message })) : []),
        ...(typeof tenantId === "string" && !isGuid(tenantId) ? [{ property: "tenantId", message: `must be a GUID; received ${JSON.stringify(tenantId)}` }] : []),
        ...(application?.mailboxScope === "separate" ? [{ property: "application.mailboxScope", message: 'is "separate", and PortalMail keeps the order of scope, consent and list itself; declare the scope here' }] : []),
        ...(testMessageTo !== undefined && isPlain(testMessageTo) && !/^[^\s@<>]+@[^\s@<>]+$/.test(String(testMessageTo)) ? [{ property: "testMessageTo", message: `must be an SMTP address; received ${JSON.stringify(testMessageTo)}` }] : []),
    ];
}
