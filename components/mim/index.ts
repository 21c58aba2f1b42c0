export * from "./mailHealth";
export type { HealthCheck } from "./mailHealth/checks";
export * from "./serviceSettings";
