// What a token says of its holder. Its signature is the service's business.

/** The claims of a token; undefined where they cannot be read, as in a token that only its service understands. */
export function claimsOf(token: string): { [claim: string]: unknown } | undefined {
    try {
        const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
        return typeof claims === "object" && claims !== null ? (claims as { [claim: string]: unknown }) : undefined;
    } catch {
        return undefined;
    }
}
