// Every property that azuread sends is changed in the tenant: an audit has to tell each of them, and neither an audit nor a refused run may put one
// back. Which properties there are is asked of the plugin's stand-in, so that none can be left out here.
import assert from "node:assert/strict";
import type { entra } from "../../index";
import { application } from "../../lab/plugins/azuread/application";
import { servicePrincipal } from "../../lab/plugins/azuread/servicePrincipal";
import type { Fields } from "../../lab/plugins/shared/schema";
import { merged } from "../../lab/tenant/graph/merge";
import type { Json } from "../../lab/tenant/http";
import { DEFAULT_ROLES } from "../../lab/tenant/seed";
import type { Tenant } from "../../lab/tenant/tenant";
import { declareMim, firstNoon, writesTo } from "./support/mimMail";
import type { EngineStack } from "./support/stack";
import { useTenant } from "./support/tenantScene";

const roleId = "7a7f9f0e-9c1b-4c33-9d1a-6b1f1a5b7c10";
const scope = { id: roleId, type: "User", value: "Mail.Do", isEnabled: true, adminConsentDescription: "d", adminConsentDisplayName: "n" };
const role = { id: roleId, value: "Do", displayName: "n", description: "d", isEnabled: true, allowedMemberTypes: ["User"] };
const graphApp = "00000003-0000-0000-c000-000000000000";
const more = { resourceAppId: graphApp, resourceAccess: [{ id: roleId, type: "Scope" }] };
const claim = (name: string) => [{ name, essential: false, additionalProperties: [] }];

/** Property, what somebody makes of it in the tenant, found -> declared. */
const ofApplication: [string, Json, string][] = [
    ["api.knownClientApplications", { api: { knownClientApplications: [roleId] } }, `["${roleId}"] -> []`],
    ["api.mappedClaimsEnabled", { api: { acceptMappedClaims: true } }, "true -> false"],
    ["api.oauth2PermissionScopes", { api: { oauth2PermissionScopes: [scope] } }, '["Mail.Do"] -> []'],
    ["api.requestedAccessTokenVersion", { api: { requestedAccessTokenVersion: 2 } }, "2 -> 1"],
    ["appRoles", { appRoles: [role] }, '["Do"] -> []'],
    ["description", { description: "x" }, '"x" -> ""'],
    ["deviceOnlyAuthEnabled", { isDeviceOnlyAuthSupported: true }, "true -> false"],
    ["displayName", { displayName: "x" }, '"x" -> "MIM mail"'],
    ["fallbackPublicClientEnabled", { isFallbackPublicClient: true }, "true -> false"],
    ["groupMembershipClaims", { groupMembershipClaims: "All" }, '["All"] -> []'],
    ["identifierUris", { identifierUris: ["api://x"] }, '["api://x"] -> []'],
    ["marketingUrl", { info: { marketingUrl: "https://x/" } }, '"https://x/" -> ""'],
    ["notes", { notes: "x" }, '"x" -> ""'],
    ["oauth2PostResponseRequired", { oauth2RequirePostResponse: true }, "true -> false"],
    ["optionalClaims.accessTokens", { optionalClaims: { accessToken: claim("a") } }, '["a"] -> []'],
    ["optionalClaims.idTokens", { optionalClaims: { idToken: claim("b") } }, '["b"] -> []'],
    ["optionalClaims.saml2Tokens", { optionalClaims: { saml2Token: claim("c") } }, '["c"] -> []'],
    ["privacyStatementUrl", { info: { privacyStatementUrl: "https://x/" } }, '"https://x/" -> ""'],
    ["publicClient.redirectUris", { publicClient: { redirectUris: ["https://x/"] } }, '["https://x/"] -> []'],
    ["serviceManagementReference", { serviceManagementReference: "x" }, '"x" -> ""'],
    ["signInAudience", { signInAudience: "AzureADMultipleOrgs" }, '"AzureADMultipleOrgs" -> "AzureADMyOrg"'],
    ["singlePageApplication.redirectUris", { spa: { redirectUris: ["https://x/"] } }, '["https://x/"] -> []'],
    ["supportUrl", { info: { supportUrl: "https://x/" } }, '"https://x/" -> ""'],
    ["termsOfServiceUrl", { info: { termsOfServiceUrl: "https://x/" } }, '"https://x/" -> ""'],
    ["web.homepageUrl", { web: { homePageUrl: "https://x/" } }, '"https://x/" -> ""'],
    ["web.implicitGrant.accessTokenIssuanceEnabled", { web: { implicitGrantSettings: { enableAccessTokenIssuance: true } } }, "true -> false"],
    ["web.implicitGrant.idTokenIssuanceEnabled", { web: { implicitGrantSettings: { enableIdTokenIssuance: true } } }, "true -> false"],
    ["web.logoutUrl", { web: { logoutUrl: "https://x/" } }, '"https://x/" -> ""'],
    ["web.redirectUris", { web: { redirectUris: ["https://x/"] } }, '["https://x/"] -> []'],
];
const ofPrincipal: [string, Json, string][] = [
    ["accountEnabled", { accountEnabled: false }, "false -> true"],
    ["alternativeNames", { alternativeNames: ["x"] }, '["x"] -> []'],
    ["appRoleAssignmentRequired", { appRoleAssignmentRequired: true }, "true -> false"],
    ["description", { description: "x" }, '"x" -> ""'],
    ["loginUrl", { loginUrl: "https://x/" }, '"https://x/" -> ""'],
    ["notes", { notes: "x" }, '"x" -> ""'],
    ["notificationEmailAddresses", { notificationEmailAddresses: ["x@contoso.example"] }, '["x@contoso.example"] -> []'],
    ["preferredSingleSignOnMode", { preferredSingleSignOnMode: "saml" }, '"saml" -> ""'],
    ["samlSingleSignOn.relayState", { samlSingleSignOnSettings: { relayState: "x" } }, '"x" -> ""'],
];

/** All that the plugin takes, as far as the tenant has it. Lists of objects count as one. */
function sentBy(fields: Fields, above = ""): string[] {
    return Object.entries(fields).flatMap(([name, { kind, refused, kept, replaces }]) => {
        if (refused !== undefined || kept || replaces) return [];
        return typeof kind === "object" && !Array.isArray(kind) ? sentBy(kind, `${above}${name}.`) : [`${above}${name}`];
    });
}

describe("engine: an audit tells whatever enforce would change, and changes nothing", function () {
    this.timeout(240_000);
    const scene = useTenant(firstNoon);
    let tenant: Tenant;
    let stack: EngineStack;
    let seen: { state?: string; drift?: string[] };

    before(async () => {
        ({ tenant, stack } = scene);
        declare();
        await stack.up();
    });

    function declare(args: Partial<entra.MailApplicationArgs> = {}): void {
        seen = {};
        stack.program = () => {
            const app = declareMim(args);
            app.state.apply((state) => (seen.state = state));
            app.drift.apply((drift) => (seen.drift = drift.map((one) => `${one.property}: ${one.found} -> ${one.declared}`)));
            return {};
        };
    }

    const its = () => {
        const app = tenant.state.applications.find((one) => one.appId !== tenant.clientId)!;
        return { app, principal: tenant.state.servicePrincipals.find((one) => one.appId === app.appId)! };
    };
    const change = (one: Json, changes: Json) => Object.assign(one, merged(one, changes));
    const all = () => JSON.stringify(its());

    /** Neither mode nor any refusal writes; what the tenant has is what it had. */
    async function nothingIsWritten(): Promise<void> {
        const before = all();
        tenant.resetCalls();
        declare({ adopt: tenant.clientId });
        await stack.up({ refresh: true, fails: true });
        declare({ adopt: tenant.clientId, mode: "audit" });
        await stack.up({ refresh: true, fails: true });
        tenant.grant(["Application.ReadWrite.All"]);
        declare();
        const { text } = await stack.up({ refresh: true, fails: true });
        tenant.grant(DEFAULT_ROLES);
        assert.match(text, /lacks AppRoleAssignment\.ReadWrite\.All/);
        declare({ mode: "audit" });
        await stack.up({ refresh: true });
        assert.deepEqual(writesTo(tenant), []);
        assert.equal(all(), before);
    }

    async function isRepaired(): Promise<void> {
        declare();
        await stack.up({ refresh: true });
        await stack.preview({ refresh: true, expectNoChanges: true });
        declare({ mode: "audit" });
        await stack.preview({ refresh: true });
        assert.deepEqual([seen.state, seen.drift], ["compliant", []]);
    }

    it("has a row for each property", () => {
        const others = { application: ["owners", "requiredResourceAccesses", "tags"], principal: ["owners", "tags"] };
        assert.deepEqual([...ofApplication.map(([property]) => property), ...others.application].sort(), sentBy(application.fields).sort());
        assert.deepEqual([...ofPrincipal.map(([property]) => property), ...others.principal].sort(), sentBy(servicePrincipal.fields).sort());
    });

    it("tells every one of them", async () => {
        for (const [, changes] of ofApplication) change(its().app, changes);
        for (const [, changes] of ofPrincipal) change(its().principal, changes);
        its().app.requiredResourceAccess = [...(its().app.requiredResourceAccess as Json[]), more];
        for (const one of [its().app, its().principal]) one.owners.push(tenant.state.users[0]!.id);
        const owners = (are: string[]) => JSON.stringify([...are].sort());
        const another = `${owners(its().app.owners)} -> ${owners([tenant.objectId])}`;
        const expected = [
            ...ofApplication.map(([property, , text]) => `${property}: ${text}`),
            ...ofPrincipal.map(([property, , text]) => `servicePrincipal.${property}: ${text}`),
            `requiredResourceAccesses: ["${graphApp}/${roleId} (delegated)","full_access_as_app"] -> ["full_access_as_app"]`,
            `owners: ${another}`,
            `servicePrincipal.owners: ${another}`,
        ];
        declare({ mode: "audit" });
        await stack.preview({ refresh: true });
        assert.deepEqual([seen.state, [...seen.drift!].sort()], ["drifted", expected.sort()]);
    });

    it("writes none of them, in an audit and where the run is refused; enforce repairs all", async () => {
        await nothingIsWritten();
        // azuread sends an empty object for these two; whether that empties them is Graph's, and not known.
        its().app["optionalClaims"] = its().principal["samlSingleSignOnSettings"] = null;
        await isRepaired();
    });

    it("gives nothing back that was taken away: owners and permissions", async () => {
        for (const one of [its().app, its().principal]) one.owners = [tenant.state.users[0]!.id];
        its().app.requiredResourceAccess = [];
        declare({ mode: "audit" });
        await stack.preview({ refresh: true });
        assert.deepEqual(seen.drift!.map((one) => one.split(":")[0]), ["owners", "requiredResourceAccesses", "servicePrincipal.owners"]);
        await nothingIsWritten();
        await isRepaired();
    });
});
