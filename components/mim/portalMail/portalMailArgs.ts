import * as pulumi from "@pulumi/pulumi";
import type { MailRoute, Mode, OnDestroy, Restart, SecretBy, StartType } from "../../choices";
import type { MailApplicationArgs } from "../../entra/mailApplication/mailApplicationArgs";
import type { Host } from "../../windows/host";
import type { SetupArgs } from "../product/setupArgs";
import type { MailServerArgs } from "../shared/mailServer";

/** What a `MailApplication` is told, apart from what the MIM Service cannot use. */
export type PortalApplicationArgs = Omit<MailApplicationArgs, "certificate" | "federatedCredential" | "mode" | "failOnDrift">;

/** Arguments of `PortalMail`. */
export interface PortalMailArgs {
    /** The MIM server. */
    host: Host;
    /** Which way mail goes: `exchangeOnline` (application context; ends on 2027-04-01), `exchangeServer` or `smtp`. */
    route: MailRoute;
    /** SMTP address of the MIM Service's mailbox. */
    mailbox: pulumi.Input<string>;
    /** Id of the tenant that the mailbox is in, a GUID. Needed with `exchangeOnline`. */
    tenantId?: pulumi.Input<string>;
    /** The application, as in `entra.MailApplication`. Needed with `exchangeOnline`, and until what it had in the tenant is taken away. */
    application?: PortalApplicationArgs;
    /**
     * With `exchangeOnline`: who puts the client secret on the server, the first and each one that is rotated in. `registry`: this component, as `mim.ServiceSecret`;
     * not tried on a licensed MIM Service. `installer`: people, by setup in change mode. Default `installer`.
     */
    secretBy?: SecretBy;
    /** Password of the account that the MIM Service runs as, a secret. With `secretBy: "registry"`; needed unless the account is a group-managed one, and until another route is proved. */
    accountPassword?: pulumi.Input<string>;
    /** Switch EWS on for the organization, as in `exchange.EwsAccess`. Default true. */
    enableEws?: pulumi.Input<boolean>;
    /** The last day on which EWS of Exchange Online are needed, `2027-03-31`; one after their end is refused. */
    neededUntil?: string;
    /** The Exchange server on premises. Needed with that route. */
    exchangeServer?: MailServerArgs;
    /** The SMTP relay. Needed with that route. */
    smtp?: MailServerArgs;
    /**
     * Changes the product by setup in change mode, once for what is given here and before anything else on the server. Off Exchange Online its properties have to
     * name the route and the same server. Default: no such change.
     */
    setup?: SetupArgs;
    /**
     * The route that people have changed the MIM Service itself to: nothing on the server tells. Without `setup`, a route that was left is taken away in the
     * tenant only after this says the new one. Default none.
     */
    changedBySetup?: MailRoute;
    /** With `smtp`: the update that proves the route sends one test message to this address; where it is not taken, mail is `failing` and nothing is proved. Default none. */
    testMessageTo?: pulumi.Input<string>;
    /** After a route was left: keep the application and all it has in the tenant. Default false: the update after the one that proved the new route takes it away. */
    keepApplication?: boolean;
    /** Harden TLS and .NET of the server: TLS 1.2 on, everything older off. Default true. */
    harden?: boolean;
    /** Name of the service. Default `FIMService`. */
    service?: string;
    /** How the service starts, `automatic`, `automaticDelayed` or `manual`: needed where it is disabled. Default: left as it is. */
    startType?: StartType;
    /** `never` leaves the restart to others, and names it in `restartPending`. Default `whenNeeded`. */
    restart?: Restart;
    /** A service that started before this UTC time (`2026-12-01T22:00:00Z`) is restarted once, by the first run after it. Default: no such restart. */
    restartAfter?: string;
    /** Mail that fails, or of which not all could be read, ends the run with an error. Default false. */
    failWhenUnhealthy?: boolean;
    /** `enforce` repairs drift in `pulumi up`; `audit` only reports it and writes nothing. Default `enforce`. */
    mode?: Mode;
    /** With `audit`: drift ends the run with an error. Default false. */
    failOnDrift?: boolean;
    /** What becomes of the server's values when the component is removed: `retain` or `restore`. Default `retain`. */
    onDestroy?: OnDestroy;
}
