/** One certificate of LocalMachine\My, and what became of its key. */
export interface PretendCertificate {
    /** X.509, as hex. */
    der: string;
    /** `lost`: it is there, and the certificate does not know, which certutil mends. `broken`: the certificate says that it is there, and it does not open. */
    key: "there" | "none" | "lost" | "broken";
    /** Whether NETWORK SERVICE may read it. */
    access: boolean;
}
