import { ApiError } from "../http";
import type { GraphCall } from "./call";

const WRITE_ALL = ["Application.ReadWrite.All", "Directory.ReadWrite.All"];
const WRITE_OWNED = "Application.ReadWrite.OwnedBy";
const CONSENT = ["AppRoleAssignment.ReadWrite.All"];
const READ = [...WRITE_ALL, WRITE_OWNED, "Application.Read.All", "Directory.Read.All"];
const READ_POLICIES = ["Policy.Read.All"];
const READ_USERS = ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

const READ_MEMBERS = ["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const WRITE_METHODS = ["UserAuthenticationMethod.ReadWrite.All"];
const READ_METHODS = [...WRITE_METHODS, "UserAuthenticationMethod.Read.All"];
const WRITE_REQUIREMENTS = ["Policy.ReadWrite.AuthenticationMethod"];

/** Reading applications, service principals and who has which role. Throws ApiError, like all below. */
export function mayRead(call: GraphCall): void {
    requireOne(call, READ);
}

export function mayReadUsers(call: GraphCall): void {
    requireOne(call, READ_USERS);
}

/** Who is in a group; of the members themselves this tells no more than their ids. */
export function mayReadMembers(call: GraphCall): void {
    requireOne(call, READ_MEMBERS);
}

export function mayReadUsersAsWell({ caller }: GraphCall): boolean {
    return READ_USERS.some(role => caller.roles.includes(role));
}

/** What people sign in with. */
export function mayReadMethods(call: GraphCall): void {
    requireOne(call, READ_METHODS);
}

export function mayWriteMethods(call: GraphCall): void {
    requireOne(call, WRITE_METHODS);
}

/** Whether people need MFA, each by a state of their own. */
export function mayReadRequirements(call: GraphCall): void {
    requireOne(call, READ_POLICIES);
}

export function mayWriteRequirements(call: GraphCall): void {
    requireOne(call, WRITE_REQUIREMENTS);
}

/** The policies of the tenant, its app management policies among them. */
export function mayReadPolicies(call: GraphCall): void {
    requireOne(call, READ_POLICIES);
}

/** Making an application, which OwnedBy allows as well. */
export function mayCreate(call: GraphCall): void {
    requireOne(call, [...WRITE_ALL, WRITE_OWNED]);
}

/** Changing an object; with OwnedBy only one's own. */
export function mayWrite(call: GraphCall, { owners }: { owners: string[] }): void {
    if (!(call.caller.roles.includes(WRITE_OWNED) && owners.includes(call.caller.id))) {
        requireOne(call, WRITE_ALL);
    }
}

/** Giving and taking app roles: that is consent. It needs the right to read as well (microsoftgraph/microsoft-graph-docs issue 12833). */
export function mayConsent(call: GraphCall): void {
    requireOne(call, CONSENT);
    requireOne(call, READ);
}

/** Whether the caller may only work on what it owns. */
export function ownedOnly({ caller }: GraphCall): boolean {
    return caller.roles.includes(WRITE_OWNED) && !WRITE_ALL.some(role => caller.roles.includes(role));
}

function requireOne({ caller }: GraphCall, roles: string[]): void {
    if (!roles.some(role => caller.roles.includes(role))) {
        throw new ApiError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
    }
}
