import * as pulumi from "@pulumi/pulumi";
import { parseRecords } from "../../../drift/records";
import { withoutSecrets } from "../../../drift/secretLine";
import type { Connection } from "../../../remote/types";
import { settled } from "../../internal/inputs";
import { urnOf } from "../../internal/stackState";
import { commandsInState } from "./commandsInState";
import type { Outcome } from "./documentSpec";

/** The command that a component has in state, where that is this very host under another name. */
export interface FormerCommand {
    name: string;
    /** False where only an older record on the host speaks for it. */
    certain: boolean;
}

/**
 * A command bears the name of its host, so to the engine a host that was renamed is a new one, and the removal of the old command would put back what the new
 * one has just written. It is the same host where the old command dialled this one, or where the host has a record of the document that names the component.
 */
export async function formerCommand(component: pulumi.Resource, called: string, document: string, outcome: Outcome, connection: pulumi.Output<Connection>): Promise<FormerCommand | undefined> {
    if (outcome.kind !== "planned" || typeof outcome.observation.records === "string") {
        return undefined;
    }
    const [inState, urn, dialled] = await Promise.all([commandsInState(), urnOf(component), settled(connection)]);
    const own = inState.filter((one) => one.document?.resource === urn && one.document.id === document);
    const [former] = own;
    if (former === undefined || own.some((one) => one.name === called)) {
        return undefined;
    }
    const recorded = parseRecords(outcome.observation.records).documents.find((one) => one.document === document && one.resource === urn);
    const certain = isSameHost(former.outputs["connection"], dialled) || recorded?.stdin.trim() === withoutSecrets(String(former.outputs["stdin"])).trim();
    return certain || recorded !== undefined ? { name: former.name, certain } : undefined;
}

/**
 * Address and key: machines made from one image may share a key, those behind two jump hosts an address.
 * @param inState As the engine gives it to programs: a secret in its wrapping.
 */
export function isSameHost(inState: unknown, dialled: Connection | undefined): boolean {
    const { value = inState } = (inState ?? {}) as { value?: unknown };
    const { host, port = 22, hostKey } = (value ?? {}) as Partial<Connection>;
    return dialled !== undefined && hostKey?.trim() === dialled.hostKey.trim() && host === dialled.host && port === (dialled.port ?? 22);
}
