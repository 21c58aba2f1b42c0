import * as pulumi from "@pulumi/pulumi";
import type { Drifted } from "../../../drift/types";
import { Mode } from "../../choices";
import { healthText, HealthChecks, overall, unhealthyText } from "../../internal/health";
import { reporter } from "../../internal/report";
import { hostInternals } from "../../windows/host/hostInternals";
import { SeenDocuments, withDocuments } from "./documentHealth";
import type { PortalMailArgs } from "./portalMailArgs";

/** A component whose document mail hangs on. */
export interface Judged {
    state: pulumi.Output<string>;
    drift: pulumi.Output<Record<string, Drifted>>;
    repaired: pulumi.Output<Record<string, Drifted>>;
}

/** The checks that are known, with what the documents of the same run found. What they add is said here, since `MailHealth` says its own. */
export function judged(name: string, { host, mode, failWhenUnhealthy }: PortalMailArgs, known: pulumi.Output<HealthChecks>, documents: Promise<Partial<Record<keyof SeenDocuments, Judged>>>, parent: pulumi.Resource): pulumi.Output<HealthChecks> {
    const seen = documents.then((all) => Object.fromEntries(Object.entries(all).map(([check, { state, drift, repaired }]) => [check, { state, drift, repaired }])));
    const both = pulumi.all([known, seen]).apply(([own, all]) => ({ own, checks: withDocuments(own, all as SeenDocuments, mode === Mode.audit) }));
    both.apply(({ own, checks }) => {
        const added = Object.entries(checks).filter(([check, one]) => one !== own[check] && one.state !== "healthy");
        if (added.length === 0) {
            return;
        }
        const [on, before, now] = [hostInternals(host).name, overall(own), overall(checks)];
        reporter.warn(healthText(`${on}: mail of the MIM Service (${name})`, now, added), parent);
        const fails = (state: string) => state === "failing" || state === "unknown";
        if (failWhenUnhealthy && fails(now) && !fails(before)) {
            reporter.fail(unhealthyText(`mim.PortalMail "${name}" on host "${on}"`, now, pulumi.runtime.isDryRun()));
        }
    });
    return pulumi.unsecret(both.apply(({ checks }) => checks));
}
