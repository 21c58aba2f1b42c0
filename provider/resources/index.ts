import { accessPolicy } from "./accessPolicy";
import { applicationCertificate } from "./applicationCertificate";
import { ewsAllowedApplication } from "./ewsAllowedApplication";
import { mailEnabledSecurityGroup } from "./mailEnabledSecurityGroup";
import { managementRoleAssignment } from "./managementRoleAssignment";
import { managementScope } from "./managementScope";
import { perUserMfa } from "./perUserMfa";
import { phoneMethods } from "./phoneMethods";
import type { ResourceType } from "./resource";
import { servicePrincipal } from "./servicePrincipal";

/** The provider's resource types by their tokens. */
export const resources: { readonly [token: string]: ResourceType | undefined } = {
    "hybrid-identity:entra:ApplicationCertificate": applicationCertificate,
    "hybrid-identity:exchange:ApplicationAccessPolicy": accessPolicy,
    "hybrid-identity:exchange:EwsAllowedApplication": ewsAllowedApplication,
    "hybrid-identity:exchange:MailEnabledSecurityGroup": mailEnabledSecurityGroup,
    "hybrid-identity:exchange:ManagementRoleAssignment": managementRoleAssignment,
    "hybrid-identity:exchange:ManagementScope": managementScope,
    "hybrid-identity:exchange:ServicePrincipal": servicePrincipal,
    "hybrid-identity:mfa:PerUserMfa": perUserMfa,
    "hybrid-identity:mfa:PhoneMethods": phoneMethods,
};
