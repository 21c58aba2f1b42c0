import * as pulumi from "@pulumi/pulumi";
import { reporter } from "../../internal/report";
import { stackState, urnOf } from "../../internal/stackState";
import { EwsAllowedApplication } from "../resources/ewsAllowedApplication";
import type { EwsSettingsResult } from "../resources/ewsSettings";

/** The application, and what was there before this run. */
export interface Before extends EwsSettingsResult {
    appId: string;
}

type Entry = Pick<EwsAllowedApplication, "ewsEnabled" | "malformedEntries">;

/** The entry waits for the look at what was there: it has to tell afterwards whether anything was changed. */
export function allow(name: string, enableEws: pulumi.Input<boolean>, before: pulumi.Output<Before>, opts: pulumi.CustomResourceOptions): Entry {
    return new EwsAllowedApplication(`${name}-allowed`, { appId: before.apply((one) => one.appId), enableEws }, opts);
}

/** An entry that is there stays in state as it is, removed or not; one that is not there is not made. */
export function audit(name: string, enableEws: pulumi.Input<boolean>, before: pulumi.Output<Before>, { parent }: pulumi.CustomResourceOptions): Entry {
    const told = pulumi.all([before, enableEws]).apply(async ([{ appId, ewsEnabled, allowedAppIds, malformedEntries }, enable]) => {
        const urn = await urnOf(parent!);
        const inState = Object.keys(await stackState()).some((one) => one.startsWith(urn.replace(/::[^:]+$/, "$")) && one.endsWith(`::${name}-allowed`));
        const listed = allowedAppIds.some((one) => one.toLowerCase() === appId.toLowerCase());
        if (inState && listed) {
            new EwsAllowedApplication(`${name}-allowed`, { appId, enableEws }, { parent, ignoreChanges: ["*"], retainOnDelete: true });
        }
        const empty = ewsEnabled === "true" && allowedAppIds.length + malformedEntries.length === 0;
        const lacks = [
            ...(empty ? ["the list of applications that may use EWS is empty while EwsEnabled is true, which shuts everybody out"] : []),
            ...(listed ? [] : [`${appId} is not in the list of applications that may use EWS`]),
            ...(enable && ewsEnabled !== "true" ? [`EwsEnabled is ${ewsEnabled}`] : []),
        ];
        if (lacks.length > 0) {
            reporter.warn(`${name}: ${lacks.join("; ")}; only audited here, so the list and EwsEnabled stay as they are`, parent!);
        }
        return { ewsEnabled, malformedEntries };
    });
    return { ewsEnabled: told.apply((one) => one.ewsEnabled), malformedEntries: told.apply((one) => one.malformedEntries) };
}
