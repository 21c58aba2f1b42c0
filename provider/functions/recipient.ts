// A mailbox or group, by any of its identifiers.
import { getRecipient, type Recipient } from "../clients/recipient";
import { checked, text } from "../resources/inputs";
import type { Properties } from "../values";
import type { ProviderFunction } from "./function";

const told: { [result: string]: keyof Recipient } = {
    guid: "Guid",
    externalDirectoryObjectId: "ExternalDirectoryObjectId",
    distinguishedName: "DistinguishedName",
    displayName: "DisplayName",
    primarySmtpAddress: "PrimarySmtpAddress",
    recipientTypeDetails: "RecipientTypeDetails",
    isValidSecurityPrincipal: "IsValidSecurityPrincipal",
};

/** `hybrid-identity:exchange:recipient`. */
export const recipient: ProviderFunction = {
    check: args => checked(args, [{ property: "identity", expected: "a recipient's SMTP address, GUID or name", accepts: text() }]),
    async run({ identity }, { exchange, signal }) {
        const there = await getRecipient(await exchange(signal), String(identity), signal);
        if (!there) return { found: false };
        const values: Properties = { found: true };
        for (const [result, property] of Object.entries(told)) {
            const value = there[property];
            // What the service leaves out or answers as null is left out.
            if (value !== undefined && value !== null) values[result] = value;
        }
        return values;
    },
};
