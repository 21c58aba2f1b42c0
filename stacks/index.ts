import * as pulumi from "@pulumi/pulumi";
import { nameIn } from "../components/exchangeServer/transportCertificate/names";
import { exchangeServer, mim, promotion, windows } from "../index";
import { baselines } from "./baselines";
import { Transport, withTenant } from "./meaning";
import { argsOf, Server } from "./servers";
import { Mail, readSettings, Settings } from "./settings";

/** The program of every stack: its servers have the stack's baseline, once the stack before it has proved it. */
module.exports = async () => {
    const settings = readSettings(baselines);
    const { exceptions, mail, promotion: order, transport } = settings;
    const roles = Object.values(settings.hosts).flatMap((server) => server.roles ?? []);
    const gate = await promotion.passGate(baselines[settings.baseline]!, order, roles);
    [...promotion.overdue(exceptions, new Date()), ...promotion.ending(exceptions, new Date())].forEach(({ property, message }) => void pulumi.log.warn(`${property}: ${message}`));

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
        /** How mail of an Exchange server leaves it; empty where the stack has no `transport`. */
        transport: transport ? transportOf(transport, hosts, settings) : {},
    };
};

function hostOf(name: string, server: Server): windows.Host {
    const { privateKey, observe, ...args } = argsOf(server);
    return new windows.Host(name, { ...args, privateKey: privateKey && pulumi.secret(privateKey), observe: observe && { ...observe, privateKey: pulumi.secret(observe.privateKey) } });
}

function mailOf({ server, ...args }: Mail, hosts: Record<string, windows.Host>, { mode, onDestroy }: Settings): Record<string, pulumi.Output<unknown>> {
    const { clientId, mail, restartPending } = new mim.PortalMail("mail", { mode, onDestroy, ...withTenant(args), host: hosts[server]! });
    return { clientId, health: mail, restartPending };
}

function transportOf({ server, tlsName, certificate, connectors, remove }: Transport, hosts: Record<string, windows.Host>, { mode, onDestroy }: Settings): Record<string, pulumi.Output<unknown>> {
    const host = hosts[server]!;
    const { state } = new exchangeServer.TransportCertificate("transport", { host, mode, onDestroy, tlsName, certificate, repair: { access: true, remove } });
    const log = new exchangeServer.SmtpProtocolLog("smtp", { host, connectors, certificateName: nameIn({ tlsName, certificate }) });
    return { certificate: state, log: log.state };
}

/** A role that the baseline has nothing for is none of its business. */
function rolesOf({ hosts }: Settings, name: string, { roles = {} }: promotion.Baseline): string[] {
    return hosts[name]!.roles?.filter((one) => one in roles) ?? [];
}
