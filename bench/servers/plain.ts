import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Server, type ServerChannel } from "ssh2";
import { Traffic } from "../../lab/host/counters";
import { hostKeyOf } from "../../lab/host/hostKey";
import { logons } from "../../lab/keys";
import { answerParent, sum } from "./remote";

// Plain SSH servers for the programs without this library: they read stdin, take as long as a PowerShell takes to start, and succeed.
// They check no logon and keep no registry, which is in favour of those programs.
const user = "administrator";
let processStartMs = 0;
let cpu = process.cpuUsage();
let traffics: Traffic[] = [];
let listeners: net.Server[] = [];

answerParent({
    start: async (names) => {
        listeners.forEach((listener) => listener.close());
        [traffics, listeners] = [[], []];
        const servers = await Promise.all(
            names.map(async (name) => ({ name, address: "127.0.0.1", port: await listen(name), user, hostKey: hostKeyOf(name).public })),
        );
        return { servers, privateKey: logons(undefined).administrator.private };
    },
    processStart: async (ms) => {
        processStartMs = ms;
    },
    write: async () => undefined,
    count: async () => {
        const work = sum(traffics.map(({ counters }) => counters), cpu);
        traffics.forEach((traffic) => traffic.reset());
        cpu = process.cpuUsage();
        return work;
    },
});

function listen(name: string): Promise<number> {
    const traffic = new Traffic();
    const listener = net.createServer((socket) => {
        traffic.opened(socket);
        socket.setNoDelay(true);
        const server = new Server({ hostKeys: [hostKeyOf(name).private] }, (client) => {
            client.on("error", () => socket.destroy());
            client.on("authentication", (context) => (context.method === "publickey" ? context.accept() : context.reject(["publickey"])));
            client.on("session", (accept) => {
                accept()
                    .on("env", (acceptEnv) => acceptEnv?.())
                    .on("exec", (acceptExec) => {
                        traffic.count("execs");
                        void run(acceptExec());
                    });
            });
        });
        server.injectSocket(socket);
    });
    traffics.push(traffic);
    listeners.push(listener);
    return new Promise((resolve) => listener.listen(0, "127.0.0.1", () => resolve((listener.address() as net.AddressInfo).port)));
}

async function run(channel: ServerChannel): Promise<void> {
    const ended = new Promise((resolve) => channel.once("end", resolve).once("close", resolve));
    channel.on("error", () => undefined).resume();
    await Promise.all([delay(processStartMs), ended]);
    channel.exit(0);
    channel.end();
}
