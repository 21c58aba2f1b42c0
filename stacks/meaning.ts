import { getStack } from "@pulumi/pulumi";
import { meant } from "../components/internal/checkArgs";
import { memberPath } from "../components/internal/inputs";
import { checkRepair } from "../components/exchangeServer/transportCertificate/certificates";
import { checkNames } from "../components/exchangeServer/transportCertificate/names";
import { problemsOfMail } from "../components/mim/portalMail/checkPortalMail";
import { checkHost } from "../components/windows/host/hostConnection";
import { isObject } from "../drift/json";
import { show } from "../drift/show";
import type { Problem } from "../drift/types";
import { promotion, windows, type mim } from "../index";
import { checkPromotion } from "../promotion/order";
import { argsOf, fileOf, type Server } from "./servers";

export type Baselines = Record<string, promotion.Baseline>;

/** The certificate that an Exchange server sends mail with, and what its protocol logs say. */
export interface Transport {
    /** The name of the server in `hosts`. */
    server: string;
    /** The connector's TLS name, `<I>issuer<S>subject`; or a certificate that has it, PEM. */
    tlsName?: string;
    certificate?: string;
    /** Send connectors that have to be in the logs. Default: whichever failed. */
    connectors?: string[];
    /** The whole thumbprint of one certificate that may be removed, because it has no key and another one of the name has. */
    remove?: string;
}

/** What is wrong with settings beyond their shape, which may be wrong, too: what is asked again later, and then one problem at a time. */
export function checkMeaning(given: Record<string, unknown>, baselines: Baselines): Problem[] {
    const { hosts: servers, baseline: name, promotion: order, mail, transport } = given;
    const hosts = isObject(servers) ? servers : {};
    const baseline = typeof name === "string" && Object.hasOwn(baselines, name) ? baselines[name] : undefined;
    const unknown = baseline === undefined ? [{ property: "baseline", message: `must be one of ${Object.keys(baselines).join(", ")}; received ${show(name)}` }] : [];
    return [
        ...Object.entries(hosts).flatMap(([host, server]) => (isObject(server) ? checkServer(memberPath("hosts", host), server as unknown as Server, baselines) : [])),
        ...unknown,
        ...checkExceptions(given, baseline, Object.keys(hosts)),
        ...(isObject(order) ? within("promotion", checkPromotion(order as unknown as promotion.PromotionOrder, getStack())) : []),
        ...(isObject(mail) ? checkMail(mail, given, Object.keys(hosts)) : []),
        ...(isObject(transport) ? checkTransport(transport as unknown as Transport, Object.keys(hosts)) : []),
    ];
}

function checkServer(at: string, server: Server, baselines: Baselines): Problem[] {
    const roles = [...new Set(Object.values(baselines).flatMap((one) => Object.keys(one.roles ?? {})))];
    const strange = (Array.isArray(server.roles) ? server.roles : []).flatMap((role, index) =>
        typeof role !== "string" || roles.includes(role) ? [] : [{ property: `roles[${index}]`, message: `must be a role that a baseline has something for, which are ${roles.join(", ") || "none"}; received ${show(role)}${meant(role, roles)}` }],
    );
    const args = argsOf(server);
    const connection = checkHost(args as windows.HostArgs).map(({ property, message }): Problem => {
        const file = property.startsWith("observe.") ? "observe.privateKeyFile" : "privateKeyFile";
        if (property === "privateKey" && args.privateKey === undefined) {
            return { property: file, message: `must be a file with the private key, relative to the repository; there is none at ${fileOf(String(server.privateKeyFile))} that can be read` };
        }
        if (property.endsWith("privateKeyPassphrase")) {
            return { property: file, message: `must be a key without a passphrase, for which there is no setting; received ${show(file === "privateKeyFile" ? server.privateKeyFile : server.observe?.privateKeyFile)}` };
        }
        return { property: property.endsWith("privateKey") ? file : property, message };
    });
    return within(at, [...connection, ...strange]);
}

function checkExceptions({ exceptions, mail, overdueExceptions }: Record<string, unknown>, baseline: promotion.Baseline | undefined, hosts: string[]): Problem[] {
    if (!Array.isArray(exceptions)) {
        return [];
    }
    // One without servers says nothing of any.
    const sound = exceptions.map((one: unknown) => (isObject(one) ? { ...one, hosts: one["hosts"] === undefined || Array.isArray(one["hosts"]) ? one["hosts"] : [] } : {})) as promotion.BaselineException[];
    const withoutTls = isObject(mail) && typeof mail["server"] === "string" ? [mail["server"]] : [];
    const found = baseline === undefined ? [] : promotion.checkExceptions(baseline, sound, hosts, withoutTls);
    return [...found, ...(overdueExceptions === "warn" ? [] : promotion.overdue(sound, new Date()))];
}

function checkMail({ server, ...args }: Record<string, unknown>, { mode }: Record<string, unknown>, hosts: string[]): Problem[] {
    const own = problemsOfMail(withTenant({ mode, ...args }) as unknown as mim.PortalMailArgs).filter(({ property }) => property !== "host" && (property !== "mode" || "mode" in args));
    return within("mail", [...strangeServer(server, hosts), ...own]);
}

function checkTransport({ server, tlsName, certificate, remove }: Transport, hosts: string[]): Problem[] {
    // One of another shape is said already.
    const named = [tlsName, certificate].every((one) => one === undefined || typeof one === "string") ? checkNames({ tlsName, certificate }) : [];
    const repair = checkRepair({ remove }, undefined).map((one) => ({ ...one, property: one.property.replace("repair.", "") }));
    return within("transport", [...strangeServer(server, hosts), ...named, ...repair]);
}

function strangeServer(server: unknown, hosts: string[]): Problem[] {
    return hosts.includes(server as string) || hosts.length === 0 ? [] : [{ property: "server", message: `must be one of ${hosts.join(", ")}; received ${server === undefined ? "nothing" : show(server)}` }];
}

/** The tenant of the stack's mail: of its settings, else of the environment, as for all that logs on there. */
export function withTenant<Args extends object>(args: Args): Args & { tenantId?: string } {
    return { tenantId: process.env["ARM_TENANT_ID"], ...args };
}

function within(at: string, problems: Problem[]): Problem[] {
    return problems.map(({ property, message }) => ({ property: `${at}.${property}`, message }));
}
