import { join } from "node:path";
import { findPowerShell } from "./powershell.mjs";
import { provideWindowsHost } from "./windows-host.mjs";

/**
 * Provides what executes the PowerShell module: a PowerShell on this system and a Windows host.
 * @param {{ root: string, env: NodeJS.ProcessEnv, folder: string, wanted: boolean }} context `folder`: for what is started; `wanted`: tests
 * will use it
 * @returns {Promise<{ environment: NodeJS.ProcessEnv, lines: string[], lacking: string[], stop: () => Promise<void> }>} `lines` say what it
 * is; `lacking`: those of them that make the test run fail, where HYBRID_IDENTITY_REQUIRE_POWERSHELL is 1; `stop` comes last
 */
export async function provideExecution({ root, env, folder, wanted, ...pieces }) {
    if (!wanted) return { environment: env, lines: [], lacking: [], stop: async () => {} };
    const powershell = await findPowerShell({ root, env });
    const host = await provideWindowsHost({ root, env: powershell.environment, folder: join(folder, "windows-host"), ...pieces });
    const lines = Object.entries({ PowerShell: powershell, "Windows host": host }).map(([what, { description, missing }]) => ({
        text: `${what}: ${description ?? `not executed (${missing})`}.`,
        missing,
    }));
    const required = env.HYBRID_IDENTITY_REQUIRE_POWERSHELL === "1";
    return {
        environment: host.environment,
        lines: lines.map(({ text }) => text),
        lacking: lines.filter(({ missing }) => required && missing !== undefined).map(({ text }) => text),
        stop: host.stop,
    };
}
