export * from "./dotNetStrongCrypto";
export * from "./host";
export * from "./registryValues";
export * from "./schannelProtocols";
