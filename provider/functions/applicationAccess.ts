// What limits and what opens mailboxes to one application. It asks for whole lists, which all calls of a run share.
import { policiesWhere, scopeGuidOf } from "../resources/accessPolicy";
import { assigneeNames, sharedAssignments, type Assignment } from "../resources/assignments";
import { call } from "../resources/cmdlets";
import { checked, guid, sameText, text } from "../resources/inputs";
import type { ServicePrincipal } from "../resources/servicePrincipal";
import type { Value } from "../values";
import type { ProviderFunction } from "./function";

/** `hybrid-identity:exchange:applicationAccess`. */
export const applicationAccess: ProviderFunction = {
    check: args =>
        checked(args, [
            { property: "appId", expected: "the application's client id, a GUID", accepts: guid },
            { property: "servicePrincipalId", expected: "the enterprise application's object id, a GUID", optional: true, accepts: guid },
            { property: "expectedPolicy", expected: "a policy's Identity", optional: true, accepts: text() },
        ]),
    async run({ appId, servicePrincipalId, expectedPolicy }, context) {
        const exchange = await context.exchange(context.signal);
        const [limits, assignments, pointers] = await Promise.all([
            policiesWhere(all => expectedPolicy === undefined || all.some(({ Identity }) => sameText(Identity, expectedPolicy)), exchange, context),
            sharedAssignments(exchange, context),
            exchange.all<ServicePrincipal>("Get-ServicePrincipal", {}, call(context)),
        ]);
        const pointer = pointers.find(each => sameText(each.AppId, appId) || sameText(each.ObjectId, servicePrincipalId));
        const names = [appId, servicePrincipalId, pointer?.AppId, pointer?.ObjectId, pointer?.Identity, pointer?.DisplayName];
        // A policy for "*" is one for every application.
        const limiting = limits.filter(({ AppId }) => AppId === "*" || sameText(AppId, appId));
        return {
            policies: limiting.map(policy => ({
                identity: policy.Identity,
                accessRight: policy.AccessRight,
                scopeName: policy.ScopeName ?? "",
                scopeGuid: scopeGuidOf(policy),
                description: policy.Description ?? "",
            })),
            assignments: assignments.filter(each => assigneeNames(each).some(name => names.some(own => sameText(own, name)))).map(told),
            servicePrincipal: pointer !== undefined,
        };
    },
};

function told({ Guid, Name, Role, CustomResourceScope, RecipientWriteScope, WhenCreatedUTC }: Assignment): Value {
    const scope = CustomResourceScope || RecipientWriteScope || "";
    return { guid: Guid, name: Name, role: Role, scope, ...(WhenCreatedUTC ? { createdAt: WhenCreatedUTC } : {}) } as Value;
}
