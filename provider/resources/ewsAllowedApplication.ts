// One application id in the organisation's list of applications that may use EWS. The list is one string that everybody writes whole, with
// no way to write only if nobody else did; so a write is followed by a wait and another look.
// https://learn.microsoft.com/powershell/module/exchangepowershell/set-organizationconfig
import { LostReplyError } from "../clients/errors";
import type { ExchangeClient } from "../clients/exchange";
import { limiter } from "../clients/limit";
import type { Properties } from "../values";
import { call } from "./cmdlets";
import { appIdsOf, ewsEnabledOf, ewsListOf, malformedEntriesOf, withAppId, withoutAppId } from "./ewsList";
import { checked, flag, guid, sameText } from "./inputs";
import { Unfinished, type Context, type Found, type ResourceType } from "./resource";
import { userAgentsOf, type AgentSettings } from "./userAgents";

/** The organisation's EWS switch and list. */
export interface EwsSettings {
    enabled: "true" | "false" | "unset";
    /** As the service holds it. */
    list: string;
}

interface Organization extends AgentSettings {
    EwsEnabled?: unknown;
    EwsAllowedAppIDs?: unknown;
}

const tries = 10;
// Longer than others take from their reading the list to their writing it: who looks again after it sees whether a write was lost.
const settleMs = 5_000;
const jitterMs = 2_000;

// Without the switch the service answers an empty list, whatever it holds.
const whole = { RetrieveEwsOperationAccessPolicy: true };

// Within one process the changes take turns.
const turns = new WeakMap<ExchangeClient, ReturnType<typeof limiter>>();

/** `hybrid-identity:exchange:EwsAllowedApplication`. */
export const ewsAllowedApplication: ResourceType = {
    replaceOn: ["appId"],
    // The id of the old object is the new one's: it would be removed after it was found.
    deleteBeforeReplace: (old, inputs) => sameText(old["appId"], inputs["appId"]),
    defaults: inputs => ({ enableEws: false, ...inputs }),
    check: inputs =>
        checked(inputs, [
            { property: "appId", expected: "the application's client id, a GUID", accepts: guid },
            { property: "enableEws", expected: "true or false", optional: true, accepts: flag },
        ]),
    same: (property, old, now) => property === "appId" && sameText(old, now),
    async create(inputs, context) {
        const listed = await allow({ ...inputs, enableEws: false }, context);
        try {
            return inputs["enableEws"] === true ? await allow(inputs, context) : listed;
        } catch (error) {
            // The id is in the list from now on, whatever came of the switch.
            throw new Unfinished(listed, error as Error);
        }
    },
    importedBy: "the client id of an application that is in the list (EwsAllowedAppIDs)",
    async read(id, inputs, context) {
        const settings = await readEwsSettings(context);
        return appIdsOf(settings.list).includes(id.toLowerCase()) ? found(settings, { appId: id, ...inputs }) : undefined;
    },
    update: (_id, _olds, inputs, context) => allow(inputs, context),
    delete: (id, _state, context) => forbid(id, context),
};

/** The settings, shared by all that read them in this run. */
export async function readEwsSettings(context: Context): Promise<EwsSettings & { agents: Properties }> {
    const exchange = await context.exchange(context.signal);
    const told = await exchange.all<Organization>("Get-OrganizationConfig", whole, call(context));
    return { ...settingsOf(told), agents: userAgentsOf(told[0]!) };
}

async function allow(inputs: Properties, context: Context): Promise<Found> {
    const appId = String(inputs["appId"]);
    return repeat(`allow ${appId}`, context, ({ enabled, list }) => {
        if (!appIdsOf(list).includes(appId.toLowerCase())) return { EwsAllowedAppIDs: withAppId(list, appId) };
        // After the list: an organisation that is switched on with an empty list blocks everyone.
        if (inputs["enableEws"] === true && enabled !== "true") return { EwsEnabled: true };
        return found({ enabled, list }, inputs);
    });
}

async function forbid(appId: string, context: Context): Promise<void> {
    let removed = false;
    await repeat(`remove ${appId}`, context, ({ enabled, list }) => {
        const rest = withoutAppId(list, appId);
        const last = appIdsOf(rest).length === 0;
        if (rest === list) {
            // Somebody switched EWS on between the look and the write.
            if (removed && last && enabled === "true") return { EwsAllowedAppIDs: withAppId(list, appId) };
            return found({ enabled, list }, { appId });
        }
        if (last && enabled === "true") throw new Error(refusal(appId, rest));
        removed = true;
        return { EwsAllowedAppIDs: rest.trim() === "" ? null : rest };
    });
}

// Reads, lets `next` say what to write, writes, waits, and reads again until nothing is left to write.
async function repeat(what: string, context: Context, next: (settings: EwsSettings) => Found | Record<string, unknown>): Promise<Found> {
    const exchange = await context.exchange(context.signal);
    const turn = turns.get(exchange) ?? limiter(1);
    turns.set(exchange, turn);
    return turn(async () => {
        for (let attempt = 1; attempt <= tries; attempt++) {
            const step = next(settingsOf(await exchange.run<Organization>("Get-OrganizationConfig", whole, call(context))));
            if (isFound(step)) return step;
            // Not repeated, and not left waiting while the service is busy: by then the list may be another one. The next look shows what
            // a reply that was lost has done.
            const late = AbortSignal.timeout(settleMs);
            const prompt = { ...call(context), signal: AbortSignal.any([context.signal, late]) };
            await exchange.run("Set-OrganizationConfig", step, prompt).catch((error: unknown) => {
                if (!(error instanceof LostReplyError || late.aborted)) throw error;
            });
            await context.wait(settleMs + Math.random() * jitterMs);
        }
        const why = `after ${tries} writes the list still was not as written; somebody else keeps writing it`;
        throw new Error(`EwsAllowedAppIDs: could not ${what}: ${why}. Run again when they are done`);
    });
}

function isFound(step: Found | Record<string, unknown>): step is Found {
    return "state" in step;
}

function refusal(appId: string, rest: string): string {
    const left = malformedEntriesOf(rest).length > 0 ? "; what else stands there is no GUID and allows nobody" : "";
    return (
        `appId: ${appId} is the last application id in EwsAllowedAppIDs while EwsEnabled is $true${left}, and an empty list blocks EWS ` +
        "for everyone. Allow another application first, or set EwsEnabled to $false yourself " +
        "(Set-OrganizationConfig -EwsEnabled $false), or leave the id there with the option retainOnDelete"
    );
}

function settingsOf([organization]: Organization[]): EwsSettings {
    if (!organization) throw new Error("Get-OrganizationConfig answered no organisation; whether EWS is allowed is not known");
    return { enabled: ewsEnabledOf(organization.EwsEnabled), list: ewsListOf(organization.EwsAllowedAppIDs) };
}

function found({ enabled, list }: EwsSettings, inputs: Properties): Found {
    const appId = String(inputs["appId"]);
    // That EWS is off is drift only where it was to be switched on.
    const now: Properties = { appId, enableEws: inputs["enableEws"] === true && enabled === "true" };
    return { id: appId.toLowerCase(), inputs: now, state: { ...now, ewsEnabled: enabled, malformedEntries: malformedEntriesOf(list) } };
}
