import * as pulumi from "@pulumi/pulumi";
import { reporter } from "../internal/report";
import { applicationCredentials, isMissingApplication } from "./applicationCredentials";

/** A credential of an application that this program did not make. */
export interface ForeignCredential {
    /** `secret`, `certificate` or `federated credential`. */
    kind: string;
    /** Key id, or the id of a federated credential. */
    id: string;
    displayName: string;
    /** UTC; empty for a federated credential. */
    endDateTime: string;
}

/** azuread shows none of them, so the tenant is asked once a run; an application that is not there yet is not asked. */
export function reportForeign(name: string, clientId: pulumi.Output<string>, own: pulumi.Output<string[]>, parent: pulumi.Resource): pulumi.Output<ForeignCredential[]> {
    const foreign = pulumi.all([clientId, own]).apply(async ([id, ownIds]) => {
        const all = await allCredentials(id, parent);
        return all.filter((one) => !ownIds.includes(one.id));
    });
    foreign.apply((found) => {
        if (found.length > 0) {
            const lines = found.map((one) => `  ${one.kind} ${one.id} "${one.displayName}"${one.endDateTime === "" ? "" : `, ends ${one.endDateTime}`}`);
            reporter.warn([`${name}: the application has credentials that this program did not make; they stay:`, ...lines].join("\n"), parent);
        }
    });
    return foreign;
}

async function allCredentials(clientId: string, parent: pulumi.Resource): Promise<ForeignCredential[]> {
    try {
        const { passwords, certificates, federated } = await applicationCredentials({ clientId }, { parent });
        const withKey = (kind: string) => (one: { keyId: string; displayName?: string; endDateTime?: string }) => ({
            kind,
            id: one.keyId,
            displayName: one.displayName ?? "",
            endDateTime: one.endDateTime ?? "",
        });
        return [
            ...passwords.map(withKey("secret")),
            ...certificates.map(withKey("certificate")),
            ...federated.map((one) => ({ kind: "federated credential", id: one.id, displayName: one.name, endDateTime: "" })),
        ];
    } catch (error) {
        if (isMissingApplication(error)) {
            // Deleted outside: the preview shows that by creating it, and there is nothing to list.
            return [];
        }
        throw error;
    }
}
