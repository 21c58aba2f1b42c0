import { createHash, randomUUID } from "node:crypto";
import { certificateOf } from "../assertion";
import { ApiError, type Json } from "../http";
import type { KeyCredential } from "../state";
import { badRequest } from "./call";

/**
 * The list that a PATCH of keyCredentials leaves: it replaces the one before, but an entry that comes back without its key, as it was read, keeps it
 * (facts: azuread-observed.md section 2). Dates are echoed as they were sent, for azuread compares them as text; where none are sent they are the
 * certificate's own. Throws ApiError.
 */
export function certificates(given: unknown, before: KeyCredential[], now: Date): KeyCredential[] {
    return (Array.isArray(given) ? (given as Json[]) : []).map(entry => {
        const known = before.find(({ keyId }) => keyId === entry["keyId"]);
        if (known && typeof entry["key"] !== "string") {
            return known;
        }
        const certificate = certificateOf(String(entry["key"] ?? ""));
        if (!certificate) {
            throw new ApiError(400, "KeyCredentialsInvalidCertificate", "Key credential must have a valid value: the key is not a certificate.");
        }
        if (Date.parse(certificate.validTo) <= now.getTime()) {
            throw new ApiError(400, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid.");
        }
        if (entry["type"] !== "AsymmetricX509Cert" || entry["usage"] !== "Verify") {
            throw badRequest("Key credential type must be AsymmetricX509Cert and its usage Verify.");
        }
        return {
            keyId: text(entry["keyId"]) ?? randomUUID(),
            type: "AsymmetricX509Cert",
            usage: "Verify",
            key: String(entry["key"]),
            displayName: text(entry["displayName"]) ?? certificate.subject.replace(/\n/g, ", "),
            startDateTime: text(entry["startDateTime"]) ?? isoSeconds(certificate.validFrom),
            endDateTime: text(entry["endDateTime"]) ?? isoSeconds(certificate.validTo),
            customKeyIdentifier: createHash("sha1").update(certificate.raw).digest("hex").toUpperCase(),
        };
    });
}

function text(value: unknown): string | undefined {
    return typeof value === "string" ? value : undefined;
}

function isoSeconds(date: string): string {
    return new Date(date).toISOString().replace(".000Z", "Z");
}
