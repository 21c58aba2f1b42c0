import { show } from "../../../drift/show";
import { Problem } from "../../../drift/types";

/** The day on which Exchange Web Services in Exchange Online end, UTC. Source: Microsoft, message centre MC1227454. */
export const endsOn = "2027-04-01";
/** From here on every preview warns. */
export const warnDays = 180;

const dayMs = 24 * 60 * 60 * 1000;
const waysOut = "MIM can send mail over an SMTP relay (without approvals by mail), or over an Exchange server on premises, whose EWS stay";

/** Days from today (UTC) to the end: 1 on the last day with EWS, 0 on the day without. */
export function daysUntilEnd(now: Date): number {
    return (Date.parse(endsOn) - Date.parse(now.toISOString().slice(0, 10))) / dayMs;
}

/** Why EWS cannot be planned with. */
export function checkPlan(neededUntil: string | undefined, now: Date): Problem[] {
    if (daysUntilEnd(now) <= 0) {
        const message = `can use EWS no more: in Exchange Online they ended on ${endsOn}. ${waysOut}. Take this component out`;
        return [{ property: "clientId", message }];
    }
    const odd = checkDay(neededUntil);
    if (neededUntil === undefined || odd.length > 0) {
        return odd;
    }
    const message = `must be before ${endsOn}, when EWS in Exchange Online end; received ${show(neededUntil)}. ${waysOut}`;
    return neededUntil < endsOn ? [] : [{ property: "neededUntil", message }];
}

/** Where nobody plans with it, it still has to be a day. */
export function checkDay(neededUntil: string | undefined): Problem[] {
    const message = `must be a day such as "2027-03-31"; received ${show(neededUntil)}`;
    return neededUntil === undefined || isDay(neededUntil) ? [] : [{ property: "neededUntil", message }];
}

/** What a run says once the day is over until which EWS are needed; undefined before. */
export function overText(neededUntil: string | undefined, now: Date): string | undefined {
    return neededUntil === undefined || neededUntil >= now.toISOString().slice(0, 10)
        ? undefined
        : `EWS were needed until ${neededUntil} ("neededUntil"), and that day is over. Take this component out, or give a later day`;
}

/** What a preview says of the end; undefined while there is time. */
export function countdownText(days: number): string | undefined {
    const left = `${days} ${days === 1 ? "day" : "days"}`;
    return days > warnDays ? undefined : `EWS in Exchange Online end on ${endsOn}, in ${left}, and mail of MIM with them. ${waysOut}`;
}

/** What the organization's switch means for an application in the list; undefined where it may use EWS. */
export function switchText(ewsEnabled: string): string | undefined {
    const texts: Record<string, string> = {
        false: "EwsEnabled is false: EWS are blocked for every application, whatever the list says",
        unset:
            "EwsEnabled is not set: EWS work without the list until Microsoft sets it to false in this tenant, " +
            "which it does since 2026-10-01 without further notice",
    };
    const text = texts[ewsEnabled];
    return text && `${text}. Set "enableEws" to true`;
}

function isDay(text: unknown): boolean {
    const isWritten = typeof text === "string" && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
    return isWritten && new Date(text).toISOString().startsWith(text);
}
