import * as pulumi from "@pulumi/pulumi";
import { settled } from "../../internal/inputs";
import { isTooLate, looked } from "../../internal/looks";
import { reporter } from "../../internal/report";
import { applicationCredentials, ApplicationCredentialsResult, isMissingApplication } from "../functions/applicationCredentials";
import { endsSoon } from "./credentials";
import { stackState } from "../../internal/stackState";
import { credentialIds } from "./ownState";

/** A credential of an application that this program did not make. */
export interface ForeignCredential {
    /** `secret`, `certificate` or `federated credential`. */
    kind: string;
    /** Key id, or the id of a federated credential. */
    id: string;
    /** Its name in the portal; empty where it has none. */
    displayName: string;
    /** UTC; empty for a federated credential. */
    endDateTime: string;
}

/**
 * azuread shows none of them, so the tenant is asked once a run; an application that is not there yet is not asked. What state has is this program's, too:
 * a preview does not know the id of a credential that it is about to make, and one that is about to go is still there.
 */
export function reportForeign(name: string, clientId: pulumi.Output<string>, own: pulumi.Output<string[]>, parent: pulumi.ComponentResource): pulumi.Output<ForeignCredential[]> {
    return clientId.apply(async (id) => {
        try {
            const [made = [], state] = await Promise.all([settled(own), stackState()]);
            const ownIds = [...made, ...credentialIds(Object.values(state))];
            return foreignAmong(name, await looked(name, applicationCredentials({ clientId: id }, { parent })), ownIds, parent);
        } catch (error) {
            // Deleted outside: the preview shows that by creating it, and there is nothing to list.
            if (isMissingApplication(error) || isTooLate(error)) {
                return [];
            }
            throw error;
        }
    });
}

/** All that are not own ones. They are warned of, in one warning, which also says which of them end within 30 days: no rotation renews them. */
export function foreignAmong(name: string, all: ApplicationCredentialsResult, own: string[], parent: pulumi.Resource): ForeignCredential[] {
    const withKey = (kind: string) => (one: { keyId: string; displayName?: string; endDateTime?: string }) => ({
        kind,
        id: one.keyId,
        displayName: one.displayName ?? "",
        endDateTime: one.endDateTime ?? "",
    });
    const foreign = [
        ...all.passwords.map(withKey("secret")),
        ...all.certificates.map(withKey("certificate")),
        ...all.federated.map((one) => ({ kind: "federated credential", id: one.id, displayName: one.name, endDateTime: "" })),
    ].filter((one) => !own.includes(one.id));
    if (foreign.length > 0) {
        const lines = foreign.map((one) => `  ${one.kind} ${one.id} "${one.displayName}"${endOf(one)}${makerOf(one)}`);
        reporter.warn([`${name}: the application has credentials that this program did not make; they stay:`, ...lines].join("\n"), parent);
    }
    return foreign;
}

function endOf({ endDateTime }: ForeignCredential): string {
    if (endDateTime === "") {
        return "";
    }
    const soon = endsSoon(endDateTime);
    return soon === undefined ? `, ends ${endDateTime}` : `, ${soon}; nothing renews it, and mail stops then if it is in use`;
}

/** A run that was killed made its secret and noted neither key id nor value. Another stack may have adopted the application and call its own so, too. */
function makerOf({ kind, displayName }: ForeignCredential): string {
    return kind === "secret" && /^Pulumi \d{4}-\d\d-\d\d$/.test(displayName)
        ? "; named as one of this program: probably of a run that was killed before it noted it. Then nobody has its value: delete it, unless another stack uses it"
        : "";
}
