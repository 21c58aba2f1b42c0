import * as pulumi from "@pulumi/pulumi";
import { show } from "../../drift/show";
import { Problem } from "../../drift/types";
import { Mode } from "../choices";
import { clock } from "../internal/clock";
import { Checks, choice, flag, needed, plain, text } from "../internal/checkArgs";
import { checkSound } from "../internal/checkSound";
import { Component } from "../internal/component";
import { isGuid } from "../internal/guid";
import { isPlain, settled } from "../internal/inputs";
import { after, looked, unlessFailed } from "../internal/looks";
import { refuseSecrets, reporter, throwProblems } from "../internal/report";
import { allow, audit, Before } from "./ewsAccess/entry";
import { checkPlan, countdownText, daysUntilEnd, endsOn, overText, switchText } from "./ewsAccess/ewsCountdown";
import { othersText, userAgentText } from "./ewsAccess/ewsLimits";
import { ewsApplications } from "./resources/ewsApplications";
import { ewsSettings, EwsSettingsResult } from "./resources/ewsSettings";

/** Arguments of `EwsAccess`. */
export interface EwsAccessArgs {
    /** Client id of the application that uses Exchange Web Services, a GUID. */
    clientId: pulumi.Input<string>;
    /**
     * Switch EWS on for the organization (`EwsEnabled`), after the application was put into the list. Applications that are not in it are
     * blocked then. Default true.
     */
    enableEws?: pulumi.Input<boolean>;
    /** The last day on which the application needs EWS, `2027-03-31`: one from 2027-04-01 on is refused, and each run after it warns. */
    neededUntil?: string;
    /** `audit` writes nothing, and keeps the entry as it is. Default `enforce`. */
    mode?: Mode;
}

/**
 * Keeps Exchange Web Services open for an application until they end on 2027-04-01, and counts the days. Entries of others in the list stay
 * as they are.
 *
 * Source: learn.microsoft.com, "Set-OrganizationConfig" (EwsEnabled, EwsAllowedAppIDs); message centre MC1227454.
 */
export class EwsAccess extends Component {
    /** Days until the end, UTC: 1 on the last day. */
    public readonly daysLeft: pulumi.Output<number>;
    /** `2027-04-01`. */
    public readonly endsOn: pulumi.Output<string>;
    /** The organization's switch: `true`, `false` or `unset`. */
    public readonly ewsEnabled: pulumi.Output<string>;
    /** Entries of the list that are no GUIDs: warned of, never removed. */
    public readonly malformedEntries: pulumi.Output<string[]>;

    /** @throws RunError naming every problem of the arguments, before anything is registered; from 2027-04-01 on always. */
    constructor(name: string, args: EwsAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        throwProblems("exchange.EwsAccess", name, checkSound(args, shape, checkEwsAccess));
        super("hybrid-identity:exchange:EwsAccess", name, opts);

        const enableEws = args.enableEws ?? true;
        const days = daysUntilEnd(clock.now());
        warnOfEnd(name, days, this);
        const over = overText(args.neededUntil, clock.now());
        if (over !== undefined) {
            reporter.warn(`${name}: ${over}`, this);
        }
        const found = pulumi.output(looked(name, ewsSettings({ parent: this })));
        const clientId = pulumi.output(args.clientId).apply((id) => refuseSecrets("exchange.EwsAccess", name, { clientId: args.clientId }).then(() => id));
        const before = pulumi.all([clientId, found]).apply(([appId, settings]) => ({ appId, ...settings }));
        const entry = args.mode === Mode.audit ? audit : allow;
        const allowed = entry(name, enableEws, before, { parent: this, dependsOn: after(found) });
        // Not of the application, which a preview may not know yet.
        pulumi.all([enableEws, found]).apply(([enable, settings]) => warnOthers(name, enable && args.mode !== Mode.audit, settings, clientId, this));
        found.apply((settings) => warnOfUserAgents(name, settings, this));
        pulumi.all([before, allowed.ewsEnabled]).apply(([settings, now]) => args.mode !== Mode.audit && reportChange(name, settings, now, this));
        pulumi.all([enableEws, allowed.ewsEnabled]).apply(([enable, now]) => reportSwitch(name, enable, now, this));
        allowed.malformedEntries.apply((entries) => warnOfMalformed(name, entries, this));

        this.daysLeft = pulumi.output(days);
        this.endsOn = pulumi.output(endsOn);
        this.ewsEnabled = allowed.ewsEnabled;
        this.malformedEntries = allowed.malformedEntries;
        const outputs = {
            daysLeft: this.daysLeft,
            endsOn: this.endsOn,
            ewsEnabled: this.ewsEnabled,
            malformedEntries: this.malformedEntries,
        };
        this.registerOutputs(unlessFailed(outputs));
    }
}

const shape: Checks<EwsAccessArgs> = { clientId: needed(text), enableEws: flag, neededUntil: plain(text), mode: choice(Mode) };

function checkEwsAccess({ clientId, neededUntil }: EwsAccessArgs): Problem[] {
    const known = !isPlain(clientId) || (typeof clientId === "string" && isGuid(clientId));
    return [
        ...(known ? [] : [{ property: "clientId", message: `must be a GUID; received ${show(clientId ?? null)}` }]),
        ...checkPlan(neededUntil, clock.now()),
    ];
}

function warnOfEnd(name: string, days: number, resource: pulumi.Resource): void {
    const text = countdownText(days);
    if (text !== undefined && pulumi.runtime.isDryRun()) {
        reporter.warn(`${name}: ${text}`, resource);
    }
}

/** From the moment on that the list counts, whoever is not in it is blocked; nobody is to learn that from the users. */
async function warnOthers(
    name: string,
    enableEws: boolean,
    settings: EwsSettingsResult,
    clientId: pulumi.Input<string>,
    resource: pulumi.Resource,
): Promise<void> {
    if (enableEws && settings.ewsEnabled === "unset") {
        const known = await ewsApplications({ parent: resource }).then(
            ({ applications }) => applications,
            (error: Error) => error,
        );
        reporter.warn(`${name}: ${othersText(settings, await settled(pulumi.output(clientId)), known)}`, resource);
    }
}

function warnOfUserAgents(name: string, settings: EwsSettingsResult, resource: pulumi.Resource): void {
    const text = userAgentText(settings, "the organisation");
    if (text !== undefined) {
        reporter.warn(`${name}: ${text}`, resource);
    }
}

/** With `enableEws` the switch is drift, and shown as such. */
function reportSwitch(name: string, enableEws: boolean, now: string, resource: pulumi.Resource): void {
    const text = enableEws ? undefined : switchText(now);
    if (text !== undefined) {
        reporter.warn(`${name}: ${text}`, resource);
    }
}

function reportChange(name: string, { appId, allowedAppIds, ewsEnabled }: Before, now: string, resource: pulumi.Resource): void {
    const listed = allowedAppIds.some((one) => one.toLowerCase() === appId.toLowerCase());
    if (!pulumi.runtime.isDryRun() && (!listed || now !== ewsEnabled)) {
        reporter.warn(`${name}: Exchange may take up to 24 hours to let the application use EWS`, resource);
    }
}

function warnOfMalformed(name: string, entries: string[], resource: pulumi.Resource): void {
    if (entries.length > 0) {
        const listed = entries.map((one) => JSON.stringify(one)).join(", ");
        const text = "the list of applications that may use EWS has entries that are no client ids; they stay";
        reporter.warn(`${name}: ${text}: ${listed}`, resource);
    }
}
