/** How to reach one server; checked, defaults filled in. */
export interface Endpoint {
    host: string;
    port: number;
    user: string;
    password?: string;
    privateKey?: string;
    privateKeyPassword?: string;
    hostKey?: string;
    agentSocketPath?: string;
    /** Failed dials that are borne: 0 means one dial, -1 any number. */
    dialErrorLimit: number;
    /** Seconds for opening the TCP connection, 0 for no limit; logging on is not bounded. */
    perDialTimeout: number;
}

/** A server, perhaps behind another one. */
export interface Connection extends Endpoint {
    proxy?: Endpoint;
}
