export * from "./mailApplication";
export type { Difference } from "./mailApplication/compareApplication";
export type { ForeignCredential } from "./mailApplication/foreignCredentials";
export type { MailApplicationArgs } from "./mailApplication/mailApplicationArgs";
export type { SecretRotation } from "./mailApplication/rotation";
