import { randomUUID } from "node:crypto";
import { UsageError } from "../host/faults";
import { Behaviour } from "./behaviour";
import { names } from "./exchange/access";
import { forgetRecipient } from "./exchange/recipients";
import { sameText, type Recipient } from "./exchange/state";
import { forgetApplication, forgetServicePrincipal } from "./graph/removal";
import { isObject, type Json } from "./http";
import type { Application, ServicePrincipal } from "./state";
import type { Tenant } from "./tenant";

export const TENANT_USAGE = `tenant show [PATH]
       tenant set PATH VALUE                VALUE is JSON, or else a text; behaviour/consentMissing true and the like change how the tenant behaves
       tenant remove PATH                   of behaviour: back to normal
PATH starts with applications, servicePrincipals, users, groups, vaults, exchange or behaviour; an object goes by its name or an id, an entry of a
list by its id, name, text or position, and - is one more at its end: 'applications/MIM mail/web/redirectUris/-'. A / inside a part is
written %2F. Below exchange stand organization, recipients, policies, servicePrincipals, scopes, assignments and administrators:
exchange/organization/EwsEnabled, exchange/policies/0, 'exchange/recipients/MIM mailboxes/members/-' with an address.`;

const COLLECTIONS = ["applications", "servicePrincipals", "users", "groups", "vaults"] as const;
/** By which properties an entry is meant. */
const NAMES = ["id", "appId", "keyId", "name", "displayName", "userPrincipalName", "principalId", "principalDisplayName", "resourceAppId", "value"];
/** The same for what is Exchange's. */
const EXCHANGE_NAMES = ["Guid", "Identity", "Name", "DisplayName", "Alias", "PrimarySmtpAddress", "ExternalDirectoryObjectId", "AppId", "ObjectId"];

/** Runs `tenant show|set|remove` for a person and returns what to print. Throws UsageError. */
export function tenantCommand([verb = "show", path, value, ...more]: string[], tenant: Tenant): string {
    const parts = withMember((path ?? "").split("/").filter(Boolean).map(decodeURIComponent), tenant);
    if (more.length > 0 || (verb === "set") !== (value !== undefined) || (verb !== "show" && parts.length < 2)) {
        throw new UsageError(`tenant takes:\n${TENANT_USAGE}`);
    }
    switch (verb) {
        case "show":
            return parts.length === 0 ? overview(tenant) : path === "exchange" ? exchangeOverview(tenant) : show(look(root(tenant), parts));
        case "set":
            return done(tenant, set(tenant, parts, parsed(value ?? "")));
        case "remove":
            return done(tenant, remove(tenant, parts));
        default:
            throw new UsageError(`tenant takes show, set or remove, received "${verb}"\n${TENANT_USAGE}`);
    }
}

/** One line for the lab's status. */
export function tenantStatus({ url, tenantId, state, calls, unknownCalls }: Tenant): string {
    const counts = `${state.applications.length} applications, calls ${calls.length} (${unknownCalls.length} unknown)`;
    return `${"tenant".padEnd(10)}  ${url.replace("https://", "").padEnd(16)}  ${tenantId}  ${counts}`;
}

function overview(tenant: Tenant): string {
    const names = COLLECTIONS.flatMap(collection => [collection, ...tenant.state[collection].map(each => `    ${label(each)}`)]);
    const unknown = tenant.unknownCalls.map(({ method, path }) => `    ${method} ${path}`);
    return [tenantStatus(tenant), ...names, ...(unknown.length > 0 ? ["unknown calls", ...unknown] : [])].join("\n");
}

function show(value: unknown): string {
    const isList = Array.isArray(value) && value.length > 0 && value.every(each => isObject(each) && ("appId" in each || "Guid" in each));
    return isList ? (value as Json[]).map(label).join("\n") : JSON.stringify(value, undefined, 4);
}

function exchangeOverview({ state: { exchange } }: Tenant): string {
    const lists = (["recipients", "policies", "servicePrincipals", "scopes", "assignments"] as const).flatMap(each => [
        each,
        ...exchange[each].map(entry => `    ${label(entry)}`),
    ]);
    const administrators = exchange.administrators.map(id => `    ${id}`);
    return [`organization ${show(exchange.organization)}`, ...lists, "administrators", ...administrators].join("\n");
}

function label(entry: object): string {
    if ("Guid" in entry) {
        const names = ["Name", "PrimarySmtpAddress", "DisplayName", "AppId", "AccessRight", "ScopeName", "RecipientFilter", "Role"];
        return [...names.map(each => (entry as Json)[each]).filter(Boolean), `Guid ${String(entry.Guid)}`].join("  ");
    }
    const { id, keyId, appId, displayName, name } = entry as Record<string, unknown>;
    return [displayName ?? name, ...(appId === undefined ? [] : [`appId ${String(appId)}`]), `id ${String(id ?? keyId)}`].join("  ");
}

function root({ state, behaviour }: Tenant): Json {
    return { ...Object.fromEntries(COLLECTIONS.map(each => [each, state[each]])), behaviour, exchange: state.exchange };
}

function set(tenant: Tenant, parts: string[], value: unknown): string {
    const { holder, last } = place(tenant, parts);
    if (Array.isArray(holder)) {
        const isCredential = parts.at(-2) === "passwordCredentials" && isObject(value);
        const entry = isCredential ? credential(value, tenant.clock()) : withMember([...parts.slice(0, -1), value], tenant).at(-1);
        if (last === "-") {
            holder.push(entry);
            return `added ${JSON.stringify(entry)}`;
        }
        const at = position(holder, last);
        const before = JSON.stringify(holder[at]);
        holder[at] = entry;
        return `${before} -> ${JSON.stringify(entry)}`;
    }
    if (!(last in holder)) {
        throw new UsageError(`there is no "${last}"; there are: ${Object.keys(holder).join(", ")}`);
    }
    const before = JSON.stringify(holder[last]);
    holder[last] = value;
    return `${before} -> ${JSON.stringify(value)}`;
}

/** A secret that somebody adds by hand; nobody is told its text, so it only stands there. */
function credential(given: Json, now: Date): Json {
    const endDateTime = new Date(now.getTime() + 730 * 86_400_000).toISOString();
    const made = { keyId: randomUUID(), displayName: null, hint: null, startDateTime: now.toISOString(), endDateTime };
    return { ...made, customKeyIdentifier: null, secretText: null, ...given };
}

function remove(tenant: Tenant, parts: string[]): string {
    const { state } = tenant;
    const { holder, last } = place(tenant, parts);
    const target = look(holder, [last]);
    if (parts.length === 2 && parts[0] === "applications") {
        forgetApplication(state, target as Application);
    } else if (parts.length === 2 && parts[0] === "servicePrincipals") {
        forgetServicePrincipal(state, target as ServicePrincipal);
    } else if (parts.length === 3 && parts[0] === "exchange" && parts[1] === "recipients") {
        forgetRecipient(state.exchange, target as Recipient);
    } else if (Array.isArray(holder)) {
        holder.splice(position(holder, last), 1);
    } else if (parts[0] === "behaviour") {
        Object.assign(holder, { [last]: (new Behaviour() as unknown as Json)[last] });
    } else if (parts[0] === "vaults" && parts.at(-2) === "secrets") {
        delete holder[last];
    } else {
        holder[last] = null;
    }
    return `removed ${parts.join("/")}`;
}

/** A path whose last part is a member of a group, named as people do, has the member's GUID in its place. */
function withMember<Part>(parts: Part[], { state }: Tenant): Part[] {
    const [first, , , list, member] = parts;
    const inGroup = first === "exchange" && list === "members";
    const found = inGroup ? state.exchange.recipients.find(each => names(each).some(name => sameText(name, member))) : undefined;
    return found ? [...parts.slice(0, -1), found.Guid as Part] : parts;
}

/** What holds the last part of a path. */
function place(tenant: Tenant, parts: string[]): { holder: Json | unknown[]; last: string } {
    const holder = look(root(tenant), parts.slice(0, -1));
    if (!Array.isArray(holder) && !isObject(holder)) {
        throw new UsageError(`nothing stands below ${parts.slice(0, -1).join("/")}`);
    }
    return { holder, last: parts.at(-1) ?? "" };
}

function look(from: unknown, parts: string[]): unknown {
    return parts.reduce<unknown>((holder, part) => {
        if (Array.isArray(holder)) {
            return holder[position(holder, part)];
        }
        if (!isObject(holder) || !(part in holder)) {
            throw new UsageError(`there is no "${part}"; there are: ${isObject(holder) ? Object.keys(holder).join(", ") : "no parts"}`);
        }
        return holder[part];
    }, from);
}

/** Where the entry stands that is meant by an id, a name, its own text or its position. */
function position(entries: unknown[], key: string): number {
    const goesBy = (entry: Json): boolean => [...NAMES, ...EXCHANGE_NAMES].some(name => entry[name] === key);
    const meant = entries.flatMap((entry, at) => (entry === key || (isObject(entry) && goesBy(entry)) ? [at] : []));
    const [at = /^\d+$/.test(key) && Number(key) < entries.length ? Number(key) : undefined] = meant;
    if (meant.length > 1) {
        throw new UsageError(`"${key}" means ${meant.length} entries; take an id: ${meant.map(each => label(entries[each] as object)).join("; ")}`);
    }
    if (at === undefined) {
        throw new UsageError(`there is no "${key}" among ${entries.length} entries`);
    }
    return at;
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

function done(tenant: Tenant, said: string): string {
    tenant.save();
    return said;
}
