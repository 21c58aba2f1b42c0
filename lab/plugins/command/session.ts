// One SSH session, spoken as the plugin speaks it: it asks the server to answer each environment variable. The public interface of
// ssh2 sends variables without asking, so this one file uses what lies below it.
import type { Client, ClientChannel } from "ssh2";

type Channel = ClientChannel & {
    outgoing: { id: number };
    incoming: { state: string };
    subtype?: string;
    allowHalfOpen: boolean;
    _callbacks: ((failed: unknown) => void)[];
};
type Opened = ((error: Error | undefined, channel: Channel) => void) & { type?: string };
interface Internals {
    _chanMgr: { add(opened: Opened): number };
    _protocol: {
        session(channel: number, window: number, packet: number): void;
        env(channel: number, name: string, value: string, answer: boolean): void;
        exec(channel: number, command: string, answer: boolean): void;
    };
}

/** A session on a connection; every refusal is an error in the plugin's words. */
export class Session {
    private constructor(
        private readonly client: Internals,
        readonly channel: Channel,
    ) {}

    static open(connection: Client): Promise<Session> {
        const client = connection as unknown as Internals;
        return new Promise((resolve, reject) => {
            const opened: Opened = (error, channel) => {
                if (error) reject(new Error(`ssh: rejected: ${error.message}`));
                else resolve(new Session(client, channel));
            };
            opened.type = "session";
            client._protocol.session(client._chanMgr.add(opened), 2 * 1024 * 1024, 32 * 1024);
        });
    }

    setenv(name: string, value: string): Promise<void> {
        return this.request("ssh: setenv failed", id => this.client._protocol.env(id, name, value, true));
    }

    async exec(command: string): Promise<void> {
        await this.request(`ssh: command ${command} failed`, id => this.client._protocol.exec(id, command, true));
        this.channel.subtype = "exec";
        this.channel.allowHalfOpen = true;
    }

    // The server answers requests in the order in which they came; a channel that closes answers all that are left with an error.
    private request(refused: string, send: (channel: number) => void): Promise<void> {
        const lost = () => this.channel.incoming.state === "closed";
        return new Promise((resolve, reject) => {
            if (lost()) return reject(new Error("EOF"));
            this.channel._callbacks.push(failed => {
                if (failed) reject(new Error(lost() ? "EOF" : refused));
                else resolve();
            });
            send(this.channel.outgoing.id);
        });
    }
}
