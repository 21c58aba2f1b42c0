export * from "./mailHealth";
export type { HealthCheck } from "./mailHealth/checks";
export * from "./product";
export * from "./serviceSecret";
export * from "./serviceSettings";
export type { MailServerArgs } from "./shared/mailServer";
export * from "./portalMail";
export type { InPlace } from "./portalMail/leaving";
export type { PortalApplicationArgs, PortalMailArgs, PortalSetupArgs } from "./portalMail/portalMailArgs";
