import type * as pulumi from "@pulumi/pulumi";

const roles = new WeakMap<pulumi.Resource, string[]>();

/** What the gate asks of a server, and no user needs as an output. */
export function tellRoles(server: pulumi.Resource, given: string[]): void {
    roles.set(server, given);
}

export function rolesOf(server: pulumi.Resource): string[] {
    return roles.get(server) ?? [];
}
