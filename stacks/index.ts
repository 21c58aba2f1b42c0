import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { mim, promotion, windows } from "../index";
import { baselines } from "./baselines";
import { Mail, readSettings, Settings } from "./settings";

/** The program of every stack: its servers have the stack's baseline, once the stack before it has proved it. */
module.exports = async () => {
    const settings = readSettings(Object.keys(baselines));
    const { exceptions, mail, promotion: order } = settings;
    const roles = Object.values(settings.hosts).flatMap((server) => server.roles ?? []);
    const gate = await promotion.passGate(baselines[settings.baseline]!, order, roles);
    checkExceptions(settings, gate.baseline);

    const { mode, onDestroy } = settings;
    const hosts = Object.fromEntries(Object.entries(settings.hosts).map(([name, server]) => [name, hostOf(name, server)]));
    const applied = Object.entries(hosts).map(
        // What PortalMail does on its server itself, in its place in the order.
        ([name, host]) => new promotion.HostBaseline(name, { host, mode, onDestroy, baseline: gate.baseline, exceptions, roles: rolesOf(settings, name, gate.baseline), withoutTls: name === mail?.server }),
    );

    return {
        /** What the next stack in the order reads. */
        baseline: gate.applied(applied, exceptions.map(({ setting }) => setting)),
        /** How mail of the MIM Service is; empty where the stack has no `mail`. */
        mail: mail ? mailOf(mail, hosts, settings) : {},
    };
};

function hostOf(name: string, { privateKeyFile, observe, roles: _, ...reached }: Settings["hosts"][string]): windows.Host {
    const observing = observe !== undefined && existsSync(fileOf(observe.privateKeyFile)) ? { user: observe.user, privateKey: keyIn(observe.privateKeyFile) } : undefined;
    // A pipeline that only previews has no key that may change a server; nobody logs on with what stands in its place.
    const withoutOwn = pulumi.runtime.isDryRun() && observing !== undefined && !existsSync(fileOf(privateKeyFile));
    return new windows.Host(name, { ...reached, privateKey: withoutOwn ? observing.privateKey : keyIn(privateKeyFile), observe: observing });
}

function keyIn(file: string): pulumi.Output<string> {
    return pulumi.secret(readFileSync(fileOf(file), "utf8"));
}

function fileOf(file: string): string {
    return path.resolve(__dirname, "..", file);
}

function mailOf({ server, ...args }: Mail, hosts: Record<string, windows.Host>, { mode, onDestroy }: Settings): Record<string, pulumi.Output<unknown>> {
    const { clientId, mail, restartPending } = new mim.PortalMail("mail", { mode, onDestroy, tenantId: process.env["ARM_TENANT_ID"], ...args, host: hosts[server]! });
    return { clientId, health: mail, restartPending };
}

/** A role that the baseline has nothing for is none of its business. */
function rolesOf({ hosts }: Settings, name: string, { roles = {} }: promotion.Baseline): string[] {
    return hosts[name]!.roles?.filter((one) => one in roles) ?? [];
}

/** @throws RunError for exceptions that cannot be used, and for those past their day unless the stack only warns of them */
function checkExceptions({ exceptions, hosts, mail, overdueExceptions }: Settings, baseline: promotion.Baseline): void {
    const late = promotion.overdue(exceptions, new Date());
    const problems = promotion.checkExceptions(baseline, exceptions, Object.keys(hosts), mail ? [mail.server] : []).map(({ property, message }) => `${property}: ${message}`);
    const refused = [...problems, ...(overdueExceptions === "fail" ? late : [])];
    if (refused.length > 0) {
        throw new pulumi.RunError(["the exceptions of this stack cannot be used as they are:", ...refused.map((one) => `  ${one}`)].join("\n"));
    }
    late.forEach((one) => void pulumi.log.warn(one));
}
