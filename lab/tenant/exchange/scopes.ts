import { randomUUID } from "node:crypto";
import type { Json } from "../http";
import { flag, text, type Cmdlet, type CmdletCall, type Kind } from "./cmdlet";
import { alreadyExists, dehydrated, invalid } from "./errors";
import { normalized } from "./filter";
import { identified, oneOf } from "./find";
import { sameText, type Scope } from "./state";

const TOO_LONG = "Microsoft.Exchange.Data.DataValidationException";
/** The longest name of a scope or an assignment. */
const LONGEST = 64;
/** By which properties one is meant. */
const NAMES = ["Guid", "Name"];
const SETTINGS: Record<string, Kind> = { Name: "text", RecipientRestrictionFilter: "text", RecipientRoot: "text" };

export const scopeCmdlets: Record<string, Cmdlet> = {
    "Get-ManagementScope": {
        parameters: { Identity: "text", Exclusive: "switch", Orphan: "switch" },
        run: call => {
            const { Exclusive: exclusive, Orphan: orphan } = call.parameters;
            const used = (guid: string): boolean => call.exchange.assignments.some(({ scope }) => scope?.id === guid);
            return identified(call, call.exchange.scopes, NAMES).filter(
                each => (exclusive ?? each.Exclusive) === each.Exclusive && !(orphan === true && used(each.Guid)),
            );
        },
    },
    "New-ManagementScope": {
        parameters: { ...SETTINGS, Exclusive: "switch", Force: "switch" },
        needed: ["Name", "RecipientRestrictionFilter"],
        asks: ({ Exclusive }) => Exclusive === true,
        run: create,
    },
    "Set-ManagementScope": { parameters: { ...SETTINGS, Identity: "text" }, needed: ["Identity"], run: change },
    "Remove-ManagementScope": { parameters: { Identity: "text" }, needed: ["Identity"], asks: true, run: remove },
};

/** The scope that an identity means. Throws CmdletError where there is none, or none that is seen yet. */
export function managementScopeOf(call: CmdletCall, identity: unknown): Scope {
    return oneOf(call, call.exchange.scopes, identity, NAMES);
}

/** Throws CmdletError for a name that is too long or that another one has. */
export function checkName(name: string, others: Array<{ Name: string }>): void {
    if (name.length > LONGEST) {
        const lengths = `The maximum length is ${LONGEST} and the length of the value provided is ${name.length}.`;
        throw invalid(`The length of the property is too long. ${lengths}`, TOO_LONG);
    }
    if (others.some(each => sameText(each.Name, name))) {
        throw alreadyExists(name);
    }
}

function create({ exchange, world, parameters, name: cmdlet }: CmdletCall): Json[] {
    if (exchange.organization.IsDehydrated) {
        throw dehydrated(cmdlet);
    }
    const Name = text(parameters, "Name") ?? "";
    checkName(Name, exchange.scopes);
    const now = world.now().toISOString();
    const made: Scope = {
        Name,
        Identity: Name,
        Guid: randomUUID(),
        RecipientFilter: normalized(text(parameters, "RecipientRestrictionFilter") ?? ""),
        RecipientRoot: text(parameters, "RecipientRoot") ?? "",
        ScopeRestrictionType: "RecipientScope",
        Exclusive: flag(parameters, "Exclusive") ?? false,
        ExchangeVersion: "0.10 (14.0.100.0)",
        WhenCreatedUTC: now,
        WhenChangedUTC: now,
    };
    exchange.scopes.push(made);
    world.replication.created("managementScopes", made.Guid);
    return [made];
}

/** Every assignment that uses the scope changes with it. */
function change(call: CmdletCall): Json[] {
    const { exchange, parameters, world } = call;
    const scope = managementScopeOf(call, parameters["Identity"]);
    const Name = text(parameters, "Name") ?? scope.Name;
    checkName(Name, exchange.scopes.filter(each => each !== scope));
    const filter = text(parameters, "RecipientRestrictionFilter");
    Object.assign(scope, {
        Name,
        Identity: Name,
        RecipientFilter: filter === undefined ? scope.RecipientFilter : normalized(filter),
        RecipientRoot: "RecipientRoot" in parameters ? (parameters["RecipientRoot"] ?? "") : scope["RecipientRoot"],
        WhenChangedUTC: world.now().toISOString(),
    });
    return [];
}

function remove(call: CmdletCall): Json[] {
    const { exchange, parameters } = call;
    const gone = managementScopeOf(call, parameters["Identity"]);
    const user = exchange.assignments.find(({ scope }) => scope?.id === gone.Guid);
    if (user) {
        throw invalid(`The management scope "${gone.Name}" can't be removed: the management role assignment "${user.Name}" uses it.`);
    }
    exchange.scopes = exchange.scopes.filter(each => each !== gone);
    return [];
}
