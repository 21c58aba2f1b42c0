import * as pulumi from "@pulumi/pulumi";
import { exchange } from "../../../index";

// As many access policies and as many role assignments as are asked for. Each policy is of an application of its own; the assignments are of one.
const config = new pulumi.Config("bench");
const [clientId, objectId] = [config.require("clientId"), config.require("objectId")];
const numbers = Array.from({ length: config.requireNumber("count") }, (_, at) => String(at).padStart(12, "0"));

const principal = new exchange.ServicePrincipal("caller", { appId: clientId, objectId });
const scope = new exchange.ManagementScope("mim", { name: "mim", recipientRestrictionFilter: "Alias -eq 'mim'" });
for (const number of numbers) {
    new exchange.ApplicationAccessPolicy(`policy-${number}`, {
        appId: `00000000-0000-4000-8000-${number}`,
        policyScopeGroupId: "mim-mailboxes@contoso.example",
    });
    new exchange.ManagementRoleAssignment(`assignment-${number}`, {
        name: `assignment-${number}`,
        role: "Application EWS.AccessAsApp",
        app: principal.objectId,
        customResourceScope: scope.name,
    });
}
