import { startLab, type Lab } from "../../lab/lab";
import { answerParent, sum } from "./remote";

// Pretend Windows hosts of the lab, in a process of their own.
let lab: Lab | undefined;
let cpu = process.cpuUsage();
const hosts = () => Object.values(lab?.hosts ?? {});

answerParent({
    start: async (names) => {
        await lab?.stop();
        lab = await startLab({ hosts: names });
        const privateKey = hosts()[0]?.privateKey ?? "";
        return { servers: hosts().map(({ name, address, port, user, hostKey }) => ({ name, address, port, user, hostKey })), privateKey };
    },
    processStart: async (ms) => {
        // The lab's own process start is fixed when it starts, and a restart would take other ports.
        await Promise.all(hosts().map((host) => host.fault(ms === 0 ? "none" : `slow:${ms}`)));
    },
    write: async (values) => {
        for (const { state } of hosts()) {
            for (const [key, names] of Object.entries(values)) {
                Object.entries(names).forEach(([name, notation]) => state.registry.set(key, name, notation));
            }
        }
    },
    count: async () => {
        const work = sum(hosts().map(({ counters }) => counters), cpu);
        hosts().forEach((host) => host.resetCounters());
        cpu = process.cpuUsage();
        return work;
    },
});
