import { serviceKey, serviceStates, startTypes } from "../../../drift/services";
import { show } from "../../../drift/show";
import { Problem, RestartWish, ValueTree } from "../../../drift/types";
import type { Restart, ServiceState, StartType } from "../../choices";

/** What a program declares of a service. */
export interface ServiceChoice {
    service: string;
    state?: ServiceState;
    startType?: StartType;
    restart?: Restart;
    restartAfter?: string;
    timeout?: number;
}

/** What can be said about the arguments before the host is asked. */
export function checkService(args: ServiceChoice, commandTimeout: number, refused: ReadonlySet<string> = new Set()): Problem[] {
    const { state, startType, restartAfter, timeout } = args;
    const problems: Problem[] = [];
    const report = (property: string, message: string) => problems.push({ property, message });
    const restarts = restartWish(args) !== undefined;
    const known = ["state", "startType", "restart", "restartAfter"].every((one) => !refused.has(one));
    if (known && state === undefined && startType === undefined && !restarts) {
        report("state", "nothing is declared of the service; give state, startType, restart or restartAfter");
    }
    if (state === "stopped" && restarts) {
        report("state", 'a service that shall be stopped is not restarted; leave out "restart" and "restartAfter", or the state');
    }
    if (state === "running" && startType === "disabled") {
        report("startType", "a disabled service cannot be started; declare another start type, or another state");
    }
    if (restartAfter !== undefined && timeOf(restartAfter) === undefined) {
        report("restartAfter", `must be a UTC time such as "2026-11-28T22:00:00Z"; received ${show(restartAfter)}`);
    }
    const limit = Math.min(3600, commandTimeout - 1);
    if (timeout !== undefined && !(Number.isInteger(timeout) && timeout >= 1 && timeout <= limit)) {
        report("timeout", `must be a whole number of seconds from 1 to ${limit}, less than the host's "commandTimeout"; received ${timeout}`);
    }
    return problems;
}

export function serviceDesired({ service, state, startType }: ServiceChoice): ValueTree {
    const values = {
        ...(startType === undefined ? {} : { StartType: `string:${startTypes[startType]}` }),
        ...(state === undefined ? {} : { State: `string:${serviceStates[state]}` }),
    };
    return Object.keys(values).length === 0 ? {} : { [serviceKey(service)]: values };
}

/** What an update would refuse; a preview must not be greener. An audit starts nothing, so there what is disabled is drift. */
export function checkServiceOnHost(choice: ServiceChoice, values: ValueTree, audited = false): string[] {
    const { service, state, startType } = choice;
    const { State: found, StartType: type } = values[serviceKey(service)] ?? {};
    if (found === "absent") {
        return [`There is no service ${service}. Give the service's own name, not the one that is displayed: Get-Service shows both`];
    }
    const disabled = !audited && startType === undefined && type === `string:${startTypes.disabled}`;
    if (disabled && found === "string:Running" && restartWish(choice) !== undefined) {
        return [`The service ${service} runs and is disabled, so that it could not be started again after a restart. ${remedy}`];
    }
    const starts = state === "running" && found !== "string:Running" && found !== "string:Paused";
    return starts && disabled
        ? [`The service ${service} is disabled, so it cannot be started. ${remedy}`]
        : [];
}

const remedy = "Declare its startType (automatic, automaticDelayed or manual), or set it on the server";

export function restartWish({ service, restart, restartAfter }: ServiceChoice): RestartWish | undefined {
    const after = restartAfter === undefined ? undefined : timeOf(restartAfter);
    return restart === "whenNeeded" || restartAfter !== undefined ? { service, whenNeeded: restart === "whenNeeded", after } : undefined;
}

function timeOf(text: string): string | undefined {
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(text) ? new Date(text) : undefined;
    return time === undefined || Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
