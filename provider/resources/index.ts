import { accessPolicy } from "./accessPolicy";
import type { ResourceType } from "./resource";
import { servicePrincipal } from "./servicePrincipal";

/** The provider's resource types by their tokens. */
export const resources: { readonly [token: string]: ResourceType | undefined } = {
    "hybrid-identity:exchange:ApplicationAccessPolicy": accessPolicy,
    "hybrid-identity:exchange:ServicePrincipal": servicePrincipal,
};
