import * as pulumi from "@pulumi/pulumi";
import { isObject } from "../../drift/json";
import { rebootName, setupKey } from "../../drift/virtual";
import { Drifted } from "../../drift/types";
import { text } from "../internal/checkArgs";
import { Component } from "../internal/component";
import { reporter } from "../internal/report";
import { hostInternals, isHost } from "../windows/host/hostInternals";
import { checkDocument, DocumentArgs, documentChecks, DocumentKind, DocumentPlanner } from "../windows/shared/documentArgs";
import { manageDocument } from "../windows/shared/managedDocument";
import { buildOf, checkGate, checkProperties, checkSecretProperties, desiredProperties, Given, productDesired, productReads, standIns, temporaryTls } from "./product/properties";
import { SetupArgs, setupShape } from "./product/setupArgs";
import { productName, serviceName } from "./shared/server";

/** Arguments of `Product`. Removal always leaves the product as it is: a change by setup cannot be undone. */
export interface ProductArgs extends Omit<DocumentArgs, "onDestroy">, SetupArgs {
    /** Why setup may not run now, for example because the server that it would tell the product of does not answer. A change is refused with this text; an empty one holds back nothing. Default: nothing does. */
    heldBackBy?: pulumi.Input<string>;
}

/**
 * Changes an installed "Microsoft Identity Manager Service and Portal" by its own setup in change mode, with the given properties. The host keeps on record
 * what setup was given last and ended well with: setup runs again when that is not what is declared, and never else. Refused where the product is not
 * installed, twice, or too old, and, unless that is allowed for the time of setup, where TLS 1.1 is off.
 *
 * Source: learn.microsoft.com, "Installer.InstallProduct method", "MIM version history" (PollExchangeEnabled), "Preparing MIM for TLS 1.2 only".
 */
export class Product extends Component {
    /** `compliant`, `drifted`, `unknown` (not everything could be read) or `enforced` (changed by this run). */
    public readonly state: pulumi.Output<string>;
    /** The value id `MIM\Setup\\Properties` where setup was last given something else when the run ends; secrets stand there as `(secret 1a2b3c4d)`. */
    public readonly drift: pulumi.Output<Record<string, Drifted>>;
    /** What this run gave setup, in the same form. */
    public readonly repaired: pulumi.Output<Record<string, Drifted>>;
    /** Name of the host in the program. */
    public readonly hostName: pulumi.Output<string>;
    /** Services of `restartServices` (by default `FIMService`) that started before the last change. */
    public readonly restartPending: pulumi.Output<string[]>;
    /** Whether a change asked for a reboot and the host has not had one since. */
    public readonly rebootPending: pulumi.Output<boolean | string>;
    /** The installed build when the run began; empty where it is not known. */
    public readonly build: pulumi.Output<string>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, args: ProductArgs, opts?: pulumi.ComponentResourceOptions) {
        checkDocument(name, args, kind);
        super("hybrid-identity:mim:Product", name, opts);

        const document = manageDocument(this, name, { restartServices: [serviceName], ...args }, kind);
        const found = document.outcome.apply((outcome) => buildOf(outcome.kind === "planned" ? outcome.observation.products?.[productName] : undefined));
        found.apply(({ build, advice }) => advice && reporter.warn(`${hostInternals(args.host).name}: ${productName} ${build}: ${advice}`, this));
        document.outcome.apply((outcome) => {
            const runs = args.mode !== "audit" && outcome.kind === "planned" && outcome.plan.action === "new" && outcome.plan.drift.length > 0;
            const said = runs ? temporaryTls(outcome.observation) : undefined;
            return said && reporter.warn(`${hostInternals(args.host).name}: ${said}`, this);
        });

        this.state = document.state;
        this.drift = document.drift;
        this.repaired = document.repaired;
        this.hostName = document.hostName;
        this.restartPending = document.restartPending;
        this.rebootPending = document.rebootPending;
        this.build = found.apply(({ build }) => build);
        this.registerOutputs({
            state: this.state,
            drift: this.drift,
            repaired: this.repaired,
            hostName: this.hostName,
            restartPending: this.restartPending,
            rebootPending: this.rebootPending,
            build: this.build,
            onRemoval: document.onRemoval,
        });
    }
}

const { onDestroy: _, ...checks } = documentChecks;

const kind: DocumentKind<ProductArgs> = {
    type: "mim.Product",
    checks: {
        ...checks,
        ...setupShape,
        heldBackBy: text,
    },
    plannerFor,
};

function plannerFor(args: ProductArgs): DocumentPlanner {
    const { properties, secretProperties, heldBackBy, minimumBuild, allowTemporaryTls11, keepLogs = 3, waitSeconds = 300, timeLimit = 3600 } = args;
    const name = isHost(args.host) ? hostInternals(args.host).name : "";
    const gate = { minimumBuild, allowTemporaryTls11, audited: args.mode === "audit" };
    const inputs = { properties, ...(secretProperties && { secretProperties: standingFor(name, secretProperties) }), ...(heldBackBy !== undefined && { heldBackBy }) };
    return {
        inputs,
        check: (given: Given, refused) => {
            const problems = [...checkGate(args), ...checkProperties(given, refused)];
            return { problems, desired: problems.length === 0 ? desiredProperties(given) : {}, reads: productReads };
        },
        decide: (given: Given, observed) => productDesired(given, gate, observed),
        needsReboot: { key: setupKey, name: rebootName },
        products: [productName],
        keepLogs,
        allowTemporaryTls11,
        waitSeconds,
        limitSeconds: timeLimit,
        ...(secretProperties && { secrets: { properties: pulumi.output(secretProperties) }, checkSecrets: ({ properties: known }) => checkSecretProperties(known ?? {}) }),
    };
}

/** No secret any more. What is no text is refused apart from this. */
function standingFor(host: string, secrets: NonNullable<ProductArgs["secretProperties"]>): pulumi.Output<Record<string, string>> {
    const known = pulumi.output(secrets).apply((given) => standIns(host, Object.fromEntries(Object.entries(isObject(given) ? given : {}).map(([name, one]) => [name, String(one)]))));
    return pulumi.unsecret(known);
}
