import { randomUUID } from "node:crypto";
import { newRecipient } from "./newRecipient";
import { newGroup } from "./newGroup";
import type { ExchangeState, Recipient } from "./state";

/** An organisation that nobody has set up yet: mailboxes, groups of each kind, and `caller` (an object id) as its administrator. */
export function newExchange(caller: string, now: Date): ExchangeState {
    const mailbox = (Name: string, DisplayName: string, RecipientTypeDetails = "UserMailbox"): Recipient =>
        newRecipient({ Name, DisplayName, RecipientTypeDetails }, now);
    const mim = mailbox("mim", "MIM service");
    const ceo = mailbox("ceo", "Chief executive");
    const group = (Name: string, Alias: string, RecipientTypeDetails: string, members: Recipient[]): Recipient =>
        newGroup({ Name, Alias, RecipientTypeDetails, members: members.map(({ Guid }) => Guid), managers: [] }, now);
    return {
        organization: {
            Name: "contoso.onmicrosoft.com",
            Identity: "contoso.onmicrosoft.com",
            Guid: randomUUID(),
            IsDehydrated: false,
            EwsEnabled: null,
            EwsAllowOutlook: null,
            EwsAllowMacOutlook: null,
            EwsAllowEntourage: null,
            EwsApplicationAccessPolicy: null,
            EwsAllowList: [],
            EwsBlockList: [],
            EwsAllowedAppIDs: null,
        },
        recipients: [
            mim,
            mailbox("mim2", "Second MIM service"),
            ceo,
            mailbox("office", "Front office", "SharedMailbox"),
            group("MIM mailboxes", "mim-mailboxes", "MailUniversalSecurityGroup", [mim]),
            group("All staff", "all-staff", "MailUniversalDistributionGroup", [mim, ceo]),
            group("Projects", "projects", "GroupMailbox", [ceo]),
        ],
        policies: [],
        servicePrincipals: [],
        scopes: [],
        assignments: [],
        administrators: [caller],
    };
}
