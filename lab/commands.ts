import { BadNotation, normalNotation } from "./host/notation";
import { BadName, nativePath } from "./host/paths";
import { UsageError } from "./host/faults";
import { Failure } from "./host/reply";
import { findService, serviceState, setServiceState, setStartType, startType } from "./host/control";
import { certificate, CERTIFICATE_USAGE } from "./certificateCommands";
import type { Lab, LabHost } from "./lab";
import { account, MIM_USAGE, scheduler, setup } from "./mimCommands";

export const USAGE = `npm run lab -- COMMAND
  start [--hosts A,B,...] [--port FIRST] [--process-start MS]
                                         start the pretend hosts (mim01, exch01, edge01 on ports from 2201, the tenant 9 behind the first, a mail relay behind it);
                                         PowerShell takes 350 ms to start
  status                                 hosts, ports, faults and counters
  stop                                   end the lab; its state stays in its folder
  registry get HOST KEY [NAME]           one value, or everything below the key
  registry set HOST KEY NAME TYPE:DATA   for example dword:1, string:text, multi:["a","b"], binary:0aff
  registry delete HOST KEY [NAME]        one value, or the key with everything below it
  service HOST NAME [Running|Stopped] [Automatic|AutomaticDelayed|Manual|Disabled]
                                         how a service stands, or what an administrator makes of it
  fault HOST NAME|none                   break something; a wrong name lists what there is
  reboot | reimage HOST                  restart it, or set it up anew
  snapshot | restore HOST [NAME]         remember its state, and put it back
${MIM_USAGE}
${CERTIFICATE_USAGE}
  tenant show|set|remove [PATH] [VALUE]  look at the pretend Entra tenant and tamper with it; a wrong path says what there is
  pulumi ARGS...                         the Pulumi CLI with the lab's own state
  report --stack NAME [--out FOLDER]     what drifted in one of its stacks, as Markdown, JSON and a page
Everywhere: --dir DIR (or LAB_DIR), the lab's folder; default .lab`;

const PATH_HINT = "In bash put single quotes around it.";

/** Runs one command of a person on a running lab and returns what to print. Throws UsageError. */
export async function runCommand(lab: Lab, [command = "", ...args]: string[]): Promise<string> {
    switch (command) {
        case "status":
            return status(lab);
        case "registry":
            return registry(lab, args);
        case "service":
            return service(lab, args);
        case "account":
            return account(hostOf(lab, args[0]), args.slice(1));
        case "scheduler":
            return scheduler(hostOf(lab, args[0]), args.slice(1));
        case "setup":
            return setup(hostOf(lab, args[0]), args.slice(1));
        case "certificate":
            return certificate(hostOf(lab, args[0]), args.slice(1));
        case "fault": {
            const host = hostOf(lab, args[0]);
            await host.fault(args[1] ?? "");
            return `${host.name}: fault ${host.faultName}`;
        }
        case "reboot":
        case "reimage": {
            const host = hostOf(lab, args[0]);
            host[command]();
            return `${host.name}: ${command === "reboot" ? "rebooted" : "set up anew"}`;
        }
        case "snapshot":
        case "restore": {
            const host = hostOf(lab, args[0]);
            host[command](args[1]);
            return `${host.name}: ${command === "snapshot" ? "remembered" : "put back"}`;
        }
        default:
            throw new UsageError(`unknown command "${command}"\n${USAGE}`);
    }
}

/** Hosts, addresses, faults and counters. */
export function status(lab: Lab): string {
    const rows = Object.values(lab.hosts).map(host => {
        const { connections, openConnections, logons, failedLogons, execs, files, writtenValues } = host.counters;
        return [
            host.name.padEnd(10),
            `${host.address}:${host.port}`.padEnd(16),
            host.state.facts.osName.padEnd(32),
            `fault ${host.faultName}`.padEnd(12),
            `connections ${connections} (${openConnections} open), logons ${logons} (${failedLogons} refused), commands ${execs}, files ${files}, values written ${writtenValues}`,
        ].join("  ");
    });
    return rows.join("\n");
}

function registry(lab: Lab, [verb = "", name, key, ...rest]: string[]): string {
    if (!["get", "set", "delete"].includes(verb)) {
        throw new UsageError(`registry takes get, set or delete, received "${verb}"`);
    }
    const host = hostOf(lab, name);
    const [valueName, notation] = rest;
    if (key === undefined || rest.length > 2 || (verb === "set") !== (notation !== undefined)) {
        throw new UsageError(`registry ${verb} takes HOST KEY ${verb === "set" ? "NAME TYPE:DATA" : "[NAME]"}\n${USAGE}`);
    }
    const answer = orUsage(() => {
        const path = nativePath(key);
        switch (verb) {
            case "set":
                return setValue(host, path, valueName ?? "", notation ?? "");
            case "delete":
                return deleted(valueName === undefined ? host.state.registry.deleteKey(path) : host.state.registry.deleteValue(path, valueName));
            default:
                return valueName === undefined ? tree(host, path) : host.state.registry.get(path, valueName);
        }
    });
    host.save();
    return answer;
}

function service(lab: Lab, [name, service = "", ...words]: string[]): string {
    const host = hostOf(lab, name);
    if (!findService(host.state, service)) {
        throw new UsageError(`${host.name} has no service "${service}"; it has: ${Object.keys(host.state.services).join(", ")}`);
    }
    const wrong = words.find(word => !/^(Running|Stopped|Automatic|AutomaticDelayed|Manual|Disabled)$/.test(word));
    if (wrong !== undefined) {
        throw new UsageError(`a service gets Running or Stopped, and Automatic, AutomaticDelayed, Manual or Disabled; received "${wrong}"`);
    }
    try {
        // As an administrator does it: a disabled service does not start.
        const startTypesFirst = [...words].sort((a, b) => Number(/^(Running|Stopped)$/.test(a)) - Number(/^(Running|Stopped)$/.test(b)));
        startTypesFirst.forEach(word => (/^(Running|Stopped)$/.test(word) ? setServiceState(host.state, service, word) : setStartType(host.state, service, word)));
    } catch (error) {
        throw error instanceof Failure ? new UsageError(error.message) : error;
    }
    host.save();
    return `${host.name}: ${service} ${serviceState(host.state, service)}, ${startType(host.state, service)}`;
}

function setValue({ state }: LabHost, path: string, name: string, notation: string): string {
    const before = state.registry.get(path, name);
    state.registry.set(path, name, normalNotation(notation));
    return `${before} -> ${state.registry.get(path, name)}`;
}

function deleted(done: boolean): string {
    return done ? "deleted" : "nothing was there";
}

function tree({ state }: LabHost, path: string): string {
    const lines = state.registry.keysBelow(path).flatMap(key => [key, ...state.registry.values(key).map(({ name, notation }) => `    ${name} = ${notation}`)]);
    return lines.length === 0 ? "absent" : lines.join("\n");
}

function hostOf(lab: Lab, name = ""): LabHost {
    const host = lab.hosts[name];
    if (!host) {
        throw new UsageError(`unknown host "${name}"; there are: ${Object.keys(lab.hosts).join(", ")}`);
    }
    return host;
}

function orUsage(work: () => string): string {
    try {
        return work();
    } catch (error) {
        throw error instanceof BadName || error instanceof BadNotation ? new UsageError(`${error.message}. ${PATH_HINT}`) : error;
    }
}
