export * from "./mailApplication";
export type { SecretRotation } from "./rotation";
