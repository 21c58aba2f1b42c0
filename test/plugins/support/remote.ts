// One plugin for a suite, and a fresh SSH server for each of its cases.
import { Plugin, secret, type Properties } from "./plugin";
import { SshServer } from "./ssh-server";

export const password = "correct horse";

/** Registers the hooks; the plugin and the server are there while a case runs. */
export function useRemote() {
    const remote = {
        plugin: undefined as unknown as Plugin,
        server: undefined as unknown as SshServer,
        connection: (more: Properties = {}): Properties => ({
            host: "127.0.0.1",
            port: remote.server.port,
            user: "admin",
            password,
            dialErrorLimit: 0,
            ...more,
        }),
        inputs: (more: Properties = {}): Properties => ({ connection: secret(remote.connection()), create: "create it", ...more }),
    };
    before(async () => {
        remote.plugin = await Plugin.start();
    });
    after(() => remote.plugin.stop());
    beforeEach(async () => {
        remote.server = await SshServer.start({ password });
        remote.plugin.messages.length = 0;
    });
    afterEach(() => remote.server.stop());
    return remote;
}
