import type { CustomResourceOptions } from "@pulumi/pulumi";
import { exchange } from "../../../index";
import type { ExchangeState, Recipient } from "../../../lab/tenant/exchange/state";
import { useTenant, type TenantScene } from "./tenantScene";

export const appId = "aaaaaaaa-0000-4000-8000-000000000001";
export const objectId = "aaaaaaaa-0000-4000-8000-000000000002";
export const otherApp = "BBBBBBBB-0000-4000-8000-000000000003";
/** What others have in the list of applications that may use EWS: an id that is written in another way, and one that is none. */
export const foreignEntries = ` ${otherApp} ,{not-a-guid`;
export const [mim, mim2, ceo] = ["mim", "mim2", "ceo"].map((name) => `${name}@contoso.example`) as [string, string, string];

/** A pretend tenant with things of others in it, and a stack with the program of `declareAll`, for one suite. */
export interface ExchangeScene extends TenantScene {
    state(): ExchangeState;
    recipient(name: string): Recipient;
    /** The names of what the tenant has of each kind that the program makes, others' included. */
    names(): Record<string, string[]>;
}

/** Registers the hooks of a suite. */
export function useExchangeScene(): ExchangeScene {
    const scene = Object.assign(useTenant(), {
        state: (): ExchangeState => scene.tenant.state.exchange,
        recipient: (name: string): Recipient => scene.state().recipients.find((one) => one.Name === name)!,
        names: (): Record<string, string[]> => ({
            policies: scene.state().policies.map((one) => one.Description),
            pointers: scene.state().servicePrincipals.map((one) => one.DisplayName),
            scopes: scene.state().scopes.map((one) => one.Name),
            assignments: scene.state().assignments.map((one) => one.Name),
            groups: scene.state().recipients.filter((one) => one.members !== undefined).map((one) => one.Name).sort(),
            ews: [scene.state().organization.EwsAllowedAppIDs ?? ""],
        }),
    });

    before(() => {
        addOthers(scene.state());
        scene.stack.program = () => declareAll();
    });

    return scene;
}

/** What is none of the program's business. */
function addOthers(state: ExchangeState): void {
    const Guid = "cccccccc-0000-4000-8000-000000000001";
    const Identity = `${state.organization.Guid}\\${otherApp}:S-1-5-21-1;${Guid}`;
    const about = { ScopeName: "Others", ScopeIdentity: "Others", ScopeIdentityRaw: `S-1-5-21-1;${Guid}` };
    state.policies.push({ Guid, Identity, AppId: otherApp, AccessRight: "RestrictAccess", Description: "Others", ...about });
    state.servicePrincipals.push({ Guid, AppId: otherApp, ObjectId: Guid, Identity: Guid, DisplayName: "Others" });
    state.scopes.push({ Guid, Name: "Others", RecipientFilter: "Alias -eq 'others'", Exclusive: false });
    state.assignments.push({ Guid, Name: "Others", Role: "Application Mail.Read", App: Guid, scope: { kind: "scope", id: Guid } });
    Object.assign(state.organization, { EwsAllowedAppIDs: foreignEntries, EwsEnabled: true });
}

/** All that differs between the programs of these suites. */
export interface Declared {
    /** Ids to import, by logical name. */
    ids?: Record<string, string>;
    /** Other arguments of the group. */
    group?: Partial<exchange.MailEnabledSecurityGroupArgs>;
    /** Other arguments of the entry in the list. */
    ews?: Partial<exchange.EwsAllowedApplicationArgs>;
}

/** One resource of each type, and a second group whose program leaves out all that can be left out. */
export function declareAll({ ids = {}, group: otherGroup, ews }: Declared = {}): Record<string, unknown> {
    const options = (name: string): CustomResourceOptions => ({ import: ids[name] });
    const group = new exchange.MailEnabledSecurityGroup(
        "group",
        {
            name: "MIM scope",
            alias: "mim-scope",
            displayName: "Mailboxes of MIM",
            primarySmtpAddress: "mim-scope@contoso.example",
            managedBy: [ceo],
            members: [mim, mim2],
            foreignMembers: "remove",
            notes: "Made by Pulumi",
            hiddenFromAddressLists: true,
            ...otherGroup,
        },
        options("group"),
    );
    const bare = new exchange.MailEnabledSecurityGroup("bare", { name: "Bare", members: [mim] }, options("bare"));
    const policy = { appId, policyScopeGroupId: group.externalDirectoryObjectId, description: "Only for MIM" };
    new exchange.ApplicationAccessPolicy("policy", policy, options("policy"));
    const pointer = new exchange.ServicePrincipal("pointer", { appId, objectId, displayName: "MIM mail" }, options("pointer"));
    const filter = { recipientRestrictionFilter: "Alias -like 'mim*'", recipientRoot: "contoso.example/Users" };
    const scope = new exchange.ManagementScope("scope", { name: "MIM mailboxes", ...filter }, options("scope"));
    const role = "Application EWS.AccessAsApp";
    const assigned = { name: "MIM by EWS", role, app: pointer.objectId, customResourceScope: scope.name };
    new exchange.ManagementRoleAssignment("assignment", assigned, options("assignment"));
    new exchange.EwsAllowedApplication("ews", { appId, enableEws: true, ...ews }, options("ews"));
    return { unmanaged: bare.unmanagedMembers };
}
