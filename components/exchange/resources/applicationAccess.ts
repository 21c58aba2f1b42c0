import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Whose access to list. */
export interface ApplicationAccessArgs {
    /** Client id of the application, a GUID. */
    appId: string;
    /** Object id of its enterprise application; by default what Exchange Online knows. */
    servicePrincipalId?: string;
    /** Identity of a policy that has to be there: a list without it is asked for again. */
    expectedPolicy?: string;
}

/** An access policy of an application, or of all applications. */
export interface GivenAccessPolicy {
    /** The policy's Identity. */
    identity: string;
    /** RestrictAccess or DenyAccess. */
    accessRight: string;
    /** Name of the group or mailbox. */
    scopeName: string;
    /** GUID of the group or mailbox. */
    scopeGuid: string;
    /** Free text. */
    description: string;
}

/** A role of Exchange that an application has. */
export interface GivenRoleAssignment {
    /** The assignment's Guid. */
    guid: string;
    /** Its name. */
    name: string;
    /** The role. */
    role: string;
    /** The scope, as the service tells it. */
    scope: string;
    /** When it was made, in UTC, where the service tells it. */
    createdAt?: string;
}

/** How Exchange limits an application. */
export interface ApplicationAccessResult {
    /** Its access policies. */
    policies: GivenAccessPolicy[];
    /** Its role assignments. */
    assignments: GivenRoleAssignment[];
    /** Whether Exchange Online knows its enterprise application. */
    servicePrincipal: boolean;
}

/** Lists the access policies and roles of an application in Exchange. */
export function applicationAccess(args: ApplicationAccessArgs, opts?: pulumi.InvokeOptions): Promise<ApplicationAccessResult> {
    const { appId, servicePrincipalId, expectedPolicy } = args;
    needPlugin();
    return pulumi.runtime.invoke("hybrid-identity:exchange:applicationAccess", { appId, servicePrincipalId, expectedPolicy }, opts);
}
