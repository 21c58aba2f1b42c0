// The organisation's EWS switch and the applications that may use EWS.
import { appIdsOf, malformedEntriesOf } from "../resources/ewsList";
import { readEwsSettings } from "../resources/ewsAllowedApplication";
import type { ProviderFunction } from "./function";

/** `hybrid-identity:exchange:ewsSettings`. */
export const ewsSettings: ProviderFunction = {
    check: () => [],
    async run(_args, context) {
        const { enabled, list, agents } = await readEwsSettings(context);
        return { ewsEnabled: enabled, allowedAppIds: appIdsOf(list), malformedEntries: malformedEntriesOf(list), ...agents };
    },
};
