import * as pulumi from "@pulumi/pulumi";
import { Drifted } from "../../drift/types";
import { needed, text } from "../internal/checkArgs";
import { Component } from "../internal/component";
import { checkDocument, DocumentArgs, documentChecks, DocumentKind, DocumentPlanner } from "../windows/shared/documentArgs";
import { manageDocument } from "../windows/shared/managedDocument";
import { productName, serviceName } from "./shared/server";
import { checkSettings, Settings, settingsDesired, settingsReads } from "./serviceSettings/settings";

/** Arguments of `ServiceSettings`. */
export interface ServiceSettingsArgs extends DocumentArgs {
    /** Client id of the application that the MIM Service sends mail with, a GUID. */
    applicationId: pulumi.Input<string>;
    /** Id of the tenant that its mailbox is in, a GUID. */
    tenantId: pulumi.Input<string>;
}

/**
 * Which application a MIM Service sends mail with: `ExchangeOnlineApplicationID` and `ExchangeOnlineTenantID` of the server's registry, in the type that setup
 * chose. The service reads them when it starts. Refused where the product is not installed, twice, or older than 4.6.421.0. Not the client secret: that is
 * bound to the service's account.
 *
 * Source: learn.microsoft.com, "Set up MIM 2016 with SP2: MIM Service and Portal" and "MIM version release history".
 */
export class ServiceSettings extends Component {
    /** `compliant`, `drifted`, `unknown` (not everything could be read) or `enforced` (repaired by this run). */
    public readonly state: pulumi.Output<string>;
    /** Every value that is not as declared when the run ends, by value id (`KEY\\NAME`, two backslashes between key and name). */
    public readonly drift: pulumi.Output<Record<string, Drifted>>;
    /** Every value that this run repaired, in the same form. */
    public readonly repaired: pulumi.Output<Record<string, Drifted>>;
    /** Name of the host in the program. */
    public readonly hostName: pulumi.Output<string>;
    /** Services of `restartServices` (by default `FIMService`) that started before the last change. */
    public readonly restartPending: pulumi.Output<string[]>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, args: ServiceSettingsArgs, opts?: pulumi.ComponentResourceOptions) {
        checkDocument(name, args, kind);
        super("hybrid-identity:mim:ServiceSettings", name, opts);

        const document = manageDocument(this, name, { restartServices: [serviceName], ...args }, kind);

        this.state = document.state;
        this.drift = document.drift;
        this.repaired = document.repaired;
        this.hostName = document.hostName;
        this.restartPending = document.restartPending;
        this.registerOutputs({
            state: this.state,
            drift: this.drift,
            repaired: this.repaired,
            hostName: this.hostName,
            restartPending: this.restartPending,
            onRemoval: document.onRemoval,
        });
    }
}

const kind: DocumentKind<ServiceSettingsArgs> = {
    type: "mim.ServiceSettings",
    checks: { ...documentChecks, applicationId: needed(text), tenantId: needed(text) },
    plannerFor,
};

function plannerFor({ applicationId, tenantId }: ServiceSettingsArgs): DocumentPlanner {
    return {
        inputs: { applicationId, tenantId },
        check: (settings: Settings) => ({ problems: checkSettings(settings), desired: {}, reads: settingsReads }),
        decide: settingsDesired,
        needsReboot: false,
        products: [productName],
    };
}
