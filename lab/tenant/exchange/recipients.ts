import type { Json } from "../http";
import { names } from "./access";
import { text, type Cmdlet, type CmdletCall } from "./cmdlet";
import { invalid, notFound } from "./errors";
import { matcher } from "./filter";
import { seen } from "./find";
import { sameText, type ExchangeState, type Recipient } from "./state";

const AMBIGUOUS = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException";
export const GROUPS = ["MailUniversalSecurityGroup", "MailUniversalDistributionGroup"];
export const MAILBOXES = ["UserMailbox", "SharedMailbox"];
/** What Get-Recipient does not show. */
const GROUPS_ONLY = [
    "GroupType",
    "RequireSenderAuthenticationEnabled",
    "MemberJoinRestriction",
    "MemberDepartRestriction",
    "BypassNestedModerationEnabled",
    "Description",
];

export const recipientCmdlets: Record<string, Cmdlet> = {
    "Get-Recipient": {
        parameters: { Identity: "text", Filter: "text", RecipientTypeDetails: "texts", ResultSize: "text" },
        run: call => listed(call).map(each => shownRecipient(each)),
    },
    "Get-CASMailbox": {
        parameters: { Identity: "text" },
        needed: ["Identity"],
        run: call => {
            const { Name, Guid, PrimarySmtpAddress, clientAccess } = recipientOf(call, text(call.parameters, "Identity") ?? "", MAILBOXES);
            return [{ Name, Guid, PrimarySmtpAddress, ...clientAccess }];
        },
    },
};

/** The recipients of these types that the parameters mean. Throws CmdletError where an identity means none. */
export function listed(call: CmdletCall, types?: string[]): Recipient[] {
    const { exchange, parameters } = call;
    const identity = text(parameters, "Identity");
    if (identity !== undefined) {
        return [recipientOf(call, identity, types)];
    }
    const matches = matcher(text(parameters, "Filter") ?? "Name -like '*'");
    const wanted = (parameters["RecipientTypeDetails"] ?? types) as string[] | undefined;
    const meant = ofTypes(ofTypes(exchange.recipients, types), wanted).filter(each => matches(each, exchange.recipients));
    return seen(call, meant);
}

/** The one recipient that an identity means. Throws CmdletError for none, one that is not seen yet, and several. */
export function recipientOf(call: CmdletCall, identity: string, types?: string[]): Recipient {
    const meant = ofTypes(call.exchange.recipients, types).filter(each => names(each).some(name => sameText(name, identity)));
    const [one] = seen(call, meant);
    if (!one) {
        throw notFound(identity);
    }
    if (meant.length > 1) {
        throw invalid(`The operation couldn't be performed because '${identity}' matches multiple entries.`, AMBIGUOUS);
    }
    return one;
}

/** Deletes a recipient, also from the groups that it is in. Policies and scopes that name it stay. */
export function forgetRecipient(exchange: ExchangeState, recipient: Recipient): void {
    exchange.recipients = exchange.recipients.filter(each => each !== recipient);
    for (const group of exchange.recipients.filter(each => each.members)) {
        group.members = group.members?.filter(guid => guid !== recipient.Guid);
    }
}

/** As Get-Recipient shows it, which knows nothing of what only groups have; or as the cmdlets for groups do. */
export function shownRecipient(recipient: Recipient, group = false): Json {
    return Object.fromEntries(Object.entries(recipient).filter(([name]) => /^[A-Z]/.test(name) && (group || !GROUPS_ONLY.includes(name))));
}

function ofTypes(recipients: Recipient[], types: string[] | undefined): Recipient[] {
    return recipients.filter(each => types?.includes(each.RecipientTypeDetails) ?? true);
}
