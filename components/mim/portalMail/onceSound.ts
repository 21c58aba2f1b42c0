import * as pulumi from "@pulumi/pulumi";
import { laterOnes, refuseLater } from "../../internal/checkLater";
import { refusal, reporter } from "../../internal/report";
import { hostInternals } from "../../windows/host/hostInternals";
import { shape } from "./checkPortalMail";
import type { PortalMailArgs } from "./portalMailArgs";

const inputs = ["mailbox", "tenantId", "enableEws", "exchangeServer", "smtp", "testMessageTo"] as const;

/** Arguments that were outputs are refused once they are known, and nothing is made before: neither in the tenant nor on the server. */
export function onceSound(name: string, args: PortalMailArgs): PortalMailArgs {
    const later = laterOnes(args, inputs);
    if (later.length === 0) {
        return args;
    }
    const done = refuseLater("mim.PortalMail", name, args, shape, inputs).catch((error: Error) => {
        reporter.fail(error.message);
        throw refusal(`nothing is made, because mim.PortalMail "${name}" cannot be used as it is written`);
    });
    hostInternals(args.host).run.lookAfter(done);
    const waiting = Object.fromEntries(later.map((one) => [one, behind(args[one], done)]));
    const { application } = args;
    // Without the application there is nothing else in the tenant.
    return { ...args, ...waiting, ...(application && { application: { ...application, displayName: pulumi.all([application.displayName, done]).apply(([one]) => one) } }) };
}

/** The same value, secret or not known where it was, that ends with the same error. */
function behind(value: unknown, done: Promise<void>): unknown {
    if (pulumi.Output.isInstance(value) || value instanceof Promise) {
        return pulumi.all([value, done]).apply(([known]) => known);
    }
    const isObject = typeof value === "object" && value !== null;
    return isObject ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, behind(one, done)])) : value;
}
