import { NotFoundError, ServiceError } from "./errors";
import { exchangeRight, type ExchangeClient } from "./exchange";

/** What Get-Recipient tells of a mailbox, group or contact. */
export interface Recipient {
    Guid: string;
    Name: string;
    /** The object id in Entra. */
    ExternalDirectoryObjectId?: string | null;
    DistinguishedName?: string | null;
    DisplayName?: string | null;
    PrimarySmtpAddress?: string | null;
    RecipientTypeDetails?: string | null;
    IsValidSecurityPrincipal?: boolean | null;
}

/** The recipient with this SMTP address, GUID or name; undefined only where the service says that there is none. */
export async function getRecipient(exchange: ExchangeClient, identity: string, signal?: AbortSignal): Promise<Recipient | undefined> {
    const found = await exchange
        .run<Recipient>("Get-Recipient", { Identity: identity }, { right: exchangeRight, signal })
        .catch((error: unknown) => {
            if (error instanceof NotFoundError) return [];
            throw error;
        });
    if (found.length > 1) {
        const text = `${found.length} recipients are called "${identity}"; name one by its SMTP address or GUID`;
        throw new ServiceError({ call: "Get-Recipient", text });
    }
    return found[0];
}
