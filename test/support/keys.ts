import { utils } from "ssh2";

type KeyPair = { private: string; public: string };

/** A new OpenSSH key pair. ssh2 once in a great while makes one that it cannot read itself: then another. */
export function newKeyPair(type: "ed25519" | "ecdsa" | "rsa", options: { bits?: number; passphrase?: string; cipher?: string; rounds?: number; comment?: string } = {}): KeyPair {
    const make = utils.generateKeyPairSync as (type: string, options: object) => KeyPair;
    for (;;) {
        const pair = make(type, options);
        if (!(utils.parseKey(pair.private, options.passphrase) instanceof Error)) {
            return pair;
        }
    }
}
