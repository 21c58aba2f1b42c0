import { said } from "../../internal/looks";
import type { EwsApplication } from "../resources/ewsApplications";
import type { EwsSettingsResult } from "../resources/ewsSettings";
import type { MailboxEwsResult } from "../resources/mailboxEws";

type UserAgents = Pick<MailboxEwsResult, "userAgentPolicy" | "allowedUserAgents" | "blockedUserAgents">;

/**
 * What a run says that makes the list count: whoever is not in it is blocked from then on.
 *
 * @param appId undefined while the application is yet to be made.
 * @param known who has a right to use EWS; or why that cannot be told.
 */
export function othersText({ allowedAppIds }: EwsSettingsResult, appId: string | undefined, known: EwsApplication[] | Error): string {
    const isOwn = (id: string) => id.toLowerCase() === appId?.toLowerCase();
    const others = allowedAppIds.filter((one) => !isOwn(one));
    const listed = others.length === 0 ? "nobody else is in it" : `it has ${others.join(", ")}`;
    return (
        `this run sets EwsEnabled to true; from then on only applications in the list may use EWS, and ${listed}. ${missingText(others, isOwn, known)}. ` +
        "Programs that use EWS on behalf of users are not seen here: look at the EWS usage report of the admin centre"
    );
}

function missingText(listed: string[], isOwn: (id: string) => boolean, known: EwsApplication[] | Error): string {
    if (known instanceof Error) {
        return `Which applications have a right to use EWS is not known (${said(known)})`;
    }
    const missing = known.filter(({ appId }) => !isOwn(appId) && !listed.includes(appId.toLowerCase()));
    const texts = missing.map(({ appId, displayName, right }) => `"${displayName}" (${appId}, ${right})`);
    return texts.length === 0
        ? "No application with a right of its own to use EWS is missing"
        : `THESE HAVE A RIGHT TO USE EWS AND WILL BE BLOCKED: ${texts.join(", ")}; put them into the list first if they use it`;
}

/** What blocks a program although its application is in the list; of the organisation or of one mailbox. Undefined where nothing does. */
export function userAgentText({ userAgentPolicy, allowedUserAgents, blockedUserAgents }: UserAgents, whose: string): string | undefined {
    const quoted = (agents: string[]) => agents.map((one) => JSON.stringify(one)).join(", ") || "nobody";
    if (userAgentPolicy === "EnforceAllowList") {
        const text = `EwsApplicationAccessPolicy of ${whose} is EnforceAllowList: only programs whose user agent is in EwsAllowList may use EWS`;
        return `${text} (${quoted(allowedUserAgents)}), whatever their application id`;
    }
    return userAgentPolicy === "EnforceBlockList" && blockedUserAgents.length > 0
        ? `EwsApplicationAccessPolicy of ${whose} is EnforceBlockList: programs whose user agent is in EwsBlockList may not use EWS ` +
              `(${quoted(blockedUserAgents)}), whatever their application id`
        : undefined;
}

/** What blocks EWS for one mailbox, whatever the organisation allows. */
export function mailboxTexts(mailbox: string, settings: MailboxEwsResult): string[] {
    const off = `EwsEnabled of the mailbox ${mailbox} is false: EWS are blocked for it, whatever the organisation allows (Set-CASMailbox -EwsEnabled $true)`;
    const agents = userAgentText(settings, `the mailbox ${mailbox}`);
    return [...(settings.ewsEnabled === "false" ? [off] : []), ...(agents === undefined ? [] : [agents])];
}
