import { dotNetDesired } from "../components/windows/dotNetStrongCrypto/dotnet";
import { checkSchannelOnHost, schannelDesired, schannelProtocols, schannelReads, schannelRoles, type SchannelChoice } from "../components/windows/schannelProtocols/schannel";
import { isGuid } from "../components/internal/guid";
import { judgeBuild, productName, serviceName, settingNames, settingsKey } from "../components/mim/shared/server";
import { checkDesired } from "../drift/desired";
import { asciiString } from "../drift/json";
import { isAsDesired, parseNotation } from "../drift/notation";
import { serviceStates, startTypes } from "../drift/services";
import { printable } from "../drift/show";
import type { Observation, ValueTree } from "../drift/types";
import { serverOf, synchronizationService } from "./server";

/** A part of a program. */
export interface Part {
    lines: string[];
    /** Of the library. */
    imports: string[];
    /** What was found and these lines do not declare. */
    rest: ValueTree;
}

/** Schannel: what is on or off as the component has it, by role where the two differ. */
export function schannelPart(name: string, { values, facts }: Observation): Part {
    const is = (list: "enable" | "disable", protocol: string, role: string): boolean => holds(schannelDesired({ enable: [], disable: [], exact: false, roles: [role], [list]: [protocol] }), values);
    const both = (list: "enable" | "disable") => schannelProtocols.filter((protocol) => schannelRoles.every((role) => is(list, protocol, role)));
    const only = (list: "enable" | "disable", role: string) => schannelProtocols.filter((protocol) => is(list, protocol, role) && !both(list).includes(protocol));
    const choices = [
        { name: `${name}-tls`, choice: { enable: both("enable"), disable: both("disable"), roles: schannelRoles, exact: false } },
        ...schannelRoles.map((role) => ({ name: `${name}-tls-${role.toLowerCase()}`, choice: { enable: only("enable", role), disable: only("disable", role), roles: [role], exact: false } })),
    ].filter(({ choice }) => choice.enable.length + choice.disable.length > 0);
    const judged = choices.map((one) => ({ ...one, problems: checkSchannelOnHost(one.choice, values, facts.osBuild) }));
    const declared = judged.filter(({ problems }) => problems.length === 0);
    const rest = without(pick(values, Object.keys(schannelReads())), declared.map(({ choice }) => schannelDesired(choice)));
    const refused = judged.flatMap(({ problems }) => problems).map((one) => `// SchannelProtocols would refuse what is there: ${printable(one, 400)}.`);
    const unset = unsetIn(rest);
    const left = unset.length === 0 ? [] : [`// Not set, so Windows decides: ${unset.join(", ")}.`];
    return { lines: [...declared.map((one) => schannelLine(one.name, one.choice)), ...new Set(refused), ...left], imports: [], rest };
}

/** Protocols that neither role has a switch for, and `SSL 2.0 Server` where only one has. */
function unsetIn(values: ValueTree): string[] {
    const unset = Object.keys(values).filter((key) => Object.values(values[key]!).every((one) => one === "absent")).map((key) => key.split("\\").slice(-2) as [string, string]);
    return schannelProtocols.flatMap((protocol) => {
        const roles = unset.filter(([one]) => one === protocol).map(([, role]) => role);
        return roles.length === schannelRoles.length ? [protocol] : roles.map((role) => `${protocol} ${role}`);
    });
}

function schannelLine(name: string, { enable, disable, roles }: SchannelChoice): string {
    const members = [...(enable.length === 0 ? [] : [`enable: ${list(enable)}`]), ...(disable.length === 0 ? [] : [`disable: ${list(disable)}`]), ...(roles.length === 2 ? [] : [`roles: ${list(roles)}`])];
    return `new windows.SchannelProtocols(${asciiString(name)}, { host, mode, ${members.join(", ")} });`;
}

/** .NET: the component where all is as it has it. */
export function dotNetPart(name: string, observation: Observation): Part {
    const { values } = observation;
    const { desired, problems } = dotNetDesired(values, false);
    const found = pick(values, Object.keys(dotNetDesired(values, true).desired));
    if (problems.length === 0 && Object.keys(desired).length > 0 && holds(desired, values)) {
        return { lines: [`new windows.DotNetStrongCrypto(${asciiString(name + "-dotnet")}, { host, mode });`], imports: [], rest: without(found, [desired]) };
    }
    const { dotNet, notInstalled } = serverOf(observation);
    const states = Object.entries(dotNet).map(([place, state]) => `//   ${place}: ${Object.entries(state).map(([value, word]) => `${value} ${word}`).join(", ")}`);
    const lacking = states.length === 0 ? [] : ["// .NET Framework has not all that windows.DotNetStrongCrypto declares, so it is not here:", ...states];
    return { lines: [...lacking, ...notInstalled.map((one) => `// .NET Framework ${one} is not installed.`)], imports: [], rest: found };
}

/** MIM: the ids of its mail application, and its services. */
export function mimPart(name: string, { values, products, services, names }: Observation): Part {
    const found = products?.[productName];
    const ids = [settingNames.applicationId, settingNames.tenantId].map((one) => /^(?:string|expand):(.*)$/s.exec(values[settingsKey]?.[one] ?? "")?.[1] ?? "");
    const usable = Array.isArray(found) && found.length === 1 && judgeBuild(found[0]!.version).enough && ids.every(isGuid);
    const settings = usable ? [`new mim.ServiceSettings(${asciiString(name + "-mim")}, { host, mode, applicationId: ${asciiString(ids[0]!)}, tenantId: ${asciiString(ids[1]!)} });`] : [];
    const secret = Array.isArray(names?.[settingsKey]) && names[settingsKey].includes(settingNames.secret);
    const lines = [
        ...settings,
        ...[serviceName, synchronizationService].flatMap((service) => serviceLines(name, service, services[service]!)),
        ...(secret ? ["// The client secret for mail is there and encrypted: nobody can declare it as it is. mim.ServiceSecret puts another one in its place."] : []),
        ...(Array.isArray(found) && found.length > 0 ? ["// What the setup of the Service and Portal was given cannot be read from the server: see docs/mim/product.md."] : []),
    ];
    return { lines, imports: usable ? ["mim"] : [], rest: usable ? {} : pick(values, [settingsKey]) };
}

function serviceLines(name: string, service: string, { state, startType }: Observation["services"][string]): string[] {
    const word = (words: Record<string, string>, found: string | undefined) => Object.keys(words).find((one) => words[one] === found);
    const members = Object.entries({ state: word(serviceStates, state), startType: word(startTypes, startType) }).flatMap(([member, value]) => (value === undefined ? [] : [`${member}: ${asciiString(value)}`]));
    const line = `new windows.WindowsService(${asciiString(`${name}-${service.toLowerCase()}`)}, { host, mode, service: ${asciiString(service)}, ${members.join(", ")} });`;
    const odd = /^(Running|Stopped|absent|unknown:.*)$/s.test(state) ? [] : [`// The service ${service} was ${printable(state, 80)}, which nobody can declare.`];
    return state === "absent" ? [] : [...(members.length === 0 ? [] : [line]), ...odd];
}

/** What no component declares, value by value. What is not set at all is left to Windows. */
export function restPart(name: string, parts: Part[]): Part {
    const trees = parts.flatMap(({ rest }) => Object.entries(rest)).filter(([, values]) => Object.values(values).some((one) => one !== "absent"));
    const imports = new Set<string>();
    const refused: string[] = [];
    const keys = trees.flatMap(([key, values]) => {
        const lines = Object.entries(values).flatMap(([value, notation]) => {
            // The program says of these that they are not known.
            if (notation.startsWith("unknown:")) {
                return [];
            }
            if (checkDesired(notation) !== undefined) {
                refused.push(`// No program can declare this: ${printable(`${key}\\${value} is ${notation}`, 500)}`);
                return [];
            }
            const parsed = parseNotation(notation);
            imports.add(parsed.kind);
            return [`            ${asciiString(value)}: ${parsed.kind === "absent" ? "absent" : `${parsed.kind}(${argument(parsed.data)})`},`];
        });
        return lines.length === 0 ? [] : [`        ${asciiString(key)}: {`, ...lines, "        },"];
    });
    const head = ["// What no component above declares.", `new windows.RegistryValues(${asciiString(`${name}-values`)}, {`, "    host,", "    mode,", "    values: {"];
    return { lines: [...(keys.length === 0 ? [] : [...head, ...keys, "    },", "});"]), ...refused], imports: [...imports], rest: {} };
}

function argument(data: string | number | bigint | string[]): string {
    return typeof data === "bigint" ? `"${data}"` : Array.isArray(data) ? list(data) : typeof data === "string" ? asciiString(data) : `${data}`;
}

function holds(desired: ValueTree, values: ValueTree): boolean {
    return Object.entries(desired).every(([key, names]) => Object.entries(names).every(([name, wanted]) => isAsDesired(values[key]?.[name] ?? "unknown:no answer", wanted)));
}

function pick(values: ValueTree, keys: string[]): ValueTree {
    return Object.fromEntries(keys.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])));
}

function without(values: ValueTree, declared: ValueTree[]): ValueTree {
    return Object.fromEntries(Object.entries(values).filter(([key]) => !declared.some((tree) => key in tree)));
}

function list(texts: string[]): string {
    return `[${texts.map(asciiString).join(", ")}]`;
}
