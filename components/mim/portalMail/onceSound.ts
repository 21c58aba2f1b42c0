import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../../../drift/types";
import { laterOnes, laterProblems } from "../../internal/checkLater";
import { settled, shownSecrets } from "../../internal/inputs";
import { problemText, refusal, reporter } from "../../internal/report";
import { hostInternals } from "../../windows/host/hostInternals";
import { checkSecrets } from "../serviceSecret/secret";
import { serverOf, shape } from "./checkPortalMail";
import type { PortalMailArgs } from "./portalMailArgs";
import { judgeSetup } from "./setupRoute";

const shown = ["mailbox", "tenantId", "enableEws", "exchangeServer", "smtp", "testMessageTo"] as const;
/** Those that may be secrets. */
const hidden = ["accountPassword", "setup"] as const;

/** Arguments that were outputs are refused once they are known, and nothing is made before: neither in the tenant nor on the server. */
export function onceSound(name: string, args: PortalMailArgs): PortalMailArgs {
    const later = laterOnes(args, [...shown, ...hidden]);
    if (later.length === 0) {
        return args;
    }
    const done = refuse(name, args);
    hostInternals(args.host).run.lookAfter(done);
    const waiting = Object.fromEntries(later.map((one) => [one, behind(args[one], done)]));
    const { application } = args;
    // Without the application there is nothing else in the tenant.
    return { ...args, ...waiting, ...(application && { application: { ...application, displayName: pulumi.all([application.displayName, done]).apply(([one]) => one) } }) };
}

async function refuse(name: string, args: PortalMailArgs): Promise<void> {
    const problems = (await Promise.all([laterProblems(args, shape, shown), passwordProblems(args), lateSetup(args)])).flat();
    if (problems.length > 0) {
        reporter.fail(problemText("mim.PortalMail", name, problems));
        throw refusal(`nothing is made, because mim.PortalMail "${name}" cannot be used as it is written`);
    }
}

/** What stays unknown in a preview, or is an error that is told elsewhere, is not judged. */
function nowKnown<T>(value: T): Promise<pulumi.Unwrap<T> | undefined> {
    return settled(pulumi.output(value)).catch(() => undefined);
}

async function passwordProblems({ accountPassword }: PortalMailArgs): Promise<Problem[]> {
    const given = await nowKnown(accountPassword);
    const odd = shape.accountPassword(given, "accountPassword");
    return odd.length > 0 || given === undefined ? odd : checkSecrets({ accountPassword: given });
}

async function lateSetup(args: PortalMailArgs): Promise<Problem[]> {
    const secrets = await shownSecrets({ "setup.properties": args.setup?.properties });
    // A server that is a secret is refused as one, and no message may show it.
    const server = serverOf(args)?.address;
    const address = (await shownSecrets({ server })).length > 0 ? undefined : server;
    const known = secrets.length > 0 ? undefined : await nowKnown({ setup: args.setup, address });
    if (known?.setup === undefined) {
        return secrets;
    }
    const odd = shape.setup(known.setup, "setup");
    return [...odd, ...judgeSetup(args.route, known.address, known.setup).filter(({ property }) => !odd.some((one) => one.property === property))];
}

/** The same value, secret or not known where it was, that ends with the same error. */
function behind(value: unknown, done: Promise<void>): unknown {
    if (pulumi.Output.isInstance(value) || value instanceof Promise) {
        return pulumi.all([value, done]).apply(([known]) => known);
    }
    const isObject = typeof value === "object" && value !== null;
    return isObject ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, behind(one, done)])) : value;
}
