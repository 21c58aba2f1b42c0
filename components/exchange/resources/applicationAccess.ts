import * as pulumi from "@pulumi/pulumi";

/** Whose access to list. */
export interface ApplicationAccessArgs {
    /** Client id of the application. */
    appId: string;
    /** Object id of the enterprise application; without it no roles are listed. */
    servicePrincipalId?: string;
}

/** An access policy of an application, or of all applications. */
export interface GivenAccessPolicy {
    /** What Exchange names the policy by. */
    identity: string;
    /** `RestrictAccess` or `DenyAccess`. */
    accessRight: string;
    /** Name of its group, mailbox or mail user. */
    scopeName: string;
    /** GUID of its group, mailbox or mail user. */
    scopeGuid: string;
    /** Free text; may be empty. */
    description: string;
}

/** A role of Exchange that an application has. */
export interface GivenRoleAssignment {
    /** The assignment's GUID. */
    guid: string;
    /** Its name. */
    name: string;
    /** The role. */
    role: string;
    /** What it is limited to; empty when it is not limited. */
    scope: string;
    /** When it was made, UTC; missing when Exchange does not tell it. */
    createdAt?: string;
}

/** How Exchange limits an application. */
export interface ApplicationAccessResult {
    /** Its access policies, and those of all applications. */
    policies: GivenAccessPolicy[];
    /** Its roles. */
    assignments: GivenRoleAssignment[];
    /** Whether Exchange has an entry for its service principal. */
    servicePrincipal: boolean;
}

/** Lists the access policies and roles of an application in Exchange. */
export function applicationAccess(args: ApplicationAccessArgs, opts?: pulumi.InvokeOptions): Promise<ApplicationAccessResult> {
    return pulumi.runtime.invoke("hybrid-identity:exchange:applicationAccess", { appId: args.appId, servicePrincipalId: args.servicePrincipalId }, opts);
}
