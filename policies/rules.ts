/** What the preview of an update does not know yet. */
export const notKnown = Symbol("not known before the update");

/** A resource as the engine shows it at the end of a preview or an update. */
export interface Declared {
    urn: string;
    type: string;
    name: string;
    /** Secrets in clear: no message may hold one. Somewhere in it `notKnown`. */
    props: Record<string, unknown>;
    opts: { deleteBeforeReplace?: boolean; ignoreChanges: string[]; parent?: string };
}

/** What is looked at beside the resources. */
export interface Circumstances {
    /** Whether the stack is one of production. */
    production: boolean;
    now: Date;
    /** Of the stack's settings, as the program takes them. */
    exceptions: { setting?: unknown; value?: unknown; reason?: unknown; until?: unknown; hosts?: unknown }[];
    /** Of the stack's settings: why its servers are only looked at. */
    auditReason: string;
}

/** What is wrong with one resource, and what to do. */
export interface Violation {
    urn: string;
    message: string;
}

export type Rule = (resources: Declared[], circumstances: Circumstances) => Violation[];

const command = "command:remote:Command";

/** Without the key anybody between may be the server, and gets the commands; by a password also the password. */
export const hostKeysPinned: Rule = (resources) =>
    ofTypes(resources, command, "command:remote:CopyToRemote").flatMap(({ urn, props }) => {
        const { connection } = props;
        const dialled: [string, unknown][] = [["connection", connection], ["connection.proxy", member(connection, "proxy")]];
        const open = dialled.filter(([, one]) => isObject(one) && (one["hostKey"] === undefined || one["hostKey"] === ""));
        return open.map(([property]) => ({ urn, message: `${property}.hostKey: is not there, so that whoever answers is taken for the server. Give it the server's ssh_host_ed25519_key.pub` }));
    });

const oldProtocol = /\\SCHANNEL\\Protocols\\((?:SSL|PCT) .+|TLS 1\.[01]|DTLS 1\.0|Multi-Protocol Unified Hello)\\(Client|Server)$/i;

/** By what is written to the registry, whichever component declares it. */
export const onlyCurrentTls: Rule = (resources, { production, ...rest }) =>
    !production
        ? []
        : ofTypes(resources, command).flatMap((one) => {
              const enabled = Object.entries(desiredOf(one)).flatMap(([key, values]) => {
                  const [, protocol] = oldProtocol.exec(key) ?? [];
                  return protocol !== undefined && isOn(member(values, "Enabled")) ? [protocol] : [];
              });
              const host = hostOf(resources, one);
              return [...new Set(enabled)].filter((protocol) => !isExcepted(protocol, host, rest)).map((protocol) => ({
                  urn: one.urn,
                  message: `${protocol} is switched on${host === undefined ? "" : ` on ${host}`}. Switch it off, or give the stack an exception for it in the setting "exceptions", with a reason and an end that is not over`,
              }));
          });

/** The permission "full_access_as_app" of Office 365 Exchange Online. */
const fullAccess = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";

/** What RBAC limits, the consent opens again: an application gets what both give. On the way from the one to the other both are there for some hours. */
export const noConsentBesideRbac: Rule = (resources) => {
    const scoped = ofTypes(resources, "hybrid-identity:exchange:ManagementRoleAssignment").filter((one) => !isMigrating(resources, one));
    const apps = new Set(scoped.map(({ props }) => props["app"]).filter((app) => typeof app === "string").map((app) => app.toLowerCase()));
    return ofTypes(resources, "azuread:index/appRoleAssignment:AppRoleAssignment")
        .filter(({ props }) => lower(props["appRoleId"]) === fullAccess && apps.has(String(lower(props["principalObjectId"]))))
        .map(({ urn }) => ({ urn, message: 'the application has a role with a scope, and this consent for all mailboxes beside it, which the scope does not limit. Take the consent out, by MailApplication with the method "migrate"' }));
};

export const noEndedSecret: Rule = (resources, { now }) =>
    ofTypes(resources, "azuread:index/applicationPassword:ApplicationPassword").flatMap(({ urn, props }) => {
        const end = Date.parse(String(props["endDate"]));
        return end <= now.getTime() ? [{ urn, message: `this client secret ended on ${new Date(end).toISOString()}. Make a new one and take it out; MailApplication does both by "secretRotation"` }] : [];
    });

const enforcing = /^hybrid-identity:(promotion:HostBaseline|windows:(RegistryValues|SchannelProtocols|DotNetStrongCrypto|WindowsService)|exchangeServer:TransportCertificate|mim:(ServiceSettings|ServiceSecret|Product))$/;

/** A component that enforces has a command below it. An audit has none, or keeps the one of an earlier update as it was. */
export const auditHasReason: Rule = (resources, { production, auditReason }) => {
    const audited = resources.filter((one) => {
        const { urn, type, props } = one;
        if (type === "hybrid-identity:entra:MailApplication") {
            return ["compliant", "drifted", "unknown"].includes(String(props["state"]));
        }
        const commands = ofTypes(resources, command).filter(({ opts }) => opts.parent === urn);
        // What could not be observed keeps its command, too.
        return enforcing.test(type) && commands.every(({ opts }) => opts.ignoreChanges.includes("*") && props["state"] !== "unknown");
    });
    return !production || auditReason.trim() !== "" ? [] : audited.map(({ urn }) => ({ urn, message: 'has the mode "audit", so nobody repairs what drifts. Enforce it, or say why not: pulumi config set auditReason "..."' }));
};

/** Between the two the application could open every mailbox, and for up to an hour after. */
export const accessPolicyMadeFirst: Rule = (resources) =>
    ofTypes(resources, "hybrid-identity:exchange:ApplicationAccessPolicy")
        .filter(({ props, opts }) => opts.deleteBeforeReplace === true && lower(props["accessRight"] ?? "RestrictAccess") !== "denyaccess")
        .map(({ urn }) => ({ urn, message: "would be deleted before the one that takes its place is made, and until that holds nothing would limit the application. Take the option deleteBeforeReplace out" }));

function ofTypes(resources: Declared[], ...types: string[]): Declared[] {
    return resources.filter(({ type }) => types.includes(type));
}

/** What a command of this library writes; nothing of others. */
function desiredOf({ props }: Declared): Record<string, unknown> {
    const stdin = props["stdin"];
    try {
        // A line of secrets may stand in front of it.
        const desired = typeof stdin === "string" ? member(JSON.parse(stdin.slice(stdin.search(/^\{/m))), "desired") : undefined;
        return isObject(desired) ? desired : {};
    } catch {
        return {};
    }
}

function isOn(value: unknown): boolean {
    return typeof value === "string" && value !== "absent" && value !== "dword:0";
}

function isExcepted(protocol: string, host: string | undefined, { exceptions, now }: Pick<Circumstances, "exceptions" | "now">): boolean {
    const today = now.toISOString().slice(0, 10);
    return exceptions.some(({ setting, value, reason, until, hosts }) => {
        const there = hosts === undefined || (Array.isArray(hosts) && hosts.includes(host));
        const dated = typeof until === "string" && /^\d{4}-\d\d-\d\d$/.test(until) && until >= today && typeof reason === "string" && reason.trim() !== "";
        return lower(setting) === protocol.toLowerCase() && value === "enabled" && there && dated;
    });
}

/** Name in the program, which the component tells that the command belongs to. */
function hostOf(resources: Declared[], { opts }: Declared): string | undefined {
    const name = resources.find(({ urn }) => urn === opts.parent)?.props["hostName"];
    return typeof name === "string" ? name : undefined;
}

function isMigrating(resources: Declared[], { opts }: Declared): boolean {
    const scope = resources.find(({ urn }) => urn === opts.parent);
    return scope?.type === "hybrid-identity:exchange:MailboxScope" && scope.props["method"] === "migrate";
}

function member(value: unknown, name: string): unknown {
    return isObject(value) ? value[name] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null;
}

function lower(value: unknown): unknown {
    return typeof value === "string" ? value.toLowerCase() : value;
}
