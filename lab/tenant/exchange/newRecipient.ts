import { randomInt, randomUUID } from "node:crypto";
import type { ClientAccess, Recipient } from "./state";

/** The accepted domain of the tenant. */
export const DOMAIN = "contoso.example";

const ORGANIZATION_DN = "OU=contoso.onmicrosoft.com,OU=Microsoft Exchange Hosted Organizations,DC=EURP000A001,DC=PROD,DC=OUTLOOK,DC=COM";
/** RecipientType by RecipientTypeDetails. */
const TYPES: Record<string, string> = {
    UserMailbox: "UserMailbox",
    SharedMailbox: "UserMailbox",
    MailUser: "MailUser",
    MailUniversalSecurityGroup: "MailUniversalSecurityGroup",
    MailUniversalDistributionGroup: "MailUniversalDistributionGroup",
    GroupMailbox: "MailUniversalDistributionGroup",
};
/** Of what an access policy may be made (facts: microsoft.md section 3). */
const PRINCIPALS = ["UserMailbox", "MailUser", "MailUniversalSecurityGroup"];

interface Given {
    Name: string;
    RecipientTypeDetails: string;
    Alias?: string;
    DisplayName?: string;
    PrimarySmtpAddress?: string;
    members?: string[];
    managers?: string[];
}

/** A recipient with what Exchange fills in. */
export function newRecipient(given: Given, now: Date): Recipient {
    const { Name, RecipientTypeDetails: kind } = given;
    const Alias = given.Alias ?? Name.replace(/[^\w.-]/g, "");
    const address = given.PrimarySmtpAddress ?? `${Alias}@${DOMAIN}`;
    return {
        Name,
        Identity: Name,
        Id: Name,
        Guid: randomUUID(),
        ExternalDirectoryObjectId: randomUUID(),
        DistinguishedName: distinguishedName(Name),
        Alias,
        DisplayName: given.DisplayName ?? Name,
        PrimarySmtpAddress: address,
        EmailAddresses: [`SMTP:${address}`],
        RecipientType: TYPES[kind] ?? kind,
        RecipientTypeDetails: kind,
        IsValidSecurityPrincipal: PRINCIPALS.includes(kind),
        HiddenFromAddressListsEnabled: false,
        WhenCreatedUTC: now.toISOString(),
        WhenChangedUTC: now.toISOString(),
        sid: `S-1-5-21-3787302941-3231517822-469913106-${randomInt(1_000_000, 9_999_999)}`,
        administrativeUnits: [],
        ...(kind.endsWith("Mailbox") && kind !== "GroupMailbox" ? { clientAccess: newClientAccess() } : {}),
        ...(given.members ? { members: given.members } : {}),
        ...(given.managers ? { managers: given.managers } : {}),
    };
}

export function distinguishedName(name: string): string {
    return `CN=${name.replace(/([,+"\\<>;=])/g, "\\$1")},${ORGANIZATION_DN}`;
}

/** That nothing is chosen for a new mailbox is a guess; it allows what the organisation allows. */
function newClientAccess(): ClientAccess {
    return { EwsEnabled: null, EwsApplicationAccessPolicy: null, EwsAllowList: [], EwsBlockList: [] };
}
