import { randomUUID } from "node:crypto";
import type { Json } from "../http";
import { text, type Cmdlet, type CmdletCall } from "./cmdlet";
import { dehydrated, invalid, notFound, unknownParameters } from "./errors";
import { identified, oneOf } from "./find";
import { recipientOf } from "./recipients";
import { checkName, managementScopeOf } from "./scopes";
import { pointerOf } from "./servicePrincipals";
import { byGuid, sameText, type Assignment, type ExchangeState } from "./state";

const PERMISSIONS = ["Mail", "Calendars", "Contacts", "MailboxSettings"].flatMap(each => [`${each}.Read`, `${each}.ReadWrite`]);
const OTHERS = ["Mail.ReadBasic", "Mail.Send", "Mail Full Access", "Exchange Full Access", "EWS.AccessAsApp", "SMTP.SendAsApp"];
const ROLES = [...PERMISSIONS, ...OTHERS].map(each => `Application ${each}`);
const APPLICATION = "ServicePrincipal";
const ASSIGNEES = ["User", "SecurityGroup", "RoleGroup", "RoleAssignmentPolicy", APPLICATION];
/** By which properties one is meant. */
const NAMES = ["Guid", "Name"];
const SCOPES = ["CustomResourceScope", "RecipientGroupScope", "RecipientAdministrativeUnitScope"];
const KINDS = { scope: "CustomRecipientScope", group: "Group", unit: "AdministrativeUnit" };

export const assignmentCmdlets: Record<string, Cmdlet> = {
    "Get-ManagementRoleAssignment": {
        parameters: { Identity: "text", RoleAssigneeType: ASSIGNEES, RoleAssignee: "text", Role: "text" },
        run: call => {
            const { RoleAssigneeType: type = APPLICATION, RoleAssignee: assignee, Role: role } = call.parameters;
            const app = typeof assignee === "string" ? pointerOf(call, assignee).ObjectId : undefined;
            return identified(call, call.exchange.assignments, NAMES)
                .filter(({ Role, App }) => sameText(type, APPLICATION) && sameText(role ?? Role, Role) && sameText(app ?? App, App))
                .map(each => shown(call.exchange, each));
        },
    },
    "New-ManagementRoleAssignment": {
        parameters: {
            Name: "text",
            Role: "text",
            App: "text",
            CustomResourceScope: "text",
            RecipientGroupScope: "text",
            RecipientAdministrativeUnitScope: "text",
            Force: "switch",
        },
        needed: ["Role", "App"],
        asks: true,
        run: create,
    },
    "Remove-ManagementRoleAssignment": {
        parameters: { Identity: "text", Force: "switch" },
        needed: ["Identity"],
        asks: true,
        run: call => {
            const gone = oneOf(call, call.exchange.assignments, call.parameters["Identity"], NAMES);
            call.exchange.assignments = call.exchange.assignments.filter(each => each !== gone);
            return [];
        },
    },
};

/** A scope as an assignment names it, and of what kind it is. */
export function shownScope(exchange: ExchangeState, { scope }: Assignment): { name: string | null; kind: string } {
    if (!scope) {
        return { name: null, kind: "Organization" };
    }
    const all: Array<{ Guid: string; Name: string }> = scope.kind === "scope" ? exchange.scopes : exchange.recipients;
    return { name: byGuid(all, scope.id)?.Name ?? scope.id, kind: KINDS[scope.kind] };
}

function shown(exchange: ExchangeState, assignment: Assignment): Json {
    const { name, kind } = shownScope(exchange, assignment);
    const pointer = exchange.servicePrincipals.find(({ ObjectId }) => sameText(ObjectId, assignment.App));
    return {
        Name: assignment.Name,
        Identity: assignment.Name,
        Guid: assignment.Guid,
        Role: assignment.Role,
        RoleAssignee: assignment.App,
        RoleAssigneeName: pointer?.["Name"] ?? assignment.App,
        RoleAssigneeType: APPLICATION,
        App: assignment.App,
        AssignmentMethod: "Direct",
        EffectiveUserName: "",
        CustomResourceScope: name,
        RecipientReadScope: "Organization",
        RecipientWriteScope: kind,
        CustomRecipientReadScope: "",
        CustomRecipientWriteScope: name,
        ConfigReadScope: "OrganizationConfig",
        ConfigWriteScope: "OrganizationConfig",
        RoleAssignmentDelegationType: "Regular",
        Enabled: true,
        WhenCreatedUTC: assignment["WhenCreatedUTC"],
        WhenChangedUTC: assignment["WhenCreatedUTC"],
    };
}

function create(call: CmdletCall): Json[] {
    const { exchange, world, parameters, name: cmdlet } = call;
    const given = SCOPES.filter(each => text(parameters, each) !== undefined);
    if (given.length > 1) {
        throw unknownParameters(given.join(", "));
    }
    if (exchange.organization.IsDehydrated) {
        throw dehydrated(cmdlet);
    }
    const Role = ROLES.find(each => sameText(each, parameters["Role"]));
    if (Role === undefined) {
        throw notFound(parameters["Role"]);
    }
    if (world.behaviour.delegatingRoleMissing) {
        throw invalid(`You must be assigned a delegating role assignment for the role "${Role}" to run this command.`);
    }
    const App = pointerOf(call, parameters["App"]).ObjectId;
    const scope = scopeOf(call, given[0]);
    const Name = text(parameters, "Name") ?? freeName(`${Role}-${App}`, exchange.assignments);
    checkName(Name, exchange.assignments);
    const own = { Guid: randomUUID(), WhenCreatedUTC: world.now().toISOString() };
    const made: Assignment = { Name, Role, App, ...own, ...(scope ? { scope } : {}) };
    exchange.assignments.push(made);
    world.replication.created("managementRoleAssignments", made.Guid);
    return [shown(exchange, made)];
}

function scopeOf(call: CmdletCall, parameter: string | undefined): Assignment["scope"] {
    const identity = text(call.parameters, parameter ?? "") ?? "";
    switch (parameter) {
        case undefined:
            return undefined;
        case "CustomResourceScope":
            return { kind: "scope", id: managementScopeOf(call, identity).Guid };
        case "RecipientGroupScope":
            return { kind: "group", id: groupOf(call, identity) };
        default:
            return { kind: "unit", id: identity };
    }
}

function groupOf(call: CmdletCall, identity: string): string {
    const { members, Guid } = recipientOf(call, identity);
    if (!members) {
        throw notFound(identity);
    }
    return Guid;
}

/** A name that the service thinks of, of at most 64 characters. */
function freeName(wanted: string, others: Assignment[]): string {
    const base = wanted.slice(0, 60);
    const taken = (name: string): boolean => others.some(each => sameText(each.Name, name));
    let name = base;
    for (let at = 1; taken(name); at++) {
        name = `${base}-${at}`;
    }
    return name;
}
