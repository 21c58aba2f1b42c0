export * from "./transportCertificate";
export type { HealthCheck } from "../internal/health";
export * from "./smtpProtocolLog";
