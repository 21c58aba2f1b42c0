export type { Difference } from "./compareApplication";
export type { ForeignCredential } from "./foreignCredentials";
export * from "./mailApplication";
export type { SecretRotation } from "./rotation";
