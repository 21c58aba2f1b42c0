// Which certificate authorities this process trusts besides those of Node.
import { readFileSync } from "node:fs";
import { globalAgent } from "node:https";
import { createSecureContext, rootCertificates } from "node:tls";

/**
 * Adds the authorities of SSL_CERT_FILE to every HTTPS connection of this process, the token library's included: azuread's plugin takes
 * its authorities from there, so one setting serves both. Unlike there, Node's own list stays trusted.
 */
export function trustEnvironment(environment: NodeJS.ProcessEnv): void {
    const added = certificates(environment["SSL_CERT_FILE"]);
    if (added.length === 0) return;
    // A list replaces everything that Node trusts by itself, so what NODE_EXTRA_CA_CERTS added is named again. The token library takes the
    // list from here for agents of its own. Everything else takes the context: a list is read again for every connection, which takes
    // longer than the connection.
    const ca = [...rootCertificates, ...certificates(environment["NODE_EXTRA_CA_CERTS"]), ...added];
    globalAgent.options.ca = ca;
    globalAgent.options.secureContext = createSecureContext({ ca });
}

function certificates(file: string | undefined): string[] {
    if (!file) return [];
    try {
        return readFileSync(file, "utf8").match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    } catch {
        // As the plugins written in Go do: some systems set the variable to a file that is not there. A connection that fails for want of
        // an authority names the variable.
        return [];
    }
}
