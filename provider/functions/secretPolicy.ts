// What the tenant's app management policies say of an application's client secrets: Graph refuses what they forbid, but only once the
// application is made.
import { AuthorizationError, NotFoundError } from "../clients/errors";
import type { HttpClient } from "../clients/http";
import { checked, guid } from "../resources/inputs";
import type { Properties } from "../values";
import type { ProviderFunction } from "./function";

interface Restriction {
    restrictionType: string;
    state?: string | null;
    maxLifetime?: string | null;
    restrictForAppsCreatedAfterDateTime?: string | null;
}
interface Restrictions {
    passwordCredentials?: Restriction[] | null;
}
interface Policy {
    displayName?: string | null;
    isEnabled?: boolean | null;
    /** Of the tenant's default. */
    applicationRestrictions?: Restrictions | null;
    /** Of a policy for some applications. */
    restrictions?: Restrictions | null;
}
type Named = Restriction & { policy: string };

const right = "Policy.Read.All (or Policy.Read.ApplicationConfiguration) of Microsoft Graph";

/** `hybrid-identity:entra:secretPolicy`. Who may not read policies is told nothing. */
export const secretPolicy: ProviderFunction = {
    check: args => checked(args, [{ property: "objectId", expected: "an application's object id, a GUID", optional: true, accepts: guid }]),
    async run({ objectId }, { graph, signal }) {
        const client = await graph(signal);
        try {
            return told(await restrictionsOf(client, (objectId ?? undefined) as string | undefined, signal));
        } catch (error) {
            if (error instanceof AuthorizationError || error instanceof NotFoundError) return {};
            throw error;
        }
    },
};

/** Those in force. What a policy of the application says of a restriction stands in place of what the tenant's default says of it. */
async function restrictionsOf(graph: HttpClient, objectId: string | undefined, signal: AbortSignal): Promise<Named[]> {
    const call = { right, signal };
    const standard = await graph.get<Policy>("/v1.0/policies/defaultAppManagementPolicy", call);
    const own = objectId === undefined ? [] : await graph.getAll<Policy>(`/v1.0/applications/${objectId}/appManagementPolicies`, call);
    const byType = new Map([standard, ...own].flatMap(namedIn).map(one => [one.restrictionType, one] as const));
    const all = [...byType.values()].filter(({ state }) => state !== "disabled");
    if (!all.some(one => one.restrictForAppsCreatedAfterDateTime)) return all;
    const path = `/v1.0/applications/${objectId}?$select=createdDateTime`;
    const { createdDateTime } = objectId === undefined ? {} : await graph.get<{ createdDateTime?: string }>(path, call);
    const created = createdDateTime === undefined ? Date.now() : Date.parse(createdDateTime);
    return all.filter(({ restrictForAppsCreatedAfterDateTime: from }) => !from || created >= Date.parse(from));
}

function namedIn({ displayName, isEnabled, applicationRestrictions, restrictions }: Policy): Named[] {
    const found = isEnabled === false ? [] : ((applicationRestrictions ?? restrictions)?.passwordCredentials ?? []);
    return found.map(one => ({ ...one, policy: displayName ?? "" }));
}

function told(restrictions: Named[]): Properties {
    const forbidding = restrictions.find(one => one.restrictionType === "passwordAddition");
    const limiting = restrictions.find(one => one.restrictionType === "passwordLifetime");
    const days = limiting && daysOf(limiting.maxLifetime ?? "");
    return {
        ...(forbidding ? { forbiddenBy: forbidding.policy } : {}),
        ...(limiting && days !== undefined ? { longestDays: days, limitedBy: limiting.policy } : {}),
    };
}

/** Whole days of a duration such as P90D or P4DT12H30M5S. */
function daysOf(duration: string): number | undefined {
    const [, years, months, weeks, days] = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T.*)?$/.exec(duration) ?? [];
    const parts = [years, months, weeks, days].map(part => Number(part ?? 0));
    return duration.length < 3 || !duration.startsWith("P") ? undefined : parts[0]! * 365 + parts[1]! * 30 + parts[2]! * 7 + parts[3]!;
}
