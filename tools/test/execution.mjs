import { join } from "node:path";
import { findPowerShell } from "./powershell.mjs";
import { provideWindowsHost } from "./windows-host.mjs";

/**
 * Provides what executes the PowerShell module: a PowerShell on this system and a Windows host.
 * @param {{ root: string, env: NodeJS.ProcessEnv, folder: string, wanted: boolean }} context `folder`: for what is started; `wanted`: tests
 * will use it
 * @returns {Promise<{ environment: NodeJS.ProcessEnv, lines: string[], lacking: string[], stop: () => Promise<void> }>} `lines` say what it
 * is; `lacking`: what is missing though HYBRID_IDENTITY_REQUIRE_POWERSHELL is 1; `stop` comes last
 */
export async function provideExecution({ root, env, folder, wanted, ...pieces }) {
    if (!wanted) return { environment: env, lines: [], lacking: [], stop: async () => {} };
    const powershell = await findPowerShell({ root, env });
    const host = await provideWindowsHost({ root, env: powershell.environment, folder: join(folder, "windows-host"), ...pieces });
    const found = Object.entries({ PowerShell: powershell, "Windows host": host });
    const required = env.HYBRID_IDENTITY_REQUIRE_POWERSHELL === "1";
    return {
        environment: host.environment,
        lines: found.map(([what, { description, missing }]) => `${what}: ${description ?? `not executed (${missing})`}.`),
        lacking: found.filter(([, { missing }]) => required && missing !== undefined).map(([what]) => what),
        stop: host.stop,
    };
}
