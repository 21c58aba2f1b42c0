import { dotNetDesired, dotNetReads, dotNetStates } from "../components/windows/dotNetStrongCrypto/dotnet";
import { schannelReads, schannelStates } from "../components/windows/schannelProtocols/schannel";
import { judgeBuild, productName, serviceName, settingNames, settingsKey } from "../components/mim/shared/server";
import { ownersOf } from "../drift/owners";
import { parseRecords } from "../drift/records";
import { printable } from "../drift/show";
import type { Observation, ObserveRequest, Product, ServiceState } from "../drift/types";

/** What a server is, in words. */
export interface Server {
    name: string;
    windows: string;
    upSince: string;
    /** By protocol and role; see `schannelStates`. */
    protocols: Record<string, Record<string, string>>;
    /** By runtime and view; a runtime that is not installed and has nothing set is in `notInstalled` alone. */
    dotNet: Record<string, Record<string, string>>;
    notInstalled: string[];
    /** Sentences; one where it is not there. */
    mim: string[];
    pendingReboot: string;
    /** The stacks whose records are on it. */
    managedBy: string;
    /** What could not be read or says nothing that is known. Nothing of it counts as fine. */
    unknown: string[];
}

export const synchronizationService = "FIMSynchronizationService";

const serving = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending";
const updating = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired";
const session = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager";
const renames = "PendingFileRenameOperations";

const switches = { ...schannelReads(), ...dotNetReads() };

/** All that is asked, in one look. */
export const questions: ObserveRequest = {
    // No stack has this name, so that nothing counts as its own.
    owner: "npx.hybrid-identity",
    values: {
        ...switches,
        "HKLM\\SOFTWARE\\OpenSSH": ["DefaultShell"],
        [session]: [renames],
        [settingsKey]: [settingNames.applicationId, settingNames.tenantId],
    },
    services: [serviceName, synchronizationService],
    products: [productName],
    names: [serving, updating, settingsKey],
};

/** What the answers mean. */
export function serverOf(observation: Observation): Server {
    const { facts, values } = observation;
    const { notInstalled } = dotNetDesired(values, false);
    const dotNet = Object.entries(dotNetStates(values)).filter(([place, states]) => !notInstalled.some((one) => place.startsWith(one)) || Object.values(states).some((one) => one !== "not set"));
    return {
        name: line(facts.computerName),
        windows: facts.osBuild === 0 || facts.osName === "" ? "unknown" : line(`${facts.osName}, build ${facts.osBuild}`),
        upSince: facts.bootTime === "" ? "unknown" : line(facts.bootTime),
        protocols: schannelStates(values, facts.osBuild),
        dotNet: Object.fromEntries(dotNet),
        notInstalled,
        mim: mimOf(observation),
        pendingReboot: rebootOf(observation),
        managedBy: managersOf(observation),
        unknown: unread(observation).map(line),
    };
}

function unread({ facts, values, services, products, names, records }: Observation): string[] {
    const bad = (what: string, answer: unknown): string[] => (typeof answer === "string" && answer.startsWith("unknown:") ? [`${what} could not be read: ${answer.slice(8)}`] : []);
    const odd = (key: string, name: string, notation: string): string[] =>
        name !== "Install" && switches[key] !== undefined && !/^(dword:|absent$|unknown:)/.test(notation) ? [`${key}\\${name} is ${notation}, which is no number: nobody says what that does`] : [];
    return [
        ...(facts.osBuild === 0 || facts.osName === "" ? ["the version of Windows could not be read"] : []),
        ...(facts.bootTime === "" ? ["the time of the last boot could not be read"] : []),
        ...Object.entries(values).flatMap(([key, found]) => Object.entries(found).flatMap(([name, notation]) => [...bad(`${key}\\${name}`, notation), ...odd(key, name, notation)])),
        ...Object.entries(services).flatMap(([name, { state, startType, account }]) => [...bad(`the state of the service ${name}`, state), ...bad(`the start type of the service ${name}`, startType), ...bad(`the account of the service ${name}`, account)]),
        ...bad("the list of installed programs", products?.[productName] ?? notAnswered),
        ...[serving, updating, settingsKey].flatMap((key) => bad(key, names?.[key] ?? notAnswered)),
        ...bad("the records of this library", records),
    ];
}

const notAnswered = "unknown:the module that is deployed there is too old to answer it";

function mimOf({ products, services, names }: Observation): string[] {
    const found = products?.[productName];
    const product = found === undefined || typeof found === "string" ? ["unknown whether the Service and Portal is installed"] : found.map(productText);
    const both = [serviceName, synchronizationService].flatMap((name) => serviceText(name, services[name]!));
    const setting = names?.[settingsKey];
    const secret = Array.isArray(setting) && setting.includes(settingNames.secret) ? ["a client secret for mail by Exchange Online is there, encrypted"] : [];
    const all = [...product, ...both, ...secret];
    return (all.length === 0 ? ["not installed"] : all).map(line);
}

function productText({ version, code }: Product): string {
    const { advice } = judgeBuild(version);
    return `Service and Portal, build ${version} ${code}${advice === undefined ? "" : `; ${advice}`}`;
}

function serviceText(name: string, { state, startType = "", account = "" }: ServiceState): string[] {
    const word = (text: string): string => text.replace(/^unknown:.*/s, "unknown");
    const more = [...(startType === "" ? [] : [`start type ${word(startType)}`]), ...(account === "" ? [] : [`as ${word(account)}`])];
    return state === "absent" ? [] : [[`service ${name}: ${word(state)}`, ...more].join(", ")];
}

/** One sign is enough; none is not enough where one could not be read. */
function rebootOf({ names = {}, values }: Observation): string {
    const signs = [
        { says: "Windows servicing", found: names[serving] },
        { says: "Windows Update", found: names[updating] },
        { says: "files to be renamed at the next boot", found: values[session]?.[renames] },
    ];
    const set = signs.filter(({ found }) => found !== undefined && found !== "absent" && found !== "multi:[]" && !String(found).startsWith("unknown:"));
    if (set.length > 0) {
        return `yes: ${set.map(({ says }) => says).join(", ")}`;
    }
    return signs.every(({ found }) => found === "absent" || found === "multi:[]") ? "no" : "unknown";
}

function managersOf({ records }: Observation): string {
    if (typeof records === "string") {
        return "unknown";
    }
    const owners = ownersOf(parseRecords(records));
    return owners.length === 0 ? "no stack" : line(owners.join(", "));
}

/** A host chooses what stands in its answers: nothing of it may become a second line or a colour. */
function line(text: string): string {
    return printable(text, 600);
}
