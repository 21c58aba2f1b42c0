import * as pulumi from "@pulumi/pulumi";
import { settled } from "../../internal/inputs";
import { after, looked } from "../../internal/looks";
import { problemText, refusal, refuseSecrets } from "../../internal/report";
import { MailEnabledSecurityGroup } from "../resources/mailEnabledSecurityGroup";
import { recipient } from "../resources/recipient";
import { checkScopeChoice, type MailboxScopeChoice } from "./scopeChoice";

/** What policies and filters name a group by. */
export interface ScopeGroup {
    guid: string;
    externalDirectoryObjectId: string;
    distinguishedName: string;
}

/** The mailboxes that tell whether the limit holds. */
export interface TestedMailboxes {
    inScopeMailbox: string;
    outOfScopeMailbox: string;
}

/** Rejects where Exchange does not know one of the mailboxes: nothing is written then. */
export function testedMailboxes(name: string, choice: MailboxScopeChoice, parent: pulumi.Resource): pulumi.Output<TestedMailboxes> {
    const { inScopeMailbox, outOfScopeMailbox, mailboxes: listed, groupAddress } = choice;
    const group = pulumi.CustomResource.isInstance(choice.group) ? undefined : choice.group;
    return pulumi.output({ inScopeMailbox, outOfScopeMailbox }).apply(async (mailboxes) => {
        await refuseSecrets("exchange.MailboxScope", name, { inScopeMailbox, outOfScopeMailbox, mailboxes: listed, groupAddress, group });
        // Those that were outputs are only known now.
        refuseScope(name, { ...choice, ...mailboxes });
        const found = await looked(name, Promise.all(Object.values(mailboxes).map((identity) => recipient({ identity }, { parent }))));
        const unknown = Object.entries(mailboxes).filter((_, index) => !found[index]!.found);
        const texts = unknown.map(([property, address]) => `${name}: "${property}" names ${address}, which Exchange does not know. Give the SMTP address of a mailbox of this tenant; one that was made a moment ago may need some minutes`);
        if (texts.length > 0) {
            throw refusal(texts.join("\n"));
        }
        return mailboxes;
    });
}

/**
 * The group that is given, or one with exactly these members: somebody else's member would open a mailbox.
 *
 * @param tested what has to be known before a group is made.
 */
export function scopeGroup(
    name: string,
    { group, mailboxes, groupAddress }: MailboxScopeChoice,
    tested: pulumi.Output<TestedMailboxes>,
    parent: pulumi.Resource,
): pulumi.Output<ScopeGroup> {
    if (group !== undefined && !pulumi.CustomResource.isInstance(group)) {
        return pulumi.output(group).apply(async (identity) => {
            // One after the other: what is refused for the one look is refused for the other too.
            const mailboxes = await settled(tested);
            if (mailboxes !== undefined) {
                refuseScope(name, { group: identity, ...mailboxes });
            }
            return existingGroup(name, identity, parent);
        });
    }
    const members = pulumi.all([mailboxes ?? [], tested]).apply(([listed]) => listed);
    const own = { name: `${name}-mailboxes`, primarySmtpAddress: groupAddress, foreignMembers: "remove", hiddenFromAddressLists: true };
    const given = group as MailEnabledSecurityGroup | undefined;
    const made = given ?? new MailEnabledSecurityGroup(`${name}-mailboxes`, { ...own, members }, { parent, dependsOn: after(tested) });
    const { guid, externalDirectoryObjectId, distinguishedName } = made;
    return pulumi.output({ guid, externalDirectoryObjectId, distinguishedName });
}

function refuseScope(name: string, choice: MailboxScopeChoice): void {
    const problems = checkScopeChoice(choice);
    if (problems.length > 0) {
        throw refusal(problemText("exchange.MailboxScope", name, problems));
    }
}

async function existingGroup(name: string, identity: string, parent: pulumi.Resource): Promise<ScopeGroup> {
    const { found, guid, distinguishedName, externalDirectoryObjectId = "", ...one } = await looked(name, recipient({ identity }, { parent }));
    if (!found || guid === undefined || distinguishedName === undefined) {
        const text = "which Exchange does not know; a group that was made a moment ago may need some minutes";
        throw refusal(`${name}: "group" names ${identity}, ${text}`);
    }
    if (one.isValidSecurityPrincipal !== true || !/SecurityGroup$/i.test(one.recipientTypeDetails ?? "")) {
        const what = `a ${one.recipientTypeDetails}${one.isValidSecurityPrincipal === true ? "" : ", which is no security principal"}`;
        throw refusal(
            `${name}: "group" has to be a mail-enabled security group; ${identity} is "${one.displayName}", ${what}. ` +
                'Make a mail-enabled security group with the mailboxes as direct members, or give "mailboxes"',
        );
    }
    return { guid, externalDirectoryObjectId, distinguishedName };
}
