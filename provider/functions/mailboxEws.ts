// A mailbox's own switches for EWS, which count beside the organisation's.
// https://learn.microsoft.com/powershell/module/exchangepowershell/set-casmailbox
import { call } from "../resources/cmdlets";
import { ewsEnabledOf } from "../resources/ewsList";
import { checked, text } from "../resources/inputs";
import { userAgentsOf, type AgentSettings } from "../resources/userAgents";
import type { ProviderFunction } from "./function";

interface ClientAccess extends AgentSettings {
    EwsEnabled?: unknown;
}

/** `hybrid-identity:exchange:mailboxEws`. */
export const mailboxEws: ProviderFunction = {
    check: args => checked(args, [{ property: "mailbox", expected: "a mailbox's SMTP address or GUID", accepts: text() }]),
    async run({ mailbox }, { exchange, signal }) {
        const client = await exchange(signal);
        const [found] = await client.run<ClientAccess>("Get-CASMailbox", { Identity: mailbox }, call({ signal }));
        if (!found) throw new Error(`Get-CASMailbox told nothing of ${String(mailbox)}`);
        return { ewsEnabled: ewsEnabledOf(found.EwsEnabled), ...userAgentsOf(found) };
    },
};
