import { createHash } from "node:crypto";
import type { ExchangeState } from "./exchange/state";

/** An object of the directory with Graph's own property names. What Graph serves as a collection of its own (owners and the like) stands in NAVIGATION. */
interface Entity {
    id: string;
    displayName: string | null;
    [property: string]: unknown;
}

export interface PasswordCredential {
    keyId: string;
    displayName: string | null;
    hint: string | null;
    startDateTime: string;
    endDateTime: string;
    customKeyIdentifier: string | null;
    /** Always null: the text is told once, in the reply of addPassword. */
    secretText: null;
}

export interface KeyCredential {
    keyId: string;
    type: string;
    usage: string;
    /** Base64 of a PEM text or of DER. */
    key: string | null;
    displayName: string | null;
    startDateTime: string;
    endDateTime: string;
    customKeyIdentifier: string | null;
}

export interface FederatedIdentityCredential {
    id: string;
    name: string;
    issuer: string;
    subject: string;
    audiences: string[];
    description: string | null;
}

export interface AppRole {
    id: string;
    value: string | null;
    displayName: string;
    description: string | null;
    isEnabled: boolean;
    allowedMemberTypes: string[];
}

export interface AppRoleAssignment {
    id: string;
    appRoleId: string;
    createdDateTime: string;
    principalId: string;
    principalDisplayName: string | null;
    principalType: string;
    resourceId: string;
    resourceDisplayName: string | null;
}

export interface Application extends Entity {
    appId: string;
    passwordCredentials: PasswordCredential[];
    keyCredentials: KeyCredential[];
    owners: string[];
    federatedIdentityCredentials: FederatedIdentityCredential[];
}

export interface ServicePrincipal extends Entity {
    appId: string;
    accountEnabled: boolean;
    appRoles: AppRole[];
    owners: string[];
    appRoleAssignedTo: AppRoleAssignment[];
}

export interface PhoneMethod {
    id: string;
    phoneNumber: string;
    phoneType: string;
    smsSignInState: string;
}

export interface User extends Entity {
    userPrincipalName: string;
    /** Absent: a member. */
    userType?: "Member" | "Guest";
    mobilePhone?: string | null;
    phoneMethods?: PhoneMethod[];
    perUserMfaState?: string;
}

export interface Group extends Entity {
    /** Object ids, of users and of groups. */
    members: string[];
}

export interface VaultSecret {
    version: string;
    contentType?: string;
    tags?: Record<string, string>;
    attributes: { enabled: boolean; created: number; updated: number; exp?: number; nbf?: number };
    /** SHA-256 of the value, which itself is kept nowhere. */
    valueHash: string;
    /** Soft-deleted: gone for readers, in the way of a new one. */
    deleted?: boolean;
}

export interface Vault {
    name: string;
    id: string;
    secrets: Record<string, VaultSecret>;
}

export interface TenantState {
    tenantId: string;
    /** The application id of whoever manages the tenant: the caller of the lab. */
    clientId: string;
    applications: Application[];
    servicePrincipals: ServicePrincipal[];
    users: User[];
    groups: Group[];
    vaults: Vault[];
    exchange: ExchangeState;
    /** SHA-256 of the secrets' texts by key id. */
    secretHashes: Record<string, string>;
}

/** Properties that replies leave out, because Graph has them at addresses of their own. */
export const NAVIGATION = ["owners", "federatedIdentityCredentials", "appRoleAssignedTo", "phoneMethods", "perUserMfaState", "members"];

/** How secret texts are kept and compared. */
export function fingerprint(text: string): string {
    return createHash("sha256").update(text, "utf8").digest("hex");
}
