import * as pulumi from "@pulumi/pulumi";
import { flag, members, needed } from "../../internal/checkArgs";
import { hostAddress, portNumber } from "../../internal/formats";

/** The mail server of a route other than Exchange Online. */
export interface MailServerArgs {
    /** Host name or IP address. */
    address: pulumi.Input<string>;
    /** Its port. Default 25 with `smtp`, 443 with `exchangeServer`. */
    port?: pulumi.Input<number>;
    /** With `smtp`: mail goes over TLS (STARTTLS). With `exchangeServer` it always does. Default true. */
    tls?: pulumi.Input<boolean>;
}

export const serverShape = members({ address: needed(hostAddress), port: portNumber, tls: flag });
