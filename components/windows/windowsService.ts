import * as pulumi from "@pulumi/pulumi";
import { serviceKey } from "../../drift/services";
import { Drifted } from "../../drift/types";
import { Mode, Restart, ServiceState, StartType } from "../choices";
import { choice, needed, number, plain, text } from "../internal/checkArgs";
import { clock } from "../internal/clock";
import { Component } from "../internal/component";
import { serviceName } from "../internal/formats";
import { reporter } from "../internal/report";
import { hostInternals, isHost } from "./host/hostInternals";
import { checkDocument, DocumentArgs, documentChecks, DocumentKind, DocumentPlanner } from "./shared/documentArgs";
import { manageDocument } from "./shared/managedDocument";
import { checkService, checkServiceOnHost, restartWish, serviceDesired } from "./windowsService/service";

/** Arguments of `WindowsService`. At least one of `state`, `startType`, `restart` and `restartAfter` has to be given. */
export interface WindowsServiceArgs extends Omit<DocumentArgs, "restartServices"> {
    /** The service's own name, not the one that is displayed. */
    service: string;
    /** `running` or `stopped`. Default: left as it is. */
    state?: ServiceState;
    /** `automatic`, `automaticDelayed`, `manual` or `disabled`. Default: left as it is. */
    startType?: StartType;
    /** `whenNeeded` restarts the service, at most once a run, where a component declared before this one names it in `restartServices` and has changed a value since it started. Default `never`. */
    restart?: Restart;
    /** A service that started before this UTC time (`2026-11-28T22:00:00Z`) is restarted once, by the first run after it. Default: no such restart. */
    restartAfter?: string;
    /** Seconds to wait for each start and stop, 1 to 3600, less than the host's `commandTimeout`. Default 120. */
    timeout?: number;
}

/**
 * A service of a Windows host: whether it runs, how it starts, and its restart once values that it reads at its start were changed. Services that
 * need it are stopped with it; a restart starts exactly these again.
 *
 * Source: learn.microsoft.com, "Service State Transitions" and "SERVICE_DELAYED_AUTO_START_INFO".
 */
export class WindowsService extends Component {
    /** `compliant`, `drifted`, `unknown` (not everything could be read) or `enforced` (repaired or restarted by this run). */
    public readonly state: pulumi.Output<string>;
    /** What is not as declared when the run ends, by value id (`SERVICE\NAME\\State` and `SERVICE\NAME\\StartType`). */
    public readonly drift: pulumi.Output<Record<string, Drifted>>;
    /** What this run repaired, in the same form. */
    public readonly repaired: pulumi.Output<Record<string, Drifted>>;
    /** Name of the host in the program. */
    public readonly hostName: pulumi.Output<string>;
    /** The service, where it has to restart and this run has not restarted it. */
    public readonly restartPending: pulumi.Output<string[]>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, args: WindowsServiceArgs, opts?: pulumi.ComponentResourceOptions) {
        checkDocument(name, args, kind);
        super("hybrid-identity:windows:WindowsService", name, opts);

        const document = manageDocument(this, name, args, kind);
        const { restartAfter, mode } = args;
        if (mode !== Mode.audit && restartAfter !== undefined && Date.parse(restartAfter) > clock.now().getTime()) {
            reporter.info(`${name}: "restartAfter" is ${restartAfter}, which is yet to come: the first update after it restarts ${args.service}, and none before`, this);
        }

        this.state = document.state;
        this.drift = document.drift;
        this.repaired = document.repaired;
        this.hostName = document.hostName;
        this.restartPending = document.restartPending;
        this.registerOutputs({
            state: this.state,
            drift: this.drift,
            repaired: this.repaired,
            hostName: this.hostName,
            restartPending: this.restartPending,
            onRemoval: document.onRemoval,
        });
    }
}

const { restartServices: _, ...checks } = documentChecks;

const kind: DocumentKind<WindowsServiceArgs> = {
    type: "windows.WindowsService",
    checks: {
        ...checks,
        service: needed(serviceName),
        state: choice(ServiceState),
        startType: choice(StartType),
        restart: choice(Restart),
        restartAfter: plain(text),
        timeout: plain(number),
    },
    plannerFor,
};

function plannerFor(args: WindowsServiceArgs): DocumentPlanner {
    const desired = serviceDesired(args);
    return {
        inputs: {},
        check: (_inputs, refused) => ({ problems: checkService(args, isHost(args.host) ? hostInternals(args.host).commandTimeout : Infinity, refused), desired, reads: { [serviceKey(args.service)]: ["State", "StartType"] } }),
        decide: (_inputs, { values }) => ({ desired, problems: checkServiceOnHost(args, values, args.mode === "audit") }),
        needsReboot: false,
        waitSeconds: args.timeout ?? 120,
        wish: restartWish(args),
    };
}
