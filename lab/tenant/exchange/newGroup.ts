import { newRecipient } from "./newRecipient";
import type { Recipient } from "./state";

/** A group with what Exchange fills in (facts: wire.md section 1.10). */
export function newGroup(given: Parameters<typeof newRecipient>[0] & { Name: string }, now: Date): Recipient {
    const security = given.RecipientTypeDetails === "MailUniversalSecurityGroup";
    return {
        ...newRecipient(given, now),
        GroupType: security ? "Universal, SecurityEnabled" : "Universal",
        RequireSenderAuthenticationEnabled: true,
        MemberJoinRestriction: "Closed",
        MemberDepartRestriction: "Closed",
        BypassNestedModerationEnabled: false,
        Notes: "",
        Description: [],
    };
}
