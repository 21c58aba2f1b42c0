import { join } from "node:path";
import { moduleFolder, readModule } from "../powershell/moduleText";
import { UsageError } from "./host/faults";
import { LabHost } from "./labHost";
import { logons } from "./keys";
import { DEFAULT_HOSTS } from "./profiles";

export { LabHost } from "./labHost";

export interface LabOptions {
    /** Where state and keys are kept; without it everything is in memory only. */
    dir?: string;
    /** Default: mim01 (Server 2019), exch01 (Server 2022), edge01 (Server 2025). Any other name is a plain Server 2022. */
    hosts?: string[];
    /** How long a PowerShell takes to start, in milliseconds. Default 0. */
    processStartMs?: number;
    /** Ports by host name. Default: free ones. */
    ports?: Record<string, number>;
    /** Whether the hosts' state is kept in `dir`. Default true. */
    persist?: boolean;
}

export interface Lab {
    hosts: Record<string, LabHost>;
    /** The folder of the module that probes and installs must carry; may be changed, for the upgrade of a library. */
    moduleFolder: string;
    stop(): Promise<void>;
}

/** Starts pretend hosts on 127.0.0.1. Rejects with UsageError where a port is taken. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
    const { dir, persist = true, ports = {} } = options;
    const names = options.hosts ?? DEFAULT_HOSTS;
    const bad = names.find(name => !/^[a-z0-9-]{1,15}$/.test(name));
    if (bad !== undefined) {
        throw new UsageError(`"${bad}" is no name for a host: 1 to 15 of a-z, 0-9 and -`);
    }
    const keys = logons(dir);
    const text = () => readModule(lab.moduleFolder).psm1;
    const hosts = Object.fromEntries(
        names.map(name => {
            const file = dir !== undefined && persist ? join(dir, "hosts", `${name}.json`) : undefined;
            const mayForward = (port: number): boolean => Object.values(hosts).some(host => host.port === port);
            return [name, new LabHost(name, { port: ports[name] ?? 0, processStartMs: options.processStartMs ?? 0, logons: keys, moduleText: text, mayForward, file })];
        }),
    );
    const lab: Lab = {
        hosts,
        moduleFolder,
        stop: async () => {
            await Promise.all(Object.values(hosts).map(host => host.stop()));
        },
    };
    try {
        await Promise.all(Object.values(hosts).map(startHost));
    } catch (error) {
        await lab.stop();
        throw error;
    }
    return lab;
}

async function startHost(host: LabHost): Promise<void> {
    try {
        await host.start();
        host.save();
    } catch (error) {
        const { code, port } = error as NodeJS.ErrnoException & { port?: number };
        throw code === "EADDRINUSE" ? new UsageError(`port ${port} for ${host.name} is taken by another program on 127.0.0.1; end that program first, or start on other ports with --port FIRST`) : error;
    }
}
