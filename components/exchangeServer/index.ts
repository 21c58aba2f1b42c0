export * from "./transportCertificate";
