import { createServer } from "node:http";

/**
 * Stand-in of HashiCorp Vault's transit engine, as far as the CLI asks it. Of a passphrase the CLI makes its key by a million hashes, each time that it
 * starts: half of what a preview without resources takes. A key that a vault keeps comes in one call, and encrypts the state all the same.
 * @returns {Promise<{ environment: NodeJS.ProcessEnv, stop: () => void }>} `environment` tells tests of it
 */
export async function startVault() {
    const server = createServer(async (request, response) => {
        let text = "";
        for await (const chunk of request) text += chunk;
        const { plaintext, ciphertext = "" } = JSON.parse(text || "{}");
        const data = plaintext === undefined ? { plaintext: ciphertext.replace("vault:v1:", "") } : { ciphertext: `vault:v1:${plaintext}` };
        response.setHeader("Content-Type", "application/json").end(JSON.stringify({ data }));
    });
    await new Promise((listening, failed) => server.on("error", failed).listen(0, "127.0.0.1", listening));
    const stop = () => {
        server.close();
        server.closeAllConnections();
    };
    return { environment: { HYBRID_IDENTITY_TEST_VAULT: `http://127.0.0.1:${server.address().port}` }, stop };
}
