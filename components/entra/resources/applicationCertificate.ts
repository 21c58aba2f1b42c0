import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Arguments of `ApplicationCertificate`. */
export interface ApplicationCertificateArgs {
    /** Id of the application: /applications/{object id}. */
    applicationId: pulumi.Input<string>;
    /** The certificate in PEM form, without private key. */
    value: pulumi.Input<string>;
}

/**
 * A certificate that an application proves itself with. azuread's own fails where the application is gone, and with it the whole stack; this one is
 * gone then, too, and is made again with the application.
 *
 * Source: learn.microsoft.com, "Update application" of Microsoft Graph.
 */
export class ApplicationCertificate extends pulumi.CustomResource {
    /** Id of the application: /applications/{object id}. */
    declare public readonly applicationId: pulumi.Output<string>;
    /** The certificate in PEM form, without private key. */
    declare public readonly value: pulumi.Output<string>;
    /** Its key id at the application. */
    declare public readonly keyId: pulumi.Output<string>;
    /** SHA-1 in capitals. */
    declare public readonly thumbprint: pulumi.Output<string>;
    /** Until when it is valid, as Graph writes it. */
    declare public readonly endDate: pulumi.Output<string>;

    constructor(name: string, args: ApplicationCertificateArgs, opts?: pulumi.CustomResourceOptions) {
        needPlugin();
        super("hybrid-identity:entra:ApplicationCertificate", name, { keyId: undefined, thumbprint: undefined, endDate: undefined, ...args }, opts);
    }
}
