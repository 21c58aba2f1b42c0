export type { Difference } from "./mailApplication/compareApplication";
export type { ForeignCredential } from "./mailApplication/foreignCredentials";
export * from "./mailApplication";
export type { SecretRotation } from "./mailApplication/rotation";
