import type { windows } from "../../../index";
import { newKeyPair } from "../../support/keys";

const host = newKeyPair("ed25519");
const user = newKeyPair("ed25519");

/** Valid arguments of a host that nobody dials. */
export const hostArgs: windows.HostArgs = {
    address: "127.0.0.1",
    port: 2201,
    user: "administrator",
    privateKey: user.private,
    hostKey: host.public,
};
