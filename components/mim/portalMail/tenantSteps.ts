import * as pulumi from "@pulumi/pulumi";
import { Mode } from "../../choices";
import { MailApplication } from "../../entra/mailApplication";
import { EwsAccess } from "../../exchange/ewsAccess";
import { allow, audit } from "../../exchange/ewsAccess/entry";
import { ewsSettings } from "../../exchange/resources/ewsSettings";
import { behind, known, noting } from "./behind";
import type { PortalMailArgs } from "./portalMailArgs";

const principalType = "azuread:index/servicePrincipal:ServicePrincipal";
const givenTypes = ["azuread:index/appRoleAssignment:AppRoleAssignment", "azuread:index/applicationPassword:ApplicationPassword", "azure-native:keyvault:Secret"];
const entryType = "hybrid-identity:exchange:EwsAllowedApplication";
const limitTypes = ["hybrid-identity:exchange:ApplicationAccessPolicy", "hybrid-identity:exchange:ManagementRoleAssignment"];

/** What the tenant has for the route over Exchange Online. */
export interface TenantSteps {
    application: MailApplication;
    access: pulumi.ComponentResource;
    /** Days left, where somebody counts them. */
    daysLeft?: pulumi.Output<number>;
    /** Once everything that a server is told of it is known; in an update, once all of it is there. Rejects where it is not going to be. */
    ready: Promise<unknown>;
}

/**
 * Application, limit, consent, and last its entry in the list of those that may use EWS: in this order, and removed the other way round, so that the
 * application never has more than it had. The entry is the one that Exchange may refuse to remove: where it does, everything else is still there.
 * @param leaving Only kept until it is taken away: nobody counts the days any more.
 * @param proved Mail goes over another route already, so whoever switches EWS off meanwhile is let.
 */
export function tenantSteps(name: string, args: PortalMailArgs, component: pulumi.ComponentResource, leaving: boolean, proved = false): TenantSteps {
    const [principals, made]: pulumi.Resource[][] = [[], []];
    const application = new MailApplication(
        `${name}-app`,
        { ...args.application!, mode: args.mode, failOnDrift: args.failOnDrift },
        {
            parent: component,
            transformations: [
                noting([principalType], principals!),
                noting([...limitTypes, ...givenTypes], made!),
                behind(limitTypes[0]!, Promise.resolve(principals!)),
            ],
        },
    );
    const told = known(application.clientId, application.keyId, application.clientSecret);
    // Where something is refused, that is said there.
    const before = Promise.all([told, known(application.mailboxAccess, application.migrationStep)]).then(
        () => made!,
        () => [],
    );
    const opts = { parent: component, transformations: [behind(entryType, before)] };
    const { access, ewsEnabled, daysLeft } = leaving ? keepEntry(name, application, args, opts, proved) : allowEws(name, application, args, opts);
    const all = Promise.all([told, known(application.mailboxAccess, application.migrationStep, ewsEnabled)]).then(() => known(...made!.map((one) => one.urn)));
    const ready = pulumi.runtime.isDryRun() ? told : all;
    // Whatever is refused is said where it is.
    [told, all].forEach((one) => void one.catch(() => undefined));
    return { application, access, daysLeft, ready };
}

/** All of it: a component stands for what was registered below it, so it is named only once that is there. */
export function madeIn({ ready, application, access }: TenantSteps): Promise<pulumi.Resource[]> {
    return ready.then(
        () => [application, access],
        () => [],
    );
}

type Entry = Pick<TenantSteps, "access" | "daysLeft"> & { ewsEnabled: pulumi.Output<string> };

function allowEws(name: string, { clientId }: MailApplication, args: PortalMailArgs, opts: pulumi.ComponentResourceOptions): Entry {
    const { enableEws, neededUntil, mode } = args;
    const access = new EwsAccess(`${name}-ews`, { clientId, enableEws, neededUntil, mode }, opts);
    return { access, ewsEnabled: access.ewsEnabled, daysLeft: access.daysLeft };
}

/** The same resource under the same name, without what is said of an entry that is to stay. */
function keepEntry(name: string, { clientId }: MailApplication, args: PortalMailArgs, opts: pulumi.ComponentResourceOptions, proved: boolean): Entry {
    const { enableEws = true, mode } = args;
    const access = new pulumi.ComponentResource("hybrid-identity:exchange:EwsAccess", `${name}-ews`, {}, opts);
    const before = pulumi.all([clientId, ewsSettings({ parent: access })]).apply(([appId, settings]) => ({ appId, ...settings }));
    const { ewsEnabled } = (mode === Mode.audit ? audit : allow)(`${name}-ews`, enableEws, before, { parent: access, ignoreChanges: proved ? ["enableEws"] : [] });
    return { access, ewsEnabled };
}
