import type { Json } from "../http";

/** By which programs EWS may be used; of the organisation and of each mailbox. */
export interface UserAgents {
    EwsApplicationAccessPolicy: string | null;
    EwsAllowList: string[];
    EwsBlockList: string[];
}

export interface ClientAccess extends UserAgents {
    /** Null: nobody has chosen. */
    EwsEnabled: boolean | null;
}

/** A mailbox or a group, with Exchange's own property names; what only the tenant itself needs to know is spelled in lower case. */
export interface Recipient extends Json {
    Guid: string;
    /** The same object in Entra ID. */
    ExternalDirectoryObjectId: string;
    Name: string;
    Alias: string;
    DisplayName: string;
    DistinguishedName: string;
    PrimarySmtpAddress: string;
    RecipientType: string;
    RecipientTypeDetails: string;
    WhenCreatedUTC: string;
    WhenChangedUTC: string;
    sid: string;
    /** Of a mailbox: what Get-CASMailbox tells. */
    clientAccess?: ClientAccess;
    /** Of a group: the GUIDs of its direct members. */
    members?: string[];
    /** Of a distribution group: the GUIDs of its owners. */
    managers?: string[];
    /** The ids of the administrative units that it is in. */
    administrativeUnits: string[];
}

export interface Policy extends Json {
    Guid: string;
    /** `{organisation}\{app id}:{SID};{GUID}` */
    Identity: string;
    AppId: string;
    AccessRight: string;
    ScopeName: string;
    ScopeIdentity: string;
    /** `{SID};{GUID}`, by the id in Entra ID, as people's scripts read it. */
    ScopeIdentityRaw: string;
    Description: string;
}

/** Exchange's own pointer to a service principal of Entra ID. */
export interface Pointer extends Json {
    Guid: string;
    AppId: string;
    ObjectId: string;
    DisplayName: string;
}

export interface Scope extends Json {
    Guid: string;
    Name: string;
    RecipientFilter: string;
    Exclusive: boolean;
}

export interface Assignment extends Json {
    Guid: string;
    Name: string;
    Role: string;
    /** The object id of the service principal. */
    App: string;
    /** What it reaches, by GUID; without it the whole organisation. */
    scope?: { kind: "scope" | "group" | "unit"; id: string };
}

export interface Organization extends Json, UserAgents {
    Guid: string;
    IsDehydrated: boolean;
    /** Null: nobody has chosen. */
    EwsEnabled: boolean | null;
    /** Application ids with commas between them. */
    EwsAllowedAppIDs: string | null;
}

export interface ExchangeState {
    organization: Organization;
    recipients: Recipient[];
    policies: Policy[];
    servicePrincipals: Pointer[];
    scopes: Scope[];
    assignments: Assignment[];
    /** Object ids of the service principals with the directory role Exchange Administrator. */
    administrators: string[];
}

/** The object of one GUID. */
export function byGuid<Entity extends { Guid: string }>(entities: Entity[], guid: string): Entity | undefined {
    return entities.find(each => each.Guid === guid);
}

export function sameText(one: unknown, other: unknown): boolean {
    return typeof one === "string" && typeof other === "string" && one.toLowerCase() === other.toLowerCase();
}
