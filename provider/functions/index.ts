import { applicationAccess } from "./applicationAccess";
import { applicationCredentials } from "./applicationCredentials";
import { appRoleAssignments } from "./appRoleAssignments";
import { callerRights } from "./callerRights";
import { ewsApplications } from "./ewsApplications";
import { ewsHealth } from "./ewsHealth";
import { ewsSettings } from "./ewsSettings";
import type { ProviderFunction } from "./function";
import { mailboxEws } from "./mailboxEws";
import { recipient } from "./recipient";
import { secretPolicy } from "./secretPolicy";
import { serverHealth } from "./serverHealth";
import { servicePrincipalOwners } from "./servicePrincipalOwners";
import { testMailboxAccess } from "./testMailboxAccess";

/** The provider's functions by their tokens. */
export const functions: { readonly [token: string]: ProviderFunction | undefined } = {
    "hybrid-identity:entra:applicationCredentials": applicationCredentials,
    "hybrid-identity:entra:appRoleAssignments": appRoleAssignments,
    "hybrid-identity:entra:callerRights": callerRights,
    "hybrid-identity:entra:secretPolicy": secretPolicy,
    "hybrid-identity:entra:servicePrincipalOwners": servicePrincipalOwners,
    "hybrid-identity:exchange:applicationAccess": applicationAccess,
    "hybrid-identity:exchange:ewsApplications": ewsApplications,
    "hybrid-identity:exchange:ewsHealth": ewsHealth,
    "hybrid-identity:exchange:ewsSettings": ewsSettings,
    "hybrid-identity:exchange:mailboxEws": mailboxEws,
    "hybrid-identity:exchange:recipient": recipient,
    "hybrid-identity:exchange:testMailboxAccess": testMailboxAccess,
    "hybrid-identity:mim:serverHealth": serverHealth,
};
