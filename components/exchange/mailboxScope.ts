import * as pulumi from "@pulumi/pulumi";
import { show } from "../../drift/show";
import { Problem } from "../../drift/types";
import { MailMethod } from "../choices";
import { Checks, choice, takes, text } from "../internal/checkArgs";
import { checkSound } from "../internal/checkSound";
import { isGuid } from "../internal/guid";
import { isPlain } from "../internal/inputs";
import { unlessFailed } from "../internal/looks";
import { throwProblems } from "../internal/report";
import { MailboxAccess } from "./mailboxScope/access";
import { warnOfSwitches } from "./mailboxScope/mailboxSwitches";
import { checkScopeChoice, MailboxScopeChoice, scopeShape } from "./mailboxScope/scopeChoice";
import { declareLimit } from "./resources/declaredLimits";
import { scopeGroup, testedMailboxes } from "./mailboxScope/scopeGroup";
import { limitByPolicy, limitByRole } from "./mailboxScope/scopeMethods";
import { migrate } from "./mailboxScope/scopeMigration";

/** Under which ids Entra ID has an application. */
export interface ApplicationIds {
    /** Client id of the application. */
    clientId: pulumi.Input<string>;
    /** Object id of its service principal. */
    servicePrincipalId: pulumi.Input<string>;
}

/** Arguments of `MailboxScope`. */
export interface MailboxScopeArgs extends MailboxScopeChoice {
    /** A `MailApplication`, or whatever has both ids; in place of `clientId` and `servicePrincipalId`. */
    application?: ApplicationIds;
    /** Client id of the application. */
    clientId?: pulumi.Input<string>;
    /** Object id of its service principal ("enterprise application"). */
    servicePrincipalId?: pulumi.Input<string>;
    /** `accessPolicy`, `rbac`, or `migrate` from the first to the second. Default `accessPolicy`, which MIM is known to work with. */
    method?: MailMethod;
}

/**
 * Limits an application to its mailboxes in Exchange Online, and tests that it is limited.
 *
 * Source: learn.microsoft.com, "New-ApplicationAccessPolicy" and "Role Based Access Control for Applications in Exchange Online".
 */
export class MailboxScope extends pulumi.ComponentResource {
    /** `accessPolicy`, `rbac` or `migrate`. */
    public readonly method: pulumi.Output<string>;
    /** Where a migration stands: `grant`, `consent`, `drain`, `policy` or `done`. Undefined with the other methods. */
    public readonly step: pulumi.Output<string | undefined>;
    /** Whether the application is to have its consent `full_access_as_app` after this run. */
    public readonly keepConsent: pulumi.Output<boolean>;
    /** The group's GUID in Exchange. */
    public readonly group: pulumi.Output<string>;
    /** What the application can open, as Exchange says. */
    public readonly access: pulumi.Output<MailboxAccess>;
    /** The access policy's id. Undefined where there is none. */
    public readonly policyId: pulumi.Output<string | undefined>;
    /** The role assignment's id. Undefined where there is none. */
    public readonly assignmentId: pulumi.Output<string | undefined>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, args: MailboxScopeArgs, opts?: pulumi.ComponentResourceOptions) {
        throwProblems("exchange.MailboxScope", name, checkSound(args, shape, checkMailboxScope));
        super("hybrid-identity:exchange:MailboxScope", name, {}, opts);

        const method = args.method ?? MailMethod.accessPolicy;
        const limit = { accessPolicy: limitByPolicy, rbac: limitByRole, migrate }[method];
        const tested = testedMailboxes(name, args, this);
        tested.apply(({ inScopeMailbox }) => warnOfSwitches(name, inScopeMailbox, this));
        const group = scopeGroup(name, args, tested, this);
        const { clientId, servicePrincipalId } = idsOf(args);
        // Its policy comes later, once Exchange was asked.
        declareLimit(clientId!);
        const ids = { clientId: pulumi.output(clientId!), servicePrincipalId: pulumi.output(servicePrincipalId!) };
        const limited = limit(name, { ...ids, group, tested }, this);

        this.method = pulumi.output(method);
        this.step = limited.step;
        this.keepConsent = limited.keepConsent;
        this.group = group.apply(({ guid }) => guid);
        this.access = limited.access;
        this.policyId = limited.policyId;
        this.assignmentId = limited.assignmentId;
        const outputs = {
            method: this.method,
            step: this.step,
            keepConsent: this.keepConsent,
            group: this.group,
            access: this.access,
            policyId: this.policyId,
            assignmentId: this.assignmentId,
        };
        this.registerOutputs(unlessFailed(outputs));
    }
}

const shape: Checks<MailboxScopeArgs> = {
    ...scopeShape,
    application: takes("a MailApplication, or an object with both ids", (value) => typeof value === "object" && value !== null),
    clientId: text,
    servicePrincipalId: text,
    method: choice(MailMethod),
};

function checkMailboxScope(args: MailboxScopeArgs, refused: ReadonlySet<string>): Problem[] {
    const ids = (["clientId", "servicePrincipalId"] as const).flatMap((property) => {
        const value = idsOf(args)[property];
        if (value === undefined && refused.has("application")) {
            return [];
        }
        if (!isPlain(value) || (typeof value === "string" && isGuid(value))) {
            return [];
        }
        return [{ property, message: value === undefined ? "is required; received nothing" : `must be a GUID; received ${show(value)}` }];
    });
    const { clientId, servicePrincipalId } = idsOf(args);
    const same = isPlain(clientId) && isPlain(servicePrincipalId) && clientId !== undefined && String(clientId).toLowerCase() === String(servicePrincipalId).toLowerCase();
    const crossed = same
        ? [{ property: "servicePrincipalId", message: 'is the same as clientId; give the object id of the enterprise application (Entra ID, "Enterprise applications")' }]
        : [];
    const twice = (["clientId", "servicePrincipalId"] as const).filter((one) => args.application !== undefined && args[one] !== undefined);
    const beside = twice.map((property) => ({ property, message: "stands beside application; leave one of them out" }));
    return [...beside, ...ids, ...crossed, ...checkScopeChoice(args, { refused })];
}

function idsOf({ application, clientId, servicePrincipalId }: MailboxScopeArgs): Partial<ApplicationIds> {
    return application ?? { clientId, servicePrincipalId };
}
