import type { Json } from "../http";
import { EWS_ROLES, reaches } from "./access";
import { shownScope } from "./assignments";
import { text, type Cmdlet, type CmdletCall } from "./cmdlet";
import { recipientOf } from "./recipients";
import { pointerOf } from "./servicePrincipals";
import { sameText } from "./state";

export const authorizationCmdlets: Record<string, Cmdlet> = {
    "Test-ServicePrincipalAuthorization": { parameters: { Identity: "text", Resource: "text" }, needed: ["Identity"], run: test },
};

/** What the assignments of an application grant, and whether a mailbox is among it. It knows nothing of consent. */
function test(call: CmdletCall): Json[] {
    const { exchange, parameters } = call;
    const pointer = pointerOf(call, parameters["Identity"]);
    const resource = text(parameters, "Resource");
    const mailbox = resource === undefined ? undefined : recipientOf(call, resource);
    return exchange.assignments
        .filter(({ App }) => sameText(App, pointer.ObjectId))
        .map(each => {
            const { name, kind } = shownScope(exchange, each);
            return {
                RoleName: each.Role,
                GrantedPermissions: EWS_ROLES[1] === each.Role ? "EWS.AccessAsApp" : each.Role.replace("Application ", ""),
                AllowedResourceScope: name ?? "Organization",
                ScopeType: kind,
                InScope: mailbox === undefined ? "Not Run" : reaches(exchange, each, mailbox) ? "True" : "False",
            };
        });
}
