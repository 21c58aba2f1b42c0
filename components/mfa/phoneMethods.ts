import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../internal/plugin";

/** Arguments of `PhoneMethods`. */
export interface PhoneMethodsArgs {
    /** Number by user: object id or user principal name, and + with country code and number. Always secret. Either this or fromGroup. */
    phones?: pulumi.Input<{ [user: string]: pulumi.Input<string> }>;
    /** Object id of an Entra group. Its members, nested ones too, are the people. Their mobilePhone is the number. */
    fromGroup?: pulumi.Input<string>;
    /**
     * What happens where somebody has another number. report: it is told and stays. keep: it stays. replace: it is replaced; needs replaceReason. By
     * default report.
     */
    whenDifferent?: pulumi.Input<string>;
    /** Why numbers that people registered are replaced. It stands in state. */
    replaceReason?: pulumi.Input<string>;
    /** Whether destroying the resource removes the numbers that it set itself and that are unchanged. By default false: nothing is removed. */
    removeOnDestroy?: pulumi.Input<boolean>;
}

/**
 * Mobile numbers of many people as a method of MFA, set where somebody has none. A number that a person registered is neither overwritten nor deleted.
 *
 * Source: learn.microsoft.com, "Create phoneMethod" of Microsoft Graph.
 */
export class PhoneMethods extends pulumi.CustomResource {
    /** Number by user: object id or user principal name, and + with country code and number. Always secret. Either this or fromGroup. */
    declare public readonly phones: pulumi.Output<{ [user: string]: string } | undefined>;
    /** Object id of an Entra group. Its members, nested ones too, are the people. Their mobilePhone is the number. */
    declare public readonly fromGroup: pulumi.Output<string | undefined>;
    /**
     * What happens where somebody has another number. report: it is told and stays. keep: it stays. replace: it is replaced; needs replaceReason. By
     * default report.
     */
    declare public readonly whenDifferent: pulumi.Output<string>;
    /** Why numbers that people registered are replaced. It stands in state. */
    declare public readonly replaceReason: pulumi.Output<string | undefined>;
    /** Whether destroying the resource removes the numbers that it set itself and that are unchanged. By default false: nothing is removed. */
    declare public readonly removeOnDestroy: pulumi.Output<boolean>;
    /** How many have the number, set by this resource. */
    declare public readonly set: pulumi.Output<number>;
    /** How many have the number, not set by this resource. */
    declare public readonly alreadySet: pulumi.Output<number>;
    /** How many have no number yet, or one that the next update changes. */
    declare public readonly toSet: pulumi.Output<number>;
    /** How many have another number, which stays. */
    declare public readonly different: pulumi.Output<number>;
    /** For how many no number can be set. */
    declare public readonly refused: pulumi.Output<number>;
    /** Of how many it could not be read. */
    declare public readonly unknown: pulumi.Output<number>;
    /** Who the others are, by the names of the counts: at most 50 of each, and how many more there are. Numbers are masked. */
    declare public readonly people: pulumi.Output<{ [kind: string]: string[] }>;
    /** Whom the next update changes: at most 50, and how many more there are. */
    declare public readonly next: pulumi.Output<string[]>;
    /** Digests of the numbers that this resource set, by object id. Always secret. */
    declare public readonly ownNumbers: pulumi.Output<{ [id: string]: string }>;
    /** Object ids of the people whose numbers it set, by name. */
    declare public readonly objectIds: pulumi.Output<{ [user: string]: string }>;

    constructor(name: string, args: PhoneMethodsArgs, opts?: pulumi.CustomResourceOptions) {
        const left = {
            fromGroup: undefined,
            whenDifferent: undefined,
            replaceReason: undefined,
            removeOnDestroy: undefined,
            set: undefined,
            alreadySet: undefined,
            toSet: undefined,
            different: undefined,
            refused: undefined,
            unknown: undefined,
            people: undefined,
            next: undefined,
            ownNumbers: undefined,
            objectIds: undefined,
        };
        needPlugin();
        const phones = args.phones === undefined ? undefined : pulumi.secret(args.phones);
        const hidden = pulumi.mergeOptions({ additionalSecretOutputs: ["phones", "ownNumbers"] }, opts);
        super("hybrid-identity:mfa:PhoneMethods", name, { ...left, ...args, phones }, hidden);
    }
}
