import { MailRoute } from "../../choices";
import { countdownText } from "../../exchange/ewsAccess/ewsCountdown";

/** What is not possible over a route, for whoever is about to plan it. Source: Microsoft, "Install MIM 2016 with SP2: MIM Service and Portal". */
export const limits: Record<MailRoute, string> = {
    exchangeOnline: "",
    exchangeServer: "the service's mailbox has to be on that server",
    smtp: "approvals by mail are not possible any more, requests are approved in the Portal only; and the relay has to take mail from the service's account",
};

/** What the route over Exchange Online says from 180 days before its end; undefined while there is time. */
export function wayOutText(days: number): string | undefined {
    const way = (route: MailRoute) => `"${route}", with ${route}: { address } (${limits[route]})`;
    return countdownText(days) === undefined
        ? undefined
        : `route is "exchangeOnline", which ends in ${days} ${days === 1 ? "day" : "days"}. The ways out: route ${way(MailRoute.smtp)}; ` +
              `or route ${way(MailRoute.exchangeServer)}. Two updates each: the first proves the new route, the second takes away what is left in the tenant`;
}
