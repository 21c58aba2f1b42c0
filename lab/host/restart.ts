import type { PretendHost } from "./host";
import { ROOT } from "./records";
import { Failure } from "./reply";
import { runningDependents, serviceState, setServiceState, startType } from "./control";

/** Restarts a service and what it takes along, which is noted first. Throws Failure `service`. */
export function restartService(host: PretendHost, name: string): void {
    const again = [name, ...runningDependents(host, name).reverse()];
    host.registry.write(ROOT, "Restarting", `multi:${JSON.stringify(again)}`);
    setServiceState(host, name, "Stopped");
    completeRestart(host);
}

/** Starts what a restart has stopped, also one that was killed in the middle. Throws Failure `service`. */
export function completeRestart(host: PretendHost): void {
    const noted = host.registry.read(ROOT, "Restarting");
    if (!noted.startsWith("multi:")) {
        return;
    }
    for (const name of JSON.parse(noted.slice("multi:".length)) as string[]) {
        if (["absent", "Disabled"].includes(startType(host, name))) {
            continue;
        }
        setServiceState(host, name, "Running");
        if (serviceState(host, name) !== "Running") {
            throw new Failure("service", `The service ${name} was stopped to restart it and is ${serviceState(host, name)} after its start`);
        }
    }
    host.registry.write(ROOT, "Restarting", "absent");
}
