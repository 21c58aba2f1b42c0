import { isTime, newTime } from "./time";
import type { Observation } from "./types";

/** Version and hash of a module, as in `ModuleText`. */
export interface ModuleIdentity {
    version: string;
    sha256: string;
}

/**
 * The marker at the end of the install command: the host's own, verbatim, where the host has the module and finished its installation, so
 * that nothing changes; else a new one, whose time was never in the host's.
 */
export function installMarker(module: ModuleIdentity, observation: Observation | undefined, now: Date): string {
    if (observation && isInstalled(module, observation)) {
        return observation.marker;
    }
    return `HybridIdentity ${module.version} sha256:${module.sha256} at ${newTime(observation && parseMarker(observation.marker)?.time, now)}`;
}

/** Whether the next update would send the module to a host, unless nothing is enforced there. */
export function needsModule(module: ModuleIdentity, observation: Observation): boolean {
    return !isInstalled(module, observation) && !hasNewerModule(module, observation);
}

function isInstalled({ version, sha256 }: ModuleIdentity, { marker, module }: Observation): boolean {
    return [parseMarker(marker), module].every((one) => one?.version === version && one.sha256 === sha256);
}

/** What the module's file is called on its way to be installed: another name each time, so that it is sent anew. */
export function copiedModule(marker: string): string {
    const { version = "", time = "" } = parseMarker(marker) ?? {};
    return `HybridIdentity-${version}-${time.replace(/[-:.]/g, "")}.psm1`;
}

/**
 * Whether another stack, with a newer release of this library, brought a newer module. Newer modules read older documents, so it stays: two stacks on
 * one host would otherwise install over each other for ever.
 */
export function hasNewerModule(module: ModuleIdentity, observation: Observation): boolean {
    const [found, own] = [observation.module?.version ?? "", module.version].map((version) => version.split(".").map(Number));
    const differs = own!.findIndex((number, at) => number !== found![at]);
    return observation.module !== null && differs >= 0 && found![differs]! > own![differs]!;
}

/** What to warn of when the module on a host is gone, was changed since its installation, or is not this library's; else undefined. */
export function moduleDrift(module: ModuleIdentity, observation: Observation): string | undefined {
    const known = parseMarker(observation.marker);
    const found = observation.module;
    const next = `It will be installed as ${module.version} (sha256 ${module.sha256}).`;
    if (found === null) {
        return known && `The module HybridIdentity ${known.version} was removed from the host. ${next}`;
    }
    if ((found.version === module.version && found.sha256 === module.sha256) || hasNewerModule(module, observation)) {
        return undefined;
    }
    const has = `The host has the module HybridIdentity ${found.version} (sha256 ${found.sha256})`;
    if (known && known.version === found.version && known.sha256 !== found.sha256) {
        return `${has}, which was changed since it was installed (sha256 ${known.sha256}). ${next}`;
    }
    return `${has}. ${next}`;
}

/** The same where administrators deploy the module: signed or not, the signature block does not count. */
export function deployedModuleDrift(module: ModuleIdentity, observation: Observation): string | undefined {
    const found = observation.module;
    if (found === null) {
        return 'The module HybridIdentity is not installed on the host. Deploy it there, or leave out module: "preinstalled".';
    }
    if (found.version === module.version && found.unsignedSha256 === module.sha256) {
        return undefined;
    }
    const has = `The host has the module HybridIdentity ${found.version} (sha256 ${found.unsignedSha256} without signature)`;
    return `${has}, this library brings ${module.version} (sha256 ${module.sha256}). Deploy that one.`;
}

/** Why commands that import the installed module would fail, and what to do; empty where nothing is known to be in their way. */
export function importProblems({ facts }: Observation): string[] {
    const problems: string[] = [];
    if (facts.moduleFound === false) {
        problems.push(
            "PSModulePath, as sessions of this host have it, does not hold %ProgramFiles%\\WindowsPowerShell\\Modules, so no command finds the " +
                "installed module and every one will fail. Add that folder to the PSModulePath of the machine and restart sshd.",
        );
    }
    if (facts.executionPolicy === "AllSigned" || facts.executionPolicy === "Restricted") {
        problems.push(
            `The execution policy of this host, as ${facts.user} has it, is ${facts.executionPolicy}: the installed module is not signed, so ` +
                "every command will fail. Run Set-ExecutionPolicy RemoteSigned; where a group policy sets it, change that, or sign the " +
                'module, deploy it and set module: "preinstalled".',
        );
    }
    return problems;
}

function parseMarker(marker: string): (ModuleIdentity & { time: string }) | undefined {
    const [, version, sha256, time] = /^HybridIdentity (\S+) sha256:([0-9a-f]{64}) at (\S+)$/.exec(marker) ?? [];
    return version !== undefined && sha256 !== undefined && time !== undefined && isTime(time) ? { version, sha256, time } : undefined;
}
