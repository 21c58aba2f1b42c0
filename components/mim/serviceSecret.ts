import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "../../drift/secretLine";
import { Drifted } from "../../drift/types";
import { needed, secretText, text } from "../internal/checkArgs";
import { Component } from "../internal/component";
import { isPlain, settled } from "../internal/inputs";
import { hostInternals } from "../windows/host/hostInternals";
import { checkDocument, DocumentArgs, documentChecks, DocumentKind, DocumentPlanner } from "../windows/shared/documentArgs";
import { manageDocument } from "../windows/shared/managedDocument";
import { checkKeyId, checkSecrets, desiredKeyId, KeyId, secretDesired, secretReads } from "./serviceSecret/secret";
import { productName, serviceName } from "./shared/server";

/** Arguments of `ServiceSecret`. */
export interface ServiceSecretArgs extends DocumentArgs {
    /** Id of the client secret, a GUID, as Entra ID gives it with the secret: what tells one secret from another. A new secret needs a new one. */
    keyId: pulumi.Input<string>;
    /** The client secret itself. Treated as a secret whether it is marked or not. */
    clientSecret: pulumi.Input<string>;
    /** Password of the account that the MIM Service runs as: only that account can encrypt the secret. Treated as a secret. Needed unless the account is a group-managed one or Windows' own. */
    accountPassword?: pulumi.Input<string>;
}

/**
 * The client secret that a MIM Service sends mail with, put in place without setup: encrypted on the server as the account of the service, which reads it
 * when it starts. Drift is told by key ids: another secret than the one that this put there, whoever put it there, is replaced. Refused where the product
 * is not installed, twice, or older than 4.6.421.0.
 *
 * Source: Microsoft's script for the mailbox password in "Configure MIM Service with a gMSA"; that the client secret is encrypted alike is from a
 * published practice.
 */
export class ServiceSecret extends Component {
    /** `compliant`, `drifted`, `unknown` (not everything could be read) or `enforced` (repaired by this run). */
    public readonly state: pulumi.Output<string>;
    /** The value id `MIM\ExchangeOnline\\ClientSecretKeyId` where the secret is not as declared when the run ends; by key id, or `sha256:` where somebody else put it there. */
    public readonly drift: pulumi.Output<Record<string, Drifted>>;
    /** What this run put in place, in the same form. */
    public readonly repaired: pulumi.Output<Record<string, Drifted>>;
    /** Name of the host in the program. */
    public readonly hostName: pulumi.Output<string>;
    /** Services of `restartServices` (by default `FIMService`) that started before the last change. */
    public readonly restartPending: pulumi.Output<string[]>;
    /** Of the declared secret. */
    public readonly keyId: pulumi.Output<string>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, args: ServiceSecretArgs, opts?: pulumi.ComponentResourceOptions) {
        checkDocument(name, args, kind);
        super("hybrid-identity:mim:ServiceSecret", name, opts);

        // Whatever reads the secret is seen in the same look, so that its restart comes in the run that puts it in place.
        hostInternals(args.host).run.lookAfter(settled(pulumi.output(args.keyId)));
        const document = manageDocument(this, name, { restartServices: [serviceName], ...args }, kind);

        this.state = document.state;
        this.drift = document.drift;
        this.repaired = document.repaired;
        this.hostName = document.hostName;
        this.restartPending = document.restartPending;
        this.keyId = pulumi.output(args.keyId);
        this.registerOutputs({
            state: this.state,
            drift: this.drift,
            repaired: this.repaired,
            hostName: this.hostName,
            restartPending: this.restartPending,
            keyId: this.keyId,
            onRemoval: document.onRemoval,
        });
    }
}

const kind: DocumentKind<ServiceSecretArgs> = {
    type: "mim.ServiceSecret",
    checks: { ...documentChecks, keyId: needed(text), clientSecret: needed(secretText), accountPassword: secretText },
    plannerFor,
};

function plannerFor({ keyId, clientSecret, accountPassword }: ServiceSecretArgs): DocumentPlanner {
    const secrets = { clientSecret, accountPassword };
    return {
        inputs: { keyId },
        check: (known: KeyId) => {
            const problems = [...checkKeyId(known), ...(isPlain(secrets) ? checkSecrets(secrets as Secrets) : [])];
            return { problems, desired: problems.length === 0 ? desiredKeyId(known.keyId) : {}, reads: secretReads };
        },
        decide: secretDesired,
        needsReboot: false,
        products: [productName],
        secrets,
        checkSecrets,
    };
}
