import { randomUUID } from "node:crypto";
import { DEFAULT_ROLES, MFA_ROLES } from "../lab/tenant/seed";
import { startTenant } from "../lab/tenant/tenant";
import type { Show } from "./measure";
import { Project, type Taken } from "./project";

/** The numbers of many people in one resource: the run that sets them all, and a preview without a change. */
export interface MfaResults {
    people: number;
    up: MfaRun;
    preview: MfaRun;
}

interface MfaRun extends Taken {
    batches: number;
    /** Other calls of Graph. */
    others: number;
}

const people = 10_000;

export async function measureMfa(environment: NodeJS.ProcessEnv, show: Show): Promise<MfaResults> {
    const tenant = await startTenant();
    tenant.grant([...DEFAULT_ROLES, ...MFA_ROLES]);
    tenant.state.users = Array.from({ length: people }, (_, at) => ({ id: randomUUID(), displayName: "", userPrincipalName: `p${at}@hybrididentity.example` }));
    const project = new Project("mfa", { ...environment, ...tenant.environment, ARM_USE_CLI: "false" }, { count: people });
    const counted = async (what: string, work: () => Promise<Taken>): Promise<MfaRun> => {
        tenant.resetCalls();
        const taken = await show(`mfa, ${people} people: ${what}`, work);
        const paths = tenant.calls.map(({ path }) => path).filter((path) => /^\/(v1\.0|beta)\//.test(path));
        const batches = paths.filter((path) => path.endsWith("/$batch")).length;
        return { ...taken, batches, others: paths.length - batches };
    };
    try {
        const up = await counted("first up", () => project.first());
        return { people, up, preview: await counted("preview", () => project.preview()) };
    } finally {
        project.remove();
        await tenant.stop();
    }
}
