import { applicationCredentials } from "./applicationCredentials";
import type { ProviderFunction } from "./function";

/** The provider's functions by their tokens. */
export const functions: { readonly [token: string]: ProviderFunction | undefined } = {
    "hybrid-identity:entra:applicationCredentials": applicationCredentials,
};
