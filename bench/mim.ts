import { startLab } from "../lab/lab";
import { startTenant } from "../lab/tenant/tenant";
import type { Show } from "./measure";
import { median } from "./median";
import { Project } from "./project";

/** Previews without a change of one MIM server: of its TLS alone, and of all of its mail. In milliseconds. */
export interface MimResults {
    tls: number;
    portalMail: number;
}

const programs = { tls: "mimTls", portalMail: "portalMail" };
const names = Object.keys(programs) as (keyof MimResults)[];
const rounds = 5;

export async function measureMim(environment: NodeJS.ProcessEnv, show: Show): Promise<MimResults> {
    const tenant = await startTenant();
    // Each program has a server of its own.
    const lab = await startLab({ hosts: ["mim01"], processStartMs: 350 });
    const other = await startLab({ hosts: ["mim01"], processStartMs: 350 });
    const inLab = { ...environment, ...tenant.environment, ARM_USE_CLI: "false", AZUREAD_STANDIN_POLL: "0.1" };
    const projects = names.map((name, at) => {
        const { address, port, user, hostKey, privateKey } = [lab, other][at]!.hosts["mim01"]!;
        return new Project(programs[name], inLab, { servers: [{ name: "mim01", address, port, user, hostKey }], values: 0, privateKey });
    });
    const taken: Record<keyof MimResults, number[]> = { tls: [], portalMail: [] };
    try {
        for (const [at, project] of projects.entries()) {
            await show(`${programs[names[at]!]}: first up`, () => project.first());
        }
        for (let round = 1; round <= rounds; round++) {
            for (const [at, project] of projects.entries()) {
                const { ms } = await show(`${programs[names[at]!]}: preview ${round} of ${rounds}`, () => project.preview());
                taken[names[at]!].push(ms);
            }
        }
    } finally {
        projects.forEach((project) => project.remove());
        await Promise.all([lab.stop(), other.stop(), tenant.stop()]);
    }
    return { tls: median(taken.tls), portalMail: median(taken.portalMail) };
}
