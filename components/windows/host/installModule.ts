import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { copiedModule, deployedModuleDrift, hasNewerModule, importProblems, installMarker, moduleDrift, ModuleIdentity } from "../../../drift/marker";
import { installBlock, installRequest } from "../../../drift/request";
import { Observation } from "../../../drift/types";
import { moduleFile, moduleText } from "../../../powershell/moduleText";
import { installCommand } from "../../../remote/commands";
import { settled } from "../../internal/inputs";
import { reporter } from "../../internal/report";
import { withoutStack } from "../../internal/withoutStack";
import { installationNames } from "./commandsInState";
import { commandConnection, commandDefaults, commandTimeouts } from "./commandInputs";
import { hostInternals, HostInternals } from "./hostInternals";
import { Look } from "./hostRun";
import { keepUnless } from "./keepUnless";

/** The command that every next command of the host waits for; the module's installation comes first, once. */
export function previousCommand(host: pulumi.Resource): pulumi.Resource[] {
    const known = hostInternals(host);
    if (!known.enforcing) {
        known.enforcing = true;
        const look = pulumi.unsecret(known.observing.apply((connection) => known.run.look(connection)));
        look.apply((seen) => seen && warnOfModule(host, known, seen.observation));
        // Where an audit kept the installation as it is in state, before anybody enforced, it stays so in this run.
        known.last ??= known.preinstalled ? undefined : installModule(host, known, look);
    }
    return known.last === undefined ? [] : [known.last];
}

/** The module's text goes as a file, of which state has the hash only; a small command takes it from there. */
function installModule(host: pulumi.Resource, known: HostInternals, look: pulumi.Output<Look | undefined>): command.remote.Command {
    const module = moduleText();
    const marker = look.apply((seen) => installMarker(module, seen?.observation, new Date()));
    const connection = commandConnection(known);
    const options = (name: string, dependsOn: pulumi.Resource[]): pulumi.CustomResourceOptions => ({
        parent: host,
        dependsOn,
        retainOnDelete: true,
        deleteBeforeReplace: true,
        customTimeouts: commandTimeouts(),
        ...keepUnless(known, name, settled(look.apply((seen) => seen !== undefined && mayInstall(module, seen))), settled(look.apply((seen) => seen !== undefined && mayTell(seen)))),
    });
    const { file, command: installation } = installationNames(known.name);
    const source = new pulumi.asset.FileAsset(moduleFile());
    const remotePath = marker.apply(copiedModule);
    const copied = withoutStack(() => new command.remote.CopyToRemote(file, { connection, source, remotePath }, options(file, [])));
    const text = marker.apply((one) => installCommand(one, known.executable));
    const stdin = pulumi
        .all([marker, known.readers])
        .apply(([one, readers]) => installBlock(module, copiedModule(one), installRequest({ ...module, marker: one, readers })));
    const args = { connection, create: text, stdin, ...commandDefaults };
    return withoutStack(() => new command.remote.Command(installation, args, options(installation, [copied])));
}

function warnOfModule(host: pulumi.Resource, known: HostInternals, observation: Observation): void {
    const changed = (known.preinstalled ? deployedModuleDrift : moduleDrift)(moduleText(), observation);
    // A deployed module that answered was imported: nothing is in its way.
    const problems = known.preinstalled ? [] : importProblems(observation);
    if (!observation.facts.elevated && known.observing === known.connection) {
        problems.push(
            `${observation.facts.user} is no administrator of this host, or its logon is not elevated: looking works, every command that ` +
                "enforces fails. Add the account to the host's Administrators.",
        );
    }
    [...(changed === undefined ? [] : [changed]), ...problems].forEach((one) => reporter.warn(`${known.name}: ${one}`, host));
}

function mayInstall(module: ModuleIdentity, look: Look): boolean {
    return mayTell(look) && !hasNewerModule(module, look.observation);
}

/**
 * The marker is one of the records: where they cannot be read, nothing tells whether the installation was finished. And a host on which nothing will
 * be enforced needs no module.
 */
function mayTell({ observation, enforced }: Look): boolean {
    return enforced && typeof observation.records !== "string";
}
