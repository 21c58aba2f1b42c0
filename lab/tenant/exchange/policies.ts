import { randomUUID } from "node:crypto";
import type { Json } from "../http";
import { policiesAllow } from "./access";
import { text, type Cmdlet, type CmdletCall } from "./cmdlet";
import { alreadyExists, CmdletError, invalid, NOT_FOUND, notFound } from "./errors";
import { oneOf, seen } from "./find";
import { recipientOf } from "./recipients";
import { sameText, type Policy, type Recipient } from "./state";

const RIGHTS = ["RestrictAccess", "DenyAccess"];
const APP_ID = /^(\*|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/i;

export const policyCmdlets: Record<string, Cmdlet> = {
    // An identity that means nothing is as if there were none (facts: wire.md section 1.10).
    "Get-ApplicationAccessPolicy": {
        parameters: { Identity: "text" },
        run: call => {
            const lost = call.world.behaviour.policyListsLost;
            if (lost && lost.times-- > 0) {
                if (lost.as === "notFound") throw notFound("ApplicationAccessPolicy");
                return [];
            }
            const all = seen(call, call.exchange.policies);
            const meant = all.filter(({ Identity }) => sameText(Identity, call.parameters["Identity"]));
            return meant.length > 0 ? meant : all;
        },
    },
    "New-ApplicationAccessPolicy": {
        parameters: { AppId: "texts", AccessRight: RIGHTS, PolicyScopeGroupId: "text", Description: "text" },
        needed: ["AppId", "AccessRight", "PolicyScopeGroupId"],
        run: create,
    },
    // The description is all that it changes.
    "Set-ApplicationAccessPolicy": {
        parameters: { Identity: "text", Description: "text" },
        needed: ["Identity"],
        run: call => {
            policyOf(call).Description = text(call.parameters, "Description") ?? "";
            return [];
        },
    },
    "Remove-ApplicationAccessPolicy": {
        parameters: { Identity: "text" },
        needed: ["Identity"],
        asks: true,
        run: call => {
            const gone = policyOf(call);
            call.exchange.policies = call.exchange.policies.filter(each => each !== gone);
            return [];
        },
    },
    "Test-ApplicationAccessPolicy": { parameters: { Identity: "text", AppId: "text" }, needed: ["Identity", "AppId"], run: test },
};

function create(call: CmdletCall): Json[] {
    const { exchange, world, parameters } = call;
    const scope = scopeOf(call, text(parameters, "PolicyScopeGroupId") ?? "");
    const AccessRight = RIGHTS.find(each => sameText(each, parameters["AccessRight"])) ?? "";
    const made = (parameters["AppId"] as string[]).map((AppId): Policy => {
        if (!APP_ID.test(AppId)) {
            throw invalid(`The application ID '${AppId}' isn't valid.`);
        }
        const oid = scope.ExternalDirectoryObjectId;
        const ScopeIdentityRaw = `${scope.sid};${oid}`;
        return {
            ScopeName: scope.DisplayName,
            ScopeIdentity: scope.Name,
            Identity: `${exchange.organization.Guid}\\${AppId}:${ScopeIdentityRaw}`,
            AppId,
            ScopeIdentityRaw,
            Description:
                text(parameters, "Description") ??
                `AppId: ${AppId}; ScopeIdentitySid: ${scope.sid}; ScopeIdentityOid: ${oid}; AccessRight: ${AccessRight}; ShardType: All`,
            AccessRight,
            ShardType: "All",
            IsValid: true,
            ObjectState: "Unchanged",
            Guid: randomUUID(),
            WhenCreatedUTC: world.now().toISOString(),
        };
    });
    const twin = made.find(({ Identity }) => exchange.policies.some(each => sameText(each.Identity, Identity)));
    if (twin) {
        throw alreadyExists(twin.Identity);
    }
    if (exchange.policies.length + made.length > world.behaviour.policyQuota) {
        throw invalid("The total size of App Access Policies exceeded the limit.");
    }
    exchange.policies.push(...made);
    made.forEach(({ Guid }) => world.replication.created("accessPolicies", Guid));
    return made;
}

/** A group that is too new is refused with another status than elsewhere (facts: wire.md section 1.10). */
function scopeOf(call: CmdletCall, identity: string): Recipient {
    try {
        const scope = recipientOf(call, identity);
        if (scope["IsValidSecurityPrincipal"] !== true) {
            throw invalid(`The policy scope '${identity}' isn't a security principal. (${scope.RecipientTypeDetails})`);
        }
        return scope;
    } catch (error) {
        throw error instanceof CmdletError && error.type === NOT_FOUND ? notFound(identity, 400) : error;
    }
}

function policyOf(call: CmdletCall): Policy {
    return oneOf(call, call.exchange.policies, call.parameters["Identity"], ["Identity"]);
}

function test(call: CmdletCall): Json[] {
    const { exchange, parameters } = call;
    const mailbox = recipientOf(call, text(parameters, "Identity") ?? "");
    const appId = text(parameters, "AppId") ?? "";
    return [
        {
            AppId: appId,
            Mailbox: mailbox.Name,
            MailboxId: mailbox.Guid,
            MailboxSid: mailbox.sid,
            AccessCheckResult: policiesAllow(exchange, appId, mailbox) ? "Granted" : "Denied",
        },
    ];
}
