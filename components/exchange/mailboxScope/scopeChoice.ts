import * as pulumi from "@pulumi/pulumi";
import { show } from "../../../drift/show";
import { Problem } from "../../../drift/types";
import { Checks, listOf, needed, takes, text } from "../../internal/checkArgs";
import { isGuid } from "../../internal/guid";
import { isPlain } from "../../internal/inputs";
import type { MailEnabledSecurityGroup } from "../resources/mailEnabledSecurityGroup";

/** Which mailboxes an application may open. Exactly one of `group` and `mailboxes`. */
export interface MailboxScopeChoice {
    /** A mail-enabled security group that exists: its SMTP address or GUID; or a `MailEnabledSecurityGroup` of this program. */
    group?: pulumi.Input<string> | MailEnabledSecurityGroup;
    /** SMTP addresses: a mail-enabled security group with exactly these members is made. */
    mailboxes?: pulumi.Input<pulumi.Input<string>[]>;
    /** SMTP address of the group that is made for `mailboxes`. Default: Exchange makes one from the group's name. */
    groupAddress?: pulumi.Input<string>;
    /** SMTP address of a mailbox that the application must be able to open; tested in every run. */
    inScopeMailbox: pulumi.Input<string>;
    /** SMTP address of a mailbox that the application must not be able to open; tested in every run. */
    outOfScopeMailbox: pulumi.Input<string>;
}

/** Source: RFC 5321, section 4.5.3.1: 64 characters before the "@", 255 after it. */
const longestAddress = 320;

/** The shape of each member. */
export const scopeShape: Checks<MailboxScopeChoice> = {
    group: takes("an SMTP address, a GUID or a MailEnabledSecurityGroup", (value) => typeof value === "string" || pulumi.CustomResource.isInstance(value)),
    mailboxes: listOf(text),
    groupAddress: text,
    inScopeMailbox: needed(text),
    outOfScopeMailbox: needed(text),
};

/**
 * Everything that is wrong with the choice, as far as it is known while the program is built. `path` goes before names of properties;
 * `refused` are properties that were left out here because they are refused already.
 */
export function checkScopeChoice(
    choice: MailboxScopeChoice,
    { path = "", refused = new Set() }: { path?: string; refused?: ReadonlySet<string> } = {},
): Problem[] {
    const problems: Problem[] = [];
    const report = (property: string, message: string) => problems.push({ property: `${path}${property}`, message });
    const { group, mailboxes, groupAddress, inScopeMailbox, outOfScopeMailbox } = choice;
    if (group === undefined && mailboxes === undefined && !refused.has("mailboxes")) {
        report("group", 'is missing; give it, or "mailboxes"');
    }
    if (group !== undefined && mailboxes !== undefined) {
        report("mailboxes", "stands beside group; leave one of them out");
    }
    if (group !== undefined && groupAddress !== undefined) {
        report("groupAddress", "is for the group that is made for mailboxes, and with group none is; leave it out");
    }
    if (group !== undefined && isPlain(group) && !isAddress(group) && !(typeof group === "string" && isGuid(group))) {
        report("group", `must be an SMTP address or a GUID; received ${show(group)}`);
    }
    const members = isPlain(mailboxes) ? mailboxes : undefined;
    if (members !== undefined && (!Array.isArray(members) || members.length === 0)) {
        report("mailboxes", `must name at least one mailbox; received ${Array.isArray(members) ? "[]" : show(members)}`);
    }
    const listed = Array.isArray(members) ? (members as string[]) : [];
    for (const one of listed.filter((member) => !isAddress(member))) {
        report("mailboxes", `must be SMTP addresses; received ${show(one)}`);
    }
    for (const property of ["groupAddress", "inScopeMailbox", "outOfScopeMailbox"] as const) {
        const value = choice[property];
        if ((value !== undefined || property !== "groupAddress") && isPlain(value) && !isAddress(value)) {
            report(property, `must be an SMTP address; received ${show(value ?? null)}`);
        }
    }
    if (isAddress(inScopeMailbox) && isAddress(outOfScopeMailbox)) {
        const has = (address: string) => listed.some((one) => isAddress(one) && sameAddress(one, address));
        if (sameAddress(inScopeMailbox, outOfScopeMailbox)) {
            report("outOfScopeMailbox", `is the same as inScopeMailbox (${inScopeMailbox}); name a mailbox that must stay closed`);
        } else if (listed.length > 0 && !has(inScopeMailbox)) {
            report("inScopeMailbox", `must be one of mailboxes; received ${show(inScopeMailbox)}`);
        }
        if (has(outOfScopeMailbox)) {
            report("outOfScopeMailbox", `is one of mailboxes; name a mailbox that must stay closed`);
        }
    }
    return problems;
}

function isAddress(value: unknown): value is string {
    return typeof value === "string" && value.length <= longestAddress && /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+$/.test(value);
}

function sameAddress(one: string, other: string): boolean {
    return one.toLowerCase() === other.toLowerCase();
}
