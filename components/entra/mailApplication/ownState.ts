import * as pulumi from "@pulumi/pulumi";
import { StackResources, stackState, urnOf } from "../../internal/stackState";

/** A resource of a component as this stack's state has it. */
export interface InState {
    /** Logical name. */
    name: string;
    type: string;
    outputs: Record<string, unknown>;
    /** Of the mailbox scope below the component. */
    ofScope: boolean;
}

/** What this stack's state has of a component. */
export interface OwnState {
    /** The component's own outputs, of the last run that registered them. */
    component: Record<string, unknown>;
    /** Among them the mailbox scope, which is a component: it may be there without anything below it. */
    children: InState[];
}

/**
 * The engine deletes whatever is in state and is not registered, so a run that does not manage a component has to know what that would be.
 */
export async function ownState(component: pulumi.ComponentResource): Promise<OwnState> {
    const [resources, urn] = await Promise.all([stackState(), urnOf(component)]);
    return belowUrn(urn, resources);
}

/** The ids of the credentials among resources in state. */
export function credentialIds(resources: { outputs?: Record<string, unknown> }[]): string[] {
    return resources.flatMap(({ outputs }) => [outputs?.["keyId"], outputs?.["credentialId"]]).filter((id) => typeof id === "string");
}

export const scopeType = "hybrid-identity:exchange:MailboxScope";

/** `...::A$B::name` is the parent of `...::A$B$C::name-c`: the URN of a child names the parents' types only, its name the rest. */
export function belowUrn(urn: string, resources: StackResources): OwnState {
    const [type, name] = [urn.slice(0, urn.lastIndexOf("::")), urn.slice(urn.lastIndexOf("::") + 2)];
    const below = (types: string, names: string, ofScope: boolean): InState[] => {
        const own = new RegExp(`^${name.replace(/[^\w-]/g, "\\$&")}-(${names})$`);
        return Object.entries(resources)
            .map(([one, { type, outputs }]) => ({ urn: one, name: one.slice(one.lastIndexOf("::") + 2), type, outputs: outputs ?? {}, ofScope }))
            .filter((one) => one.urn === `${types}$${one.type}::${one.name}` && own.test(one.name))
            .map(({ urn: _, ...one }) => one);
    };
    const children = [
        ...below(type, "app|sp|consent|scope|certificate|federated|vault-secret|secret-\\d{4}-\\d\\d-\\d\\d", false),
        ...below(`${type}$${scopeType}`, "scope-(mailboxes|policy|sp|scope|assignment)", true),
    ];
    return { component: resources[urn]?.outputs ?? {}, children };
}
