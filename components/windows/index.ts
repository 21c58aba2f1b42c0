export * from "./dotNetStrongCrypto";
export * from "./host";
export type { HostArgs, ObserverArgs, SshArgs } from "./host/hostArgs";
export * from "./registryValues";
export * from "./schannelProtocols";
export * from "./windowsService";
