import { randomInt } from "node:crypto";
import type { Counters } from "./host/counters";
import { parseFault, UsageError, type Fault } from "./host/faults";
import { pretendHost, type PretendHost, type PretendService } from "./host/host";
import { hostKeyOf } from "./host/hostKey";
import { ROOT } from "./host/records";
import { newInstaller } from "./host/installer";
import { Registry, type RegistryData } from "./host/registry";
import { HostServer } from "./host/server";
import { addService } from "./host/control";
import type { Logons } from "./keys";
import { profileOf } from "./profiles";
import { readWhole, writeWhole } from "./store";

/** Windows refuses these to administrators too. */
const SYSTEM_ONLY = ["HKLM\\SAM\\SAM", "HKLM\\SECURITY"];

/** What a host keeps over a restart of the lab. Faults are not kept. */
interface Saved {
    bootTime: string;
    services: PretendHost["services"];
    modules: PretendHost["modules"];
    files: PretendHost["files"];
    registry: RegistryData;
    accounts: PretendHost["accounts"];
    events: PretendHost["events"];
    /** Missing where an older lab wrote it. */
    passwords?: PretendHost["passwords"];
    certificates?: PretendHost["certificates"];
}

export interface LabHostOptions {
    port: number;
    processStartMs: number;
    logons: Logons;
    moduleText: () => string;
    mayForward: (port: number) => boolean;
    /** Where the state is kept; undefined for memory only. */
    file: string | undefined;
}

/** One pretend Windows server with its SSH server. */
export class LabHost {
    readonly address = "127.0.0.1";
    /** Stays the same while the host is stopped. */
    port = 0;
    /** OpenSSH public key line. */
    readonly hostKey: string;
    /** Elevated. */
    readonly user = "administrator";
    readonly password: string;
    /** OpenSSH private key text of `user`. */
    readonly privateKey: string;
    /** Not elevated; no password. */
    readonly observerUser = "observer";
    /** OpenSSH private key text of `observerUser`. */
    readonly observerKey: string;
    readonly state: PretendHost;
    /** Called before each command does its work, with `probe`, `install`, `set`, `remove`, `get`, ... */
    onExec?: (operation: string) => void;
    private readonly server: HostServer;
    private current: Fault | undefined;
    private saved = "";
    private snapshots: Record<string, Saved> = {};
    private listening = false;

    constructor(
        readonly name: string,
        private readonly options: LabHostOptions,
    ) {
        const hostKey = hostKeyOf(name);
        const { password, administrator, observer } = options.logons;
        this.hostKey = hostKey.public;
        this.password = password;
        this.privateKey = administrator.private;
        this.observerKey = observer.private;
        this.state = pretendHost({ facts: profileOf(name).facts });
        SYSTEM_ONLY.forEach(key => this.state.registry.deny(key));
        this.reset();
        this.load();
        this.server = new HostServer({
            state: this.state,
            accounts: [
                { user: this.user, password, publicKey: administrator.public, elevated: true, groups: [] },
                { user: this.observerUser, publicKey: observer.public, elevated: false, groups: ["CONTOSO\\Pulumi readers"] },
            ],
            hostKey: hostKey.private,
            wrongHostKey: hostKeyOf(`${name}, another machine`).private,
            processStartMs: options.processStartMs,
            fault: () => this.current,
            moduleText: options.moduleText,
            mayForward: options.mayForward,
            beforeExec: operation => this.onExec?.(operation),
            changed: () => this.save(),
        });
    }

    /** Answers on its port, the same as before a `stop`. Rejects where the port is taken. */
    async start(): Promise<void> {
        if (!this.listening) {
            const port = this.port || this.options.port;
            this.port = port === 0 ? await this.listenAnywhere() : await this.server.listen(port);
            this.listening = true;
        }
    }

    /** On a port that no system hands out by itself: while this host is stopped, nobody else comes to listen there. */
    private async listenAnywhere(): Promise<number> {
        for (let left = 50; ; left--) {
            try {
                return await this.server.listen(randomInt(10_000, 30_000));
            } catch (error) {
                if (left === 0 || (error as NodeJS.ErrnoException).code !== "EADDRINUSE") {
                    throw error;
                }
            }
        }
    }

    /** Ends all connections and refuses new ones. */
    async stop(): Promise<void> {
        this.save();
        if (this.listening) {
            this.listening = false;
            await this.server.close();
        }
    }

    get counters(): Counters {
        return this.server.counters;
    }

    resetCounters(): void {
        this.server.resetCounters();
    }

    /** The fault as it was asked for, or `none`. */
    get faultName(): string {
        return this.current?.text ?? "none";
    }

    /** Sets the one fault of this host: `NAME`, `NAME:ARGUMENT`, `NAME@COMMAND`, or `none`. Throws UsageError. */
    async fault(text: string): Promise<void> {
        const fault = parseFault(text);
        const { registry, facts } = this.state;
        registry.allowAll();
        SYSTEM_ONLY.forEach(key => registry.deny(key));
        facts.languageMode = fault?.name === "constrained" ? "ConstrainedLanguage" : "FullLanguage";
        this.state.mutexHeldBy = fault?.name === "mutexHeld" ? "other.stack/document, process 4711, since 2026-11-22T08:30:00.000Z" : "";
        if (fault?.name === "deniedKey" || fault?.name === "readOnlyKey") {
            registry.deny(fault.argument, fault.name === "deniedKey" ? "all" : "write");
        }
        this.state.installer.exitCode = fault?.name === "setupEnds" ? Number(fault.argument) : 0;
        this.state.installer.busy = fault?.name === "setupBusy";
        if (fault?.name === "deniedRecords") {
            registry.deny(ROOT);
        }
        for (const [service, known] of Object.entries(this.state.services)) {
            const hit = fault?.argument === service ? /^service(Fails|Hangs|Denied)$/.exec(fault.name)?.[1]?.toLowerCase() : undefined;
            known.fault = hit as PretendService["fault"];
        }
        this.current = fault;
        await (fault?.name === "unreachable" ? this.stop() : this.start());
    }

    /** Ends all connections; boot and service start times are now. */
    reboot(): void {
        this.server.dropAll();
        this.boot();
        this.save();
    }

    snapshot(name = "default"): void {
        this.snapshots[name] = this.toSaved();
        this.save();
    }

    /** Throws UsageError where there is no such snapshot. */
    restore(name = "default"): void {
        const snapshot = this.snapshots[name];
        if (!snapshot) {
            throw new UsageError(`${this.name} has no snapshot "${name}"; it has: ${Object.keys(this.snapshots).join(", ") || "none"}`);
        }
        this.server.dropAll();
        this.adopt(snapshot);
        this.save();
    }

    /** A new machine of the same name: no module, no records, the start registry. Snapshots stay. */
    reimage(): void {
        this.server.dropAll();
        this.reset();
        this.save();
    }

    /** Keeps the state on disk, where there is a folder for it. To be called after changes to `state` by hand. */
    save(): void {
        if (this.options.file !== undefined) {
            const text = JSON.stringify({ ...this.toSaved(), snapshots: this.snapshots }, null, 1);
            if (text !== this.saved) {
                writeWhole(this.options.file, text);
                this.saved = text;
            }
        }
    }

    private load(): void {
        const text = this.options.file && readWhole(this.options.file);
        if (text) {
            const { snapshots, ...saved } = JSON.parse(text) as Saved & { snapshots: Record<string, Saved> };
            this.adopt(saved);
            this.snapshots = snapshots;
            this.saved = text;
        }
    }

    private reset(): void {
        const { registry, services, accounts, passwords, certificates } = profileOf(this.name);
        this.state.registry.restore(new Registry(registry).snapshot());
        this.state.modules = {};
        this.state.files = {};
        this.state.accounts = { ...accounts };
        this.state.passwords = { ...passwords };
        this.state.certificates = certificates;
        this.state.events = [];
        this.state.installer = newInstaller();
        this.state.services = Object.fromEntries(services.map(service => [service, { state: "Running", startTime: "" }]));
        // On every Windows, and of no use there.
        addService(this.state, "RpcLocator");
        this.boot();
    }

    private boot(): void {
        this.state.bootTime = this.state.clock().toISOString();
        for (const [name, service] of Object.entries(this.state.services)) {
            service.startTime = service.state === "Running" ? this.state.bootTime : "";
            if (service.state === "Running") {
                this.state.onStart?.(name);
            }
        }
    }

    private toSaved(): Saved {
        const { bootTime, services, modules, files, registry, accounts, events, passwords, certificates } = this.state;
        return structuredClone({ bootTime, services, modules, files, registry: registry.snapshot(), accounts, events, passwords, certificates });
    }

    private adopt({ registry, ...state }: Saved): void {
        this.state.registry.restore(registry);
        Object.assign(this.state, structuredClone(state));
    }
}
