import { show } from "../../../drift/show";
import type { Problem } from "../../../drift/types";
import { MailRoute, Restart, SecretBy } from "../../choices";
import { isPlain } from "../../internal/inputs";
import type { PortalMailArgs } from "./portalMailArgs";

/**
 * Arguments that cannot do what somebody gave them for. What belongs to another route and would be needed again on the way back (its server, the
 * application, the tenant) may stay: a route is one changed word.
 */
export function withoutEffect({ route, application, setup, secretBy, accountPassword, changedBySetup, testMessageTo, keepApplication, restart, restartAfter }: PortalMailArgs): Problem[] {
    const online = route === MailRoute.exchangeOnline;
    const rules: [property: keyof PortalMailArgs, given: boolean, message: string | false][] = [
        ["accountPassword", accountPassword !== undefined, ((!online && application === undefined) || secretBy !== SecretBy.registry) && `is used with route "exchangeOnline", and until another one is proved, with application and secretBy: "registry" only; leave it out${online ? ", or set that" : ""}`],
        ["testMessageTo", testMessageTo !== undefined, route !== MailRoute.smtp && 'has an effect with route "smtp" only: over no other a test message is sent; leave it out'],
        ["keepApplication", keepApplication === true, online && 'has an effect only after route "exchangeOnline" was left, and keeps nothing when the component is removed; leave it out'],
        ["changedBySetup", changedBySetup !== undefined, changedProblem(route, changedBySetup, setup !== undefined)],
    ];
    const never = restart === Restart.never && restartAfter !== undefined;
    return [
        ...rules.flatMap(([property, given, message]) => (route !== undefined && given && message !== false ? [{ property, message }] : [])),
        ...(never ? [{ property: "restart", message: 'is "never", which leaves the restart to others, beside "restartAfter", which asks for one; leave one of them out' }] : []),
    ];
}

function changedProblem(route: MailRoute, changed: MailRoute | undefined, setup: boolean): string | false {
    if (setup) {
        return "stands beside setup, and there counts what setup has ended well with, not what people say; leave it out";
    }
    if (route === MailRoute.exchangeOnline) {
        return 'has no effect with route "exchangeOnline"; leave it out';
    }
    return changed !== route && `is ${show(changed)}, and route is ${show(route)}: leave it out until the MIM Service was changed to that route, then say so`;
}

/** A mailbox that the application is kept from opening. Addresses that are not known yet, and groups, tell nothing. */
export function closedMailbox({ route, mailbox, application }: PortalMailArgs): Problem[] {
    const scope = typeof application?.mailboxScope === "object" ? application.mailboxScope : undefined;
    if (route !== MailRoute.exchangeOnline || scope === undefined || typeof mailbox !== "string") {
        return [];
    }
    const same = (one: unknown) => typeof one === "string" && one.toLowerCase() === mailbox.toLowerCase();
    const { mailboxes, outOfScopeMailbox } = scope;
    const absent = Array.isArray(mailboxes) && isPlain(mailboxes) && mailboxes.length > 0 && !mailboxes.some(same);
    const messages = [
        ...(same(outOfScopeMailbox) ? ["is application.mailboxScope.outOfScopeMailbox, which stays closed to the application; name another one there"] : []),
        ...(absent ? ["is none of application.mailboxScope.mailboxes, so the application could not open it; name it there"] : []),
    ];
    return messages.map((message) => ({ property: "mailbox", message: `${message}; received ${show(mailbox)}` }));
}
