export * from "./mailApplication";
export type { Difference } from "./mailApplication/difference";
export type { ForeignCredential } from "./mailApplication/foreignCredentials";
export type { MailApplicationArgs } from "./mailApplication/mailApplicationArgs";
export type { SecretRotation } from "./mailApplication/rotation";
