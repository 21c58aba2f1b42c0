import { applicationCredentials } from "./applicationCredentials";
import { appRoleAssignments } from "./appRoleAssignments";
import { callerRights } from "./callerRights";
import type { ProviderFunction } from "./function";

/** The provider's functions by their tokens. */
export const functions: { readonly [token: string]: ProviderFunction | undefined } = {
    "hybrid-identity:entra:applicationCredentials": applicationCredentials,
    "hybrid-identity:entra:appRoleAssignments": appRoleAssignments,
    "hybrid-identity:entra:callerRights": callerRights,
};
