import * as pulumi from "@pulumi/pulumi";
import { clock } from "../../internal/clock";
import { reporter } from "../../internal/report";
import { testMailboxAccess, TestMailboxAccessArgs } from "../resources/testMailboxAccess";
import { Answers, passes } from "./migration";

/** What the application can open, as Exchange says. */
export interface MailboxAccess {
    /** Answer for the mailbox that has to be open: `granted`, `denied` or `notRun`. */
    inScope: string;
    /** Answer for the mailbox that has to stay closed. */
    outOfScope: string;
    /** `tested`: as declared. `pending`: not yet, and Exchange may need until `pendingUntil`. `failed`: not as declared. */
    state: "tested" | "pending" | "failed";
    /** Until when Exchange may not yet do what it answers, UTC; missing when that time is over. */
    pendingUntil?: string;
}

/** Whose access is tested, and with which mailboxes. */
export interface AccessTest extends Omit<TestMailboxAccessArgs, "mailbox"> {
    inScopeMailbox: string;
    outOfScopeMailbox: string;
}

/** Asks Exchange for both mailboxes. */
export async function askAccess({ inScopeMailbox, outOfScopeMailbox, ...who }: AccessTest, parent: pulumi.Resource): Promise<Answers> {
    const [inScope, outOfScope] = await Promise.all(
        [inScopeMailbox, outOfScopeMailbox].map((mailbox) => testMailboxAccess({ ...who, mailbox }, { parent })),
    );
    return { inScope: inScope!.access, outOfScope: outOfScope!.access };
}

/** @param settlesAt until when Exchange may not yet do what was written, UTC; undefined where that is long ago. */
export function judgeAccess({ inScope, outOfScope }: Answers, settlesAt: string | undefined, now: Date): MailboxAccess {
    const settling = settlesAt !== undefined && Date.parse(settlesAt) > now.getTime();
    const state = passes({ inScope, outOfScope }) ? "tested" : settling ? "pending" : "failed";
    return { inScope, outOfScope, state, ...(settling ? { pendingUntil: settlesAt } : {}) };
}

/**
 * Judges and reports. A failure ends `up` with an error; a preview only warns of it, because it may be what `up` repairs, and the command
 * `up` begins with a preview.
 */
export function reportAccess(
    name: string,
    test: AccessTest,
    answers: Answers,
    settlesAt: string | undefined,
    resource: pulumi.Resource,
): MailboxAccess {
    const access = judgeAccess(answers, settlesAt, clock.now());
    const text = accessText(name, test, access);
    if (access.state === "failed" && !pulumi.runtime.isDryRun()) {
        reporter.fail(text);
    } else if (text !== "") {
        reporter.warn(text, resource);
    }
    return access;
}

function accessText(name: string, test: AccessTest, { inScope, outOfScope, state, pendingUntil }: MailboxAccess): string {
    const found = [
        ...(inScope === "granted" ? [] : [`${test.inScopeMailbox}, which it needs, is ${inScope}`]),
        ...(outOfScope === "denied" ? [] : [`${test.outOfScopeMailbox}, which has to stay closed, is ${outOfScope}`]),
    ].join("; ");
    if (pendingUntil !== undefined) {
        const sofar = state === "tested" ? "Exchange answers as declared" : `Exchange does not answer as declared yet (${found})`;
        // Time does not cure a mailbox that is a member by mistake.
        const check = outOfScope === "granted" ? `. Look now whether ${test.outOfScopeMailbox} is a member of the group` : "";
        return `${name}: pending until ${pendingUntil}: ${sofar}, and may need until then to do as it answers${check}`;
    }
    if (state === "tested") {
        return "";
    }
    const wait = "After a change of the group's members run again in some minutes";
    return outOfScope === "granted"
        ? `${name}: THE APPLICATION ${test.appId} CAN OPEN A MAILBOX THAT HAS TO STAY CLOSED: ${found}. ${wait}; ` +
              "else look for a consent, another role, another policy, or a member of the group that opens it"
        : `${name}: the application ${test.appId} does not have the access that is declared: ${found}. ${wait}`;
}
