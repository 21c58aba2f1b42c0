// A tenant with people, and what the resource types of their MFA need to reach it, without gRPC.
import { randomUUID } from "node:crypto";
import { globalAgent } from "node:https";
import { DEFAULT_ROLES, MFA_ROLES } from "../../../lab/tenant/seed";
import type { User } from "../../../lab/tenant/state";
import { startTenant, type Tenant } from "../../../lab/tenant/tenant";
import { cloudOf } from "../../../provider/clients/cloud";
import { graphClient } from "../../../provider/clients/graph";
import { shared } from "../../../provider/clients/shared";
import { trustEnvironment } from "../../../provider/clients/trust";
import { settingsOf } from "../../../provider/config";
import type { Context } from "../../../provider/resources/resource";

const domain = "hybrididentity.example";

/** Name of somebody, as `People.add` calls the one with this number. */
export const upn = (at: number): string => `p${at}@${domain}`;

export class People {
    readonly waits: number[] = [];
    /** What was told, warnings with an exclamation mark before them. */
    readonly told: string[] = [];
    context!: Context;
    private readonly trusted = { ca: globalAgent.options.ca, secureContext: globalAgent.options.secureContext };

    private constructor(readonly tenant: Tenant) {
        trustEnvironment(tenant.environment);
    }

    static async start(): Promise<People> {
        return new People(await startTenant());
    }

    /** So many people without a number, in a tenant without faults where the caller may do all. */
    reset(many: number, roles = [...DEFAULT_ROLES, ...MFA_ROLES]): void {
        const { tenant } = this;
        tenant.behaviour.reset();
        tenant.grant(roles);
        tenant.resetCalls();
        tenant.state.groups = [];
        tenant.state.users = Array.from({ length: many }, (_, at) => ({ id: randomUUID(), displayName: `Person ${at}`, userPrincipalName: upn(at) }));
        this.newRun();
    }

    newRun(): void {
        this.waits.length = this.told.length = 0;
        const settings = settingsOf({}, this.tenant.environment);
        const wait = async (milliseconds: number) => void this.waits.push(milliseconds);
        const cloud = shared((signal?: AbortSignal) => cloudOf(settings, signal));
        const nothing = () => Promise.reject(new Error("Graph has to do"));
        const tell = (message: string, warning = false) => void this.told.push(`${warning ? "! " : ""}${message}`);
        this.context = { graph: graphClient(settings, cloud, { wait }), exchange: nothing, ews: nothing, declaredBy: new Map(), wait, tell, signal: new AbortController().signal };
    }

    user(at: number): User {
        return this.tenant.state.users[at]!;
    }

    /** A group of these people; its id. */
    group(members: string[]): string {
        const id = randomUUID();
        this.tenant.state.groups.push({ id, displayName: "MFA", members });
        return id;
    }

    /** How many batches were sent. */
    get batches(): number {
        return this.tenant.calls.filter(({ path }) => path.endsWith("/$batch")).length;
    }

    async stop(): Promise<void> {
        Object.assign(globalAgent.options, this.trusted);
        await this.tenant.stop();
    }
}
