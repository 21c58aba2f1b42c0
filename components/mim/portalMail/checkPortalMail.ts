import { Problem } from "../../../drift/types";
import { MailRoute, Mode, OnDestroy, Restart, SecretBy, StartType } from "../../choices";
import { checkMailApplication } from "../../entra/mailApplication/checkMailApplication";
import { withoutSeparate } from "../../entra/mailApplication/mailboxes";
import type { MailApplicationArgs } from "../../entra/mailApplication/mailApplicationArgs";
import { checkDay, checkPlan } from "../../exchange/ewsAccess/ewsCountdown";
import { checkName, Checks, choice, flag, needed, noNull, plain, secretText, text } from "../../internal/checkArgs";
import { checkSound } from "../../internal/checkSound";
import { clock } from "../../internal/clock";
import { guid, serviceName as ownName, smtpAddress } from "../../internal/formats";
import { throwProblems } from "../../internal/report";
import { hostInternals, isHost } from "../../windows/host/hostInternals";
import { checkFailOnDrift, documentChecks } from "../../windows/shared/documentArgs";
import { checkService } from "../../windows/windowsService/service";
import { checkSetupArgs, type SetupArgs } from "../product/setupArgs";
import { checkSecrets } from "../serviceSecret/secret";
import { MailServerArgs, serverShape } from "../shared/mailServer";
import { serviceName } from "../shared/server";
import type { PortalMailArgs } from "./portalMailArgs";
import { judgeSetup } from "./setupRoute";
import { closedMailbox, withoutEffect } from "./withoutEffect";

export const shape: Checks<PortalMailArgs> = {
    host: documentChecks.host,
    route: (value, at) => needed(choice(MailRoute))(value, at),
    mailbox: needed(smtpAddress),
    tenantId: guid,
    application: checkApplication,
    secretBy: choice(SecretBy),
    accountPassword: secretText,
    enableEws: flag,
    neededUntil: plain(text),
    exchangeServer: serverShape,
    smtp: serverShape,
    setup: (value, at) => (value === undefined ? [] : checkSetupArgs(value as SetupArgs, at)),
    changedBySetup: choice(MailRoute),
    testMessageTo: smtpAddress,
    keepApplication: plain(flag),
    harden: plain(flag),
    service: ownName,
    startType: choice(StartType),
    restart: choice(Restart),
    restartAfter: plain(text),
    failWhenUnhealthy: plain(flag),
    mode: choice(Mode),
    failOnDrift: plain(flag),
    onDestroy: choice(OnDestroy),
};

/** Arguments of `MailApplication` that are none here. */
const notHere = {
    certificate: "MIM takes a client secret only",
    federatedCredential: "MIM takes a client secret only",
    mode: "PortalMail has its own",
    failOnDrift: "PortalMail has its own",
};

/** Everything that can be refused is refused here, before anything is registered. */
export function checkPortalMail(name: string, args: PortalMailArgs): void {
    const problems = [...checkName(name), ...problemsOfMail(args)];
    if (problems.length > 0 && isHost(args?.host)) {
        hostInternals(args.host).run.refuse();
    }
    throwProblems("mim.PortalMail", name, problems);
}

/** What is wrong with the arguments, and needs no program to be told. */
export function problemsOfMail(args: PortalMailArgs): Problem[] {
    return checkSound<PortalMailArgs>(args, shape, checkMeaning);
}

function checkApplication(value: unknown, at: string): Problem[] {
    if (value === undefined || value === null) {
        return noNull(value, at);
    }
    const odd = Object.entries(notHere).filter(([property]) => (value as Record<string, unknown>)[property] !== undefined);
    const own = checkMailApplication(value as MailApplicationArgs).filter(({ property }) => !odd.some(([one]) => one === property));
    return [
        ...odd.map(([property, why]) => ({ property: `${at}.${property}`, message: `is not known here: ${why}; leave it out` })),
        ...own.map(({ property, message }) => ({ property: property === "arguments" ? at : `${at}.${property}`, message: withoutSeparate(message) })),
    ];
}

function checkMeaning(args: PortalMailArgs, refused: ReadonlySet<string>): Problem[] {
    const { route, application, setup, service = serviceName, startType, restartAfter, accountPassword } = args;
    const online = route === MailRoute.exchangeOnline;
    const needs = route === undefined ? [] : online ? (["tenantId", "application"] as const) : ([route] as const);
    const missing = needs.filter((one) => !refused.has(one) && args[one] === undefined);
    return [
        ...missing.map((property) => ({ property, message: `is required with route "${route}"; received nothing` })),
        ...(online ? checkEnd(args.neededUntil) : checkDay(args.neededUntil)),
        ...(route === undefined || setup === undefined || missing.length > 0 ? [] : judgeSetup(route, serverOf(args)?.address, setup)),
        ...checkSecrets(typeof accountPassword === "string" ? { accountPassword } : {}),
        ...withoutEffect(args),
        ...closedMailbox(args),
        ...checkService({ service, state: "running", startType, restartAfter }, Infinity),
        ...(refused.has("mode") ? [] : checkFailOnDrift(args)),
        ...(application?.mailboxScope === "separate" ? [{ property: "application.mailboxScope", message: ownScope }] : []),
    ];
}

const ownScope = 'is "separate", and PortalMail keeps the order of scope, consent and list itself; declare the scope here';

/** The mail server of the declared route; none with Exchange Online. */
export function serverOf({ route, smtp, exchangeServer }: PortalMailArgs): MailServerArgs | undefined {
    return { smtp, exchangeServer, exchangeOnline: undefined }[route];
}

/** The countdown speaks of a client id. */
function checkEnd(neededUntil: string | undefined): Problem[] {
    return checkPlan(neededUntil, clock.now()).map((one) => (one.property === "clientId" ? { ...one, property: "route" } : one));
}
