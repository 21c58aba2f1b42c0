import type { Json } from "../http";
import { names } from "./access";
import { flag, text, type Cmdlet, type CmdletCall, type Kind } from "./cmdlet";
import { alreadyExists, invalid } from "./errors";
import { newGroup } from "./newGroup";
import { distinguishedName } from "./newRecipient";
import { changedIdentities } from "./parameters";
import { forgetRecipient, GROUPS, listed, recipientOf, shownRecipient } from "./recipients";
import { byGuid, sameText, type Recipient } from "./state";

const NOT_OWNER = "Microsoft.Exchange.Configuration.Tasks.OperationRequiresGroupManagerException";
const ADDRESS_TAKEN = "Microsoft.Exchange.Data.Directory.ProxyAddressExistsException";
const RESTRICTIONS = ["Open", "Closed", "ApprovalRequired"];
const SETTINGS: Record<string, Kind> = {
    DisplayName: "text",
    Alias: "text",
    PrimarySmtpAddress: "text",
    ManagedBy: "texts",
    Description: "texts",
    MemberJoinRestriction: RESTRICTIONS,
    MemberDepartRestriction: RESTRICTIONS,
    RequireSenderAuthenticationEnabled: "switch",
    BypassNestedModerationEnabled: "switch",
};
/** What a new group has as it is given. */
const PLAIN = [
    "Notes",
    "Description",
    "MemberJoinRestriction",
    "MemberDepartRestriction",
    "RequireSenderAuthenticationEnabled",
    "BypassNestedModerationEnabled",
];
const GETS: Record<string, Kind> = { Identity: "text", Filter: "text", RecipientTypeDetails: "texts", ResultSize: "text" };
const OF_ONE: Record<string, Kind> = { Identity: "text", BypassSecurityGroupManagerCheck: "switch" };

export const groupCmdlets: Record<string, Cmdlet> = {
    "Get-DistributionGroup": {
        parameters: GETS,
        run: call =>
            listed(call, GROUPS).map(group => {
                const { Notes: _, ...rest } = shown(call, group);
                return rest;
            }),
    },
    "New-DistributionGroup": {
        parameters: { ...SETTINGS, Name: "text", Type: ["Distribution", "Security"], Members: "texts", Notes: "text" },
        needed: ["Name"],
        run: create,
    },
    "Set-DistributionGroup": {
        parameters: { ...OF_ONE, ...SETTINGS, Name: "text", HiddenFromAddressListsEnabled: "switch" },
        needed: ["Identity"],
        run: change,
    },
    // Notes are told and changed here alone.
    "Get-Group": { parameters: GETS, run: call => listed(call, GROUPS).map(group => shown(call, group)) },
    "Set-Group": {
        parameters: { ...OF_ONE, Name: "text", DisplayName: "text", ManagedBy: "texts", Description: "texts", Notes: "text" },
        needed: ["Identity"],
        run: change,
    },
    "Remove-DistributionGroup": { parameters: OF_ONE, needed: ["Identity"], asks: true, run: remove },
};

/** The group that `Identity` means. Throws CmdletError unless the call says that the caller, which manages no group, need not do so. */
export function ownGroup(call: CmdletCall): Recipient {
    const group = recipientOf(call, text(call.parameters, "Identity") ?? "", GROUPS);
    if (!flag(call.parameters, "BypassSecurityGroupManagerCheck")) {
        throw invalid("You don't have sufficient permissions. This operation can only be performed by a manager of the group.", NOT_OWNER);
    }
    return group;
}

function shown({ exchange }: CmdletCall, group: Recipient): Json {
    const managers = (group.managers ?? []).flatMap(guid => byGuid(exchange.recipients, guid)?.Name ?? []);
    return { ...shownRecipient(group, true), ManagedBy: managers.length > 0 ? managers : ["Organization Management"] };
}

function create(call: CmdletCall): Json[] {
    const { exchange, world, parameters } = call;
    const now = world.now();
    const suffix = world.behaviour.groupNameSuffix ? now.toISOString().replace(/\D/g, "").slice(0, 14) : "";
    const Name = `${text(parameters, "Name") ?? ""}${suffix}`;
    const group = newGroup(
        {
            Name,
            RecipientTypeDetails: GROUPS[sameText(parameters["Type"], "Security") ? 0 : 1] ?? "",
            Alias: text(parameters, "Alias"),
            DisplayName: text(parameters, "DisplayName") ?? text(parameters, "Name"),
            PrimarySmtpAddress: text(parameters, "PrimarySmtpAddress"),
            members: changedIdentities(call, [], parameters["Members"]),
            managers: changedIdentities(call, [], parameters["ManagedBy"]),
        },
        now,
    );
    checkFree(exchange.recipients, group);
    Object.assign(group, Object.fromEntries(Object.entries(parameters).filter(([name, value]) => PLAIN.includes(name) && value !== null)));
    exchange.recipients.push(group);
    world.replication.created("recipients", group.Guid);
    return [shown(call, group)];
}

function change(call: CmdletCall): Json[] {
    const { exchange, parameters, world } = call;
    const group = ownGroup(call);
    const settings = Object.entries(parameters).filter(([name]) => name !== "Identity" && name in group);
    const after: Recipient = { ...group, ...Object.fromEntries(settings), WhenChangedUTC: world.now().toISOString() };
    Object.assign(after, { Identity: after.Name, Id: after.Name, DistinguishedName: distinguishedName(after.Name) });
    if (!sameText(after.PrimarySmtpAddress, group.PrimarySmtpAddress)) {
        // The address that was the first stays as another one.
        const first = `SMTP:${after.PrimarySmtpAddress}`;
        const before = (group["EmailAddresses"] as string[]).map(each => each.replace(/^SMTP:/, "smtp:"));
        after["EmailAddresses"] = [first, ...before.filter(each => !sameText(each, first))];
    }
    checkFree(exchange.recipients.filter(each => each !== group), after);
    if (parameters["ManagedBy"] !== undefined) {
        after.managers = changedIdentities(call, group.managers ?? [], parameters["ManagedBy"]);
    }
    Object.assign(group, after);
    return [];
}

function remove(call: CmdletCall): Json[] {
    forgetRecipient(call.exchange, ownGroup(call));
    return [];
}

function checkFree(others: Recipient[], { Name, Alias, PrimarySmtpAddress: address }: Recipient): void {
    if (others.some(each => sameText(each.Name, Name) || sameText(each.Alias, Alias))) {
        throw alreadyExists(Name);
    }
    const taken = others.find(each => names(each).some(name => sameText(name, address)));
    if (taken) {
        const used = `is already being used by the proxy addresses or LegacyExchangeDN of "${taken.Name}". Please choose another proxy address.`;
        throw invalid(`The proxy address "SMTP:${address}" ${used}`, ADDRESS_TAKEN);
    }
}
