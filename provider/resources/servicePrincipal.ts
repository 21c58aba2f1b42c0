import type { ResourceType } from "./resource";

export const servicePrincipal: ResourceType = {
    replaceOn: [],
    check: () => [],
    create: () => Promise.reject(new Error("not implemented")),
    read: () => Promise.reject(new Error("not implemented")),
    update: () => Promise.reject(new Error("not implemented")),
    delete: () => Promise.reject(new Error("not implemented")),
};
