// Resource types of Exchange Online against the pretend tenant, without gRPC.
import { globalAgent } from "node:https";
import { startTenant, type Tenant } from "../../../lab/tenant/tenant";
import { cloudOf } from "../../../provider/clients/cloud";
import { ewsClient } from "../../../provider/clients/ews";
import { exchangeClient } from "../../../provider/clients/exchange";
import { shared } from "../../../provider/clients/shared";
import { trustEnvironment } from "../../../provider/clients/trust";
import { settingsOf } from "../../../provider/config";
import type { Context } from "../../../provider/resources/resource";

/** A tenant, and what resource types need to reach it. */
export class Exchange {
    /** How long somebody waited, oldest first; nobody really waits. */
    readonly waits: number[] = [];
    /** What was told meanwhile. */
    readonly told: string[] = [];
    context!: Context;
    private readonly trusted = { ca: globalAgent.options.ca, secureContext: globalAgent.options.secureContext };

    private constructor(readonly tenant: Tenant) {
        trustEnvironment(tenant.environment);
    }

    static async start(): Promise<Exchange> {
        return new Exchange(await startTenant());
    }

    /** A tenant without faults and a run of its own: lists that were shared before are forgotten. */
    reset(): void {
        this.tenant.behaviour.reset();
        this.tenant.resetCalls();
        this.newRun();
    }

    /** As another run of the provider. */
    newRun(): void {
        this.waits.length = this.told.length = 0;
        const settings = settingsOf({}, this.tenant.environment);
        const wait = async (milliseconds: number) => void this.waits.push(milliseconds);
        const cloud = shared((signal?: AbortSignal) => cloudOf(settings, signal));
        const exchange = exchangeClient(settings, cloud, { wait });
        const ews = ewsClient(settings, cloud, { wait });
        const graph = () => Promise.reject(new Error("Exchange Online has to do"));
        const tell = (progress: string) => void this.told.push(progress);
        this.context = { graph, exchange, ews, declaredBy: new Map(), wait, tell, signal: new AbortController().signal };
    }

    /** The cmdlets that were run, oldest first. */
    get cmdlets(): string[] {
        return this.tenant.calls.map(({ cmdlet }) => cmdlet).filter(name => name !== undefined);
    }

    async stop(): Promise<void> {
        Object.assign(globalAgent.options, this.trusted);
        await this.tenant.stop();
    }
}
