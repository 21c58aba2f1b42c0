import * as pulumi from "@pulumi/pulumi";
import { said } from "../../internal/looks";
import { reporter } from "../../internal/report";
import { mailboxTexts } from "../ewsAccess/ewsLimits";
import { mailboxEws } from "../resources/mailboxEws";

/** Exchange's tests say whether the application may open the mailbox; not whether EWS are on for it. */
export async function warnOfSwitches(name: string, mailbox: string, resource: pulumi.Resource): Promise<void> {
    let texts: string[];
    try {
        texts = mailboxTexts(mailbox, await mailboxEws({ mailbox }, { parent: resource }));
    } catch (error) {
        texts = [`whether EWS are on for the mailbox ${mailbox} is not known: ${said(error as Error)}`];
    }
    texts.forEach((text) => reporter.warn(`${name}: ${text}`, resource));
}
