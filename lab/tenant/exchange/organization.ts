import type { Json } from "../http";
import { flag, type Cmdlet, type CmdletCall } from "./cmdlet";
import { invalid } from "./errors";

const SWITCHES = { EwsEnabled: "switch", EwsAllowOutlook: "switch", EwsAllowMacOutlook: "switch", EwsAllowEntourage: "switch" } as const;

export const organizationCmdlets: Record<string, Cmdlet> = {
    "Get-OrganizationConfig": { parameters: { RetrieveEwsOperationAccessPolicy: "switch" }, run: show },
    // The list of applications is one text, written whole (facts: microsoft.md section 2).
    "Set-OrganizationConfig": {
        parameters: {
            ...SWITCHES,
            EwsAllowedAppIDs: "text",
            EwsApplicationAccessPolicy: ["EnforceAllowList", "EnforceBlockList"],
            EwsAllowList: "texts",
            EwsBlockList: "texts",
        },
        run: ({ exchange, parameters }) => {
            const given = Object.entries(parameters).filter(([name]) => name in exchange.organization);
            Object.assign(exchange.organization, Object.fromEntries(given));
            return [];
        },
    },
    "Enable-OrganizationCustomization": {
        parameters: {},
        run: ({ exchange }) => {
            if (!exchange.organization.IsDehydrated) {
                throw invalid("This operation is not required. Organization is already enabled for customization.");
            }
            exchange.organization.IsDehydrated = false;
            return [];
        },
    },
};

/** The list of applications is told only to who asks for it by its switch, and else looks empty. */
function show({ exchange, parameters, world }: CmdletCall): Json[] {
    const list = exchange.organization.EwsAllowedAppIDs;
    const told = flag(parameters, "RetrieveEwsOperationAccessPolicy") && list !== null;
    return [{ ...exchange.organization, EwsAllowedAppIDs: !told ? null : world.behaviour.allowListInArray ? [list] : list }];
}
