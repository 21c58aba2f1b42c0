// Who else may use EWS is told by user agents, of the organisation and of each mailbox, on top of the application's id.
// https://learn.microsoft.com/powershell/module/exchangepowershell/set-organizationconfig (EwsApplicationAccessPolicy)
import { list } from "../clients/exchange";
import type { Properties } from "../values";

/** What Get-OrganizationConfig and Get-CASMailbox tell alike. */
export interface AgentSettings {
    EwsApplicationAccessPolicy?: unknown;
    EwsAllowList?: unknown;
    EwsBlockList?: unknown;
}

/** The lists are there also where no policy makes one of them count. */
export function userAgentsOf({ EwsApplicationAccessPolicy: policy, EwsAllowList, EwsBlockList }: AgentSettings): Properties {
    return {
        userAgentPolicy: typeof policy === "string" && policy !== "" ? policy : "none",
        allowedUserAgents: list(EwsAllowList).map(String),
        blockedUserAgents: list(EwsBlockList).map(String),
    };
}
