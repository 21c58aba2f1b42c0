import type { Json } from "../http";
import { text, type Cmdlet, type CmdletCall, type Kind } from "./cmdlet";
import { invalid } from "./errors";
import { ownGroup } from "./groups";
import { changedIdentities } from "./parameters";
import { GROUPS, recipientOf, shownRecipient } from "./recipients";
import { byGuid, type Recipient } from "./state";

const ALREADY = "Microsoft.Exchange.Management.Tasks.MemberAlreadyExistsException";
const MISSING = "Microsoft.Exchange.Management.Tasks.MemberNotFoundException";
const ONE: Record<string, Kind> = { Identity: "text", Member: "text", BypassSecurityGroupManagerCheck: "switch" };

export const memberCmdlets: Record<string, Cmdlet> = {
    "Get-DistributionGroupMember": {
        parameters: { Identity: "text", ResultSize: "text" },
        needed: ["Identity"],
        run: call => {
            const group = recipientOf(call, text(call.parameters, "Identity") ?? "", GROUPS);
            return (group.members ?? []).flatMap(guid => byGuid(call.exchange.recipients, guid) ?? []).map(each => shownRecipient(each));
        },
    },
    "Add-DistributionGroupMember": { parameters: ONE, needed: ["Identity", "Member"], silent: true, run: call => change(call, true) },
    "Remove-DistributionGroupMember": {
        parameters: ONE,
        needed: ["Identity", "Member"],
        asks: true,
        silent: true,
        run: call => change(call, false),
    },
    // Replaces all that are there.
    "Update-DistributionGroupMember": {
        parameters: { Identity: "text", Members: "texts", BypassSecurityGroupManagerCheck: "switch" },
        needed: ["Identity"],
        asks: true,
        silent: true,
        run: call => {
            const group = ownGroup(call);
            return keep(call, group, changedIdentities(call, group.members ?? [], call.parameters["Members"]));
        },
    },
};

function change(call: CmdletCall, add: boolean): Json[] {
    const group = ownGroup(call);
    const member = recipientOf(call, text(call.parameters, "Member") ?? "");
    const { members = [] } = group;
    if (members.includes(member.Guid) === add) {
        const said = add ? ["is already a member", ALREADY] : ["isn't a member", MISSING];
        throw invalid(`The recipient "${member.Name}" ${said[0]} of the group "${group.Name}".`, said[1]);
    }
    return keep(call, group, add ? [...members, member.Guid] : members.filter(each => each !== member.Guid));
}

function keep({ world }: CmdletCall, group: Recipient, members: string[]): Json[] {
    Object.assign(group, { members, WhenChangedUTC: world.now().toISOString() });
    return [];
}
