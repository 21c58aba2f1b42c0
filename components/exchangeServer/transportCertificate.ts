import * as pulumi from "@pulumi/pulumi";
import { Drifted, FoundCertificate } from "../../drift/types";
import { cleanTlsName } from "../../drift/virtual";
import { Mode, Restart } from "../choices";
import { choice, flag, listOf, members, number, plain, secretText, text } from "../internal/checkArgs";
import { clock } from "../internal/clock";
import { Component } from "../internal/component";
import { isPlain } from "../internal/inputs";
import { reporter } from "../internal/report";
import { hostInternals } from "../windows/host/hostInternals";
import { checkDocument, DocumentArgs, documentChecks, DocumentKind, DocumentPlanner } from "../windows/shared/documentArgs";
import { manageDocument } from "../windows/shared/managedDocument";
import { certificateDesired, certificatesOf, checkOnHost, checkRepair, expiring, frontEnd, reads, remarks, removalText, transport } from "./transportCertificate/certificates";
import { checkNames, nameIn, Named } from "./transportCertificate/names";
import { checkPfx, lookIntoPfx, Pfx } from "./transportCertificate/pfx";

/** What may be done to a certificate that transport cannot use, in this order, until it can; a PFX is imported before one is removed. Nothing is by default. */
export interface TransportCertificateRepair {
    /** Gives NETWORK SERVICE read access to the key. Default false. */
    access?: boolean;
    /** Lets Windows look for the key among those that it has (`certutil -repairstore`). Default false. */
    repairStore?: boolean;
    /** The whole thumbprint of one certificate to remove: only where it has no key that works, another one of the name has, and nothing else uses it. Its public part is kept on record. */
    remove?: string;
}

/** Arguments of `TransportCertificate`. */
export interface TransportCertificateArgs extends Omit<DocumentArgs, "restartServices"> {
    /** The connector's TLS name, `<I>issuer<S>subject`, as `Get-SendConnector | Format-List Name,TlsCertificateName | Out-String -Width 4096` prints it. Either this or `certificate`. */
    tlsName?: pulumi.Input<string>;
    /** A certificate to take the name from, the text of its file: PEM, or the Base64 of DER, without a key. Any of the name will do; it need not be the one on the server. */
    certificate?: pulumi.Input<string>;
    /** TLS names of other connectors, whose certificate is never removed. Default none. */
    otherNames?: pulumi.Input<pulumi.Input<string>[]>;
    /** Days before its end from which a certificate is warned of. Default 30. */
    expiresWithin?: number;
    /** What may be done. Default nothing: what is off ends the run with an error that says what can be. */
    repair?: TransportCertificateRepair;
    /** A certificate of the name with its key, the bytes of a PFX file in Base64: imported where access and `repairStore` do not help. Treated as a secret. */
    pfx?: pulumi.Input<string>;
    /** Password of the PFX. Treated as a secret. */
    pfxPassword?: pulumi.Input<string>;
    /** `whenNeeded` restarts transport, and Front End Transport where it is, once after a repair. `never` where another component does. Default `whenNeeded`. */
    restart?: Restart;
}

/**
 * The certificate that an Exchange server's transport sends to the other side, found by its names as Exchange finds it: every certificate of the name in the
 * computer's own store has a key that opens and that NETWORK SERVICE may read, and one of them is in date. One that has no key makes mail fail with NoCredentials.
 *
 * Source: learn.microsoft.com, "Set-SendConnector" (TlsCertificateName) and KB4495258 (NoCredentials).
 */
export class TransportCertificate extends Component {
    /** `compliant`, `drifted`, `unknown` (not everything could be read) or `enforced` (repaired by this run). */
    public readonly state: pulumi.Output<string>;
    /** The value id `EXCHANGE\TransportCertificates\\<I>issuer<S>subject` where the certificate is not usable when the run ends, with what was found. */
    public readonly drift: pulumi.Output<Record<string, Drifted>>;
    /** What this run repaired, in the same form. */
    public readonly repaired: pulumi.Output<Record<string, Drifted>>;
    /** Name of the host in the program. */
    public readonly hostName: pulumi.Output<string>;
    /** Transport, where it started before the last repair and this run has not restarted it. */
    public readonly restartPending: pulumi.Output<string[]>;
    /** Every certificate of the name, after a repair as the repair has left them: thumbprint, serial number, dates, what is known of its key, and whether it is the one that Exchange takes. */
    public readonly certificates: pulumi.Output<FoundCertificate[]>;
    /** The one that Exchange takes where it ends within `expiresWithin` days, with the number of days. It is not repaired. */
    public readonly expiring: pulumi.Output<string[]>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, args: TransportCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
        checkDocument(name, args, kind);
        super("hybrid-identity:exchangeServer:TransportCertificate", name, opts);

        const document = manageDocument(this, name, args, kind);
        const { run, observing } = hostInternals(args.host);
        // By the look itself: who is refused a repair needs to see them most.
        const look = pulumi.unsecret(observing.apply((connection) => run.look(connection)));
        const { tlsName, certificate, expiresWithin = 30 } = args;
        const seen = pulumi.all([look, { tlsName, certificate }, document.outcome]).apply(([one, named, outcome]) => one && { ...one.observation, named, outcome, name: nameIn(named) });
        // What a repair has left, where there was one.
        const left = pulumi.all([seen, document.certificates]).apply(([one, after]) => one && { reading: (after ?? one.certificates)?.[one.name], now: one.facts.now });
        const soon = left.apply((one) => expiring(one?.reading, one?.now ?? "", expiresWithin));
        const on = hostInternals(args.host).name;
        soon.apply((all) => all.forEach((one) => reporter.warn(`${on}: the certificate ${one}. Renew it, and enable it for SMTP`, this)));

        const remove = args.repair?.remove?.toUpperCase();
        seen.apply((one) => {
            if (one?.outcome.kind !== "planned") {
                return;
            }
            const { plan } = one.outcome;
            remarks(one.named, remove, one).forEach((remark) => reporter.warn(`${on}: ${remark}`, this));
            if (args.mode !== Mode.audit && plan.action === "new" && plan.drift.length > 0 && certificatesOf(one.certificates?.[one.name]).some(({ thumbprint }) => thumbprint === remove)) {
                reporter.info(`${on}: ${removalText(remove!)}`, this);
            }
        });

        this.state = document.state;
        this.drift = document.drift;
        this.repaired = document.repaired;
        this.hostName = document.hostName;
        this.restartPending = document.restartPending;
        this.certificates = left.apply((one) => certificatesOf(one?.reading));
        this.expiring = soon;
        this.registerOutputs({
            state: this.state,
            drift: this.drift,
            repaired: this.repaired,
            hostName: this.hostName,
            restartPending: this.restartPending,
            certificates: this.certificates,
            expiring: this.expiring,
            onRemoval: document.onRemoval,
        });
    }
}

const { restartServices: _, ...checks } = documentChecks;

const kind: DocumentKind<TransportCertificateArgs> = {
    type: "exchangeServer.TransportCertificate",
    checks: {
        ...checks,
        tlsName: text,
        certificate: text,
        otherNames: listOf(text),
        expiresWithin: plain(number),
        repair: members({ access: plain(flag), repairStore: plain(flag), remove: plain(text) }),
        pfx: secretText,
        pfxPassword: secretText,
        restart: choice(Restart),
    },
    readBy: [transport],
    plannerFor,
};

function plannerFor({ tlsName, certificate, otherNames, repair = {}, pfx, pfxPassword, restart, expiresWithin, mode }: TransportCertificateArgs): DocumentPlanner {
    const { access, repairStore } = repair;
    const remove = repair.remove?.toUpperCase();
    const secrets = { pfx, pfxPassword };
    const given = pfx !== undefined;
    return {
        inputs: { ...(tlsName !== undefined && { tlsName }), ...(certificate !== undefined && { certificate }), ...(otherNames !== undefined && { otherNames }) },
        check: (named: Named, refused) => {
            const own = [...checkNames(named, refused), ...checkRepair(repair, expiresWithin), ...(isPlain(secrets) ? checkPfx(secrets as Pfx) : [])];
            return own.length === 0 ? { problems: own, desired: certificateDesired(named), reads: reads(named) } : { problems: own, desired: {}, reads: {} };
        },
        decide: (named: Named, observed) => ({
            desired: certificateDesired(named),
            problems: checkOnHost(named, { access, repairStore, remove, pfx: given }, observed, mode === Mode.audit),
        }),
        certificates: (named: Named) => [nameIn(named)],
        needsReboot: false,
        repair: (named: Named) => ({ ...(access && { access }), ...(repairStore && { repairStore }), ...(remove && { remove }), ...(named.otherNames && { otherNames: named.otherNames.map(cleanTlsName) }) }),
        ...(restart === Restart.never ? {} : { wish: { service: transport, beside: [frontEnd], whenNeeded: true } }),
        ...(given && { secrets, checkSecrets: (known, named: Named) => lookIntoPfx(known, nameIn(named), clock.now()) }),
    };
}
