// The data source for one user.
import type { Clock } from "../shared/clock";
import type { Properties } from "../shared/values";
import { found, type Graph } from "./graph";
import { object } from "./text";

// What the data source gives, and what Graph calls it where the names differ.
const properties =
    "accountEnabled ageGroup businessPhones city companyName consentProvidedForMinor country creationType department displayName " +
    "employeeHireDate employeeId employeeType externalUserState faxNumber givenName imAddresses jobTitle mail mailNickname mobilePhone " +
    "officeLocation otherMails postalCode preferredLanguage proxyAddresses showInAddressList state streetAddress surname usageLocation " +
    "userPrincipalName userType";
const renamed: Record<string, string> = {
    objectId: "id",
    onpremisesDistinguishedName: "onPremisesDistinguishedName",
    onpremisesDomainName: "onPremisesDomainName",
    onpremisesImmutableId: "onPremisesImmutableId",
    onpremisesSamAccountName: "onPremisesSamAccountName",
    onpremisesSecurityIdentifier: "onPremisesSecurityIdentifier",
    onpremisesSyncEnabled: "onPremisesSyncEnabled",
    onpremisesUserPrincipalName: "onPremisesUserPrincipalName",
};
const names = { ...Object.fromEntries(properties.split(" ").map(name => [name, name])), ...renamed };
const lists = new Set(["businessPhones", "imAddresses", "otherMails", "proxyAddresses"]);
const flags = new Set(["accountEnabled", "onpremisesSyncEnabled", "showInAddressList"]);

/** Looks a user up by filter, then reads the user and the manager. */
export async function getUser(graph: Graph, args: Properties, clock: Clock): Promise<Properties> {
    const [[name, value] = []] = Object.entries(args);
    if (name === undefined) throw new Error("no user is named; give the userPrincipalName, objectId, mail, mailNickname or employeeId");
    const missing = () => new Error(`User with ${name} "${value}" was not found`);
    let id = value;
    if (name !== "objectId") {
        const $filter = `${name} eq '${String(value).replaceAll("'", "''")}'`;
        const [user, second] = await graph.list("/users", { clock, query: { $filter } });
        if (second) throw new Error(`More than one user found with ${name} "${value}"`);
        if (!user) throw missing();
        id = user["id"];
    }
    const $select = [...Object.values(names), "employeeOrgData"].join(",");
    const user = await found(graph.get(`/users/${id}`, { clock, query: { $select } }));
    if (!user) throw missing();
    const manager = await found(graph.get(`/users/${id}/manager`, { clock }));
    const told = Object.entries(names).map(([output, key]) => [output, user[key] ?? emptyOf(output)]);
    const { costCenter, division } = object(user["employeeOrgData"]);
    const organization = { costCenter: costCenter ?? "", division: division ?? "" };
    return { ...Object.fromEntries(told), ...organization, id: user["id"] ?? "", managerId: manager?.["id"] ?? "" };
}

function emptyOf(output: string): [] | false | "" {
    if (lists.has(output)) return [];
    return flags.has(output) ? false : "";
}
