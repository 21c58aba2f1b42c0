import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { deployedModuleDrift, hasNewerModule, importProblems, installMarker, moduleDrift, ModuleIdentity } from "../../../drift/marker";
import { block, installRequest } from "../../../drift/request";
import { Observation } from "../../../drift/types";
import { moduleText } from "../../../powershell/moduleText";
import { installCommand } from "../../../remote/commands";
import { settled } from "../../internal/inputs";
import { reporter } from "../../internal/report";
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

function installModule(host: pulumi.Resource, known: HostInternals, look: pulumi.Output<Look | undefined>): command.remote.Command {
    const module = moduleText();
    const marker = look.apply((seen) => installMarker(module, seen?.observation, new Date()));
    const request = pulumi.all([marker, known.readers]).apply(([text, readers]) => installRequest({ ...module, marker: text, readers }));
    const text = marker.apply((one) => installCommand(one, known.executable));
    void sayReaders(host, known);
    return new command.remote.Command(
        `${known.name}-module`,
        {
            connection: commandConnection(known),
            create: text,
            update: text,
            // No secret is in it: marked only to keep the module's text out of every preview.
            stdin: pulumi.secret(request.apply((json) => block(module.psm1, json))),
            ...commandDefaults,
        },
        {
            parent: host,
            retainOnDelete: true,
            deleteBeforeReplace: true,
            customTimeouts: commandTimeouts(),
            ...keepUnless(
                known,
                `${known.name}-module`,
                settled(look.apply((seen) => seen !== undefined && mayInstall(module, seen))),
                settled(look.apply((seen) => seen !== undefined && mayTell(seen))),
            ),
        },
    );
}

/** They stand in what is marked as secret, so no diff shows them. */
async function sayReaders(host: pulumi.Resource, { name, readers }: HostInternals): Promise<void> {
    const known = (await settled(readers)) ?? [];
    if (known.length > 0) {
        reporter.info(`${name}: the records on the host may be read by SYSTEM and Administrators, and ${known.join(", ")}`, host);
    }
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
