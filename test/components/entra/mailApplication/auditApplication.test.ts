import assert from "node:assert/strict";
import type * as azuread from "@pulumi/azuread";
import { compareApplication, DeclaredApplication, FoundApplication, ownCredentials } from "../../../../components/entra/mailApplication/compareApplication";
import { endsSoon } from "../../../../components/entra/mailApplication/credentials";
import { belowUrn } from "../../../../components/entra/mailApplication/ownState";
import { clock } from "../../../../components/internal/clock";

const exchange = { resourceAppId: "exchange-app", resourceObjectId: "exchange-object", roleId: "role" };
const slots = [{ day: "2026-12-01", endDate: "2027-03-30T00:00:00Z" }];
const declared: DeclaredApplication = { displayName: "MIM mail", owners: ["b", "a"], role: exchange, consent: true, slots };

interface Changes {
    application?: object;
    principal?: object;
    principalOwners?: string[];
    assignments?: object[];
    passwords?: object[];
    certificates?: object[];
    federated?: object[];
}

/** As the tenant shows an application that is as declared; only what is compared. */
function found(changes: Changes = {}): FoundApplication {
    const uris = [{ redirectUris: [], homepageUrl: "", logoutUrl: "", implicitGrants: [{ accessTokenIssuanceEnabled: false, idTokenIssuanceEnabled: false }] }];
    const empty = { description: "", notes: "", marketingUrl: "", privacyStatementUrl: "", serviceManagementReference: "", supportUrl: "", termsOfServiceUrl: "" };
    const application = {
        ...empty,
        apis: [{ knownClientApplications: [], mappedClaimsEnabled: false, oauth2PermissionScopes: [], requestedAccessTokenVersion: 1 }],
        appRoles: [],
        deviceOnlyAuthEnabled: false,
        groupMembershipClaims: [],
        oauth2PostResponseRequired: false,
        optionalClaims: [],
        displayName: "MIM mail",
        owners: ["a", "b"],
        signInAudience: "AzureADMyOrg",
        requiredResourceAccesses: [{ resourceAppId: "exchange-app", resourceAccesses: [{ id: "role", type: "Role" }] }],
        identifierUris: [],
        tags: [],
        fallbackPublicClientEnabled: false,
        webs: uris,
        publicClients: uris,
        singlePageApplications: uris,
        ...changes.application,
    };
    const principal = {
        ...{ accountEnabled: true, appRoleAssignmentRequired: false, tags: [], alternativeNames: [], notificationEmailAddresses: [], samlSingleSignOns: [] },
        ...{ description: "", loginUrl: "", notes: "", preferredSingleSignOnMode: "" },
        ...changes.principal,
    };
    const own = { keyId: "own", displayName: "Pulumi 2026-12-01", endDateTime: "2027-03-30T00:00:00.0000000Z" };
    const { passwords = [own], certificates = [], federated = [] } = changes;
    return {
        application: application as unknown as azuread.GetApplicationResult,
        principalOwners: changes.principalOwners ?? ["a", "b"],
        principal: principal as unknown as azuread.GetServicePrincipalResult,
        assignments: (changes.assignments ?? [{ id: "1", appRoleId: "role", resourceObjectId: "exchange-object" }]) as FoundApplication["assignments"],
        credentials: { objectId: "o", displayName: "MIM mail", passwords, certificates, federated } as FoundApplication["credentials"],
    };
}

describe("audit of an application: what differs", () => {
    const lines = (one: DeclaredApplication, has: FoundApplication, inState = ["own"]) =>
        compareApplication(one, has, inState).map(({ property, found, declared }) => `${property}: ${found} -> ${declared}`);

    const table: [string, Changes, string[]][] = [
        ["nothing", {}, []],
        ["the name", { application: { displayName: "Mail" } }, ['displayName: "Mail" -> "MIM mail"']],
        ["an owner more", { application: { owners: ["c", "b", "a"] } }, ['owners: ["a","b","c"] -> ["a","b"]']],
        ["who may sign in", { application: { signInAudience: "AzureADMultipleOrgs" } }, ['signInAudience: "AzureADMultipleOrgs" -> "AzureADMyOrg"']],
        [
            "a permission more that is asked for, for users",
            { application: { requiredResourceAccesses: [{ resourceAppId: "graph", resourceAccesses: [{ id: "User.Read", type: "Scope" }] }] } },
            ['requiredResourceAccesses: ["graph/User.Read (delegated)"] -> ["full_access_as_app"]'],
        ],
        [
            "a permission more that was given",
            { assignments: [{ appRoleId: "role", resourceObjectId: "exchange-object" }, { appRoleId: "x", resourceObjectId: "graph" }] },
            ['consent: ["full_access_as_app","graph/x"] -> ["full_access_as_app"]'],
        ],
        ["no consent", { assignments: [] }, ['consent: [] -> ["full_access_as_app"]']],
        [
            "a public client",
            { application: { fallbackPublicClientEnabled: true, publicClients: [{ redirectUris: ["http://localhost"] }] } },
            ["fallbackPublicClientEnabled: true -> false", 'publicClient.redirectUris: ["http://localhost"] -> []'],
        ],
        [
            "redirect URIs",
            { application: { webs: [{ redirectUris: ["https://x/"], implicitGrants: [] }], singlePageApplications: [{ redirectUris: ["https://y/"] }] } },
            ['singlePageApplication.redirectUris: ["https://y/"] -> []', 'web.redirectUris: ["https://x/"] -> []'],
        ],
        [
            "an identifier URI; tags are nobody's business here",
            { application: { identifierUris: ["api://x"], tags: ["t"] }, principal: { tags: ["WindowsAzureActiveDirectoryIntegratedApp"] } },
            ['identifierUris: ["api://x"] -> []'],
        ],
        [
            "a service principal that is disabled",
            { principal: { accountEnabled: false, appRoleAssignmentRequired: true } },
            ["servicePrincipal.accountEnabled: false -> true", "servicePrincipal.appRoleAssignmentRequired: true -> false"],
        ],
        ["another owner of the service principal", { principalOwners: ["b"] }, ['servicePrincipal.owners: ["b"] -> ["a","b"]']],
        [
            "what nobody declared: notes, homepage, implicit grant",
            { application: { notes: "by hand", webs: [{ redirectUris: [], homepageUrl: "https://x/", implicitGrants: [{ idTokenIssuanceEnabled: true }] }] } },
            ['notes: "by hand" -> ""', 'web.homepageUrl: "https://x/" -> ""', "web.implicitGrant.idTokenIssuanceEnabled: true -> false"],
        ],
        ["the own secret is gone", { passwords: [] }, ['secret "Pulumi 2026-12-01": absent -> "2027-03-30T00:00:00Z"']],
        [
            "a secret with another end",
            { passwords: [{ keyId: "own", displayName: "Pulumi 2026-12-01", endDateTime: "2028-01-01T00:00:00Z" }] },
            ['secret "Pulumi 2026-12-01": "2028-01-01T00:00:00Z" -> "2027-03-30T00:00:00Z"'],
        ],
    ];
    for (const [what, changes, expected] of table) {
        it(what, () => assert.deepEqual(lines(declared, found(changes)), expected));
    }

    it("no service principal: that, and no line for each of its properties", () => {
        assert.deepEqual(lines(declared, { ...found(), principal: undefined, principalOwners: [], assignments: [] }), [
            'consent: absent -> ["full_access_as_app"]',
            'servicePrincipal: absent -> "present"',
        ]);
    });

    it("a consent with rbac, by the permission's name", () => {
        assert.deepEqual(lines({ ...declared, consent: false }, found()), ['consent: ["full_access_as_app"] -> []', 'requiredResourceAccesses: ["full_access_as_app"] -> []']);
    });

    it("a secret in state whose time is over, which the next update takes away", () => {
        const passwords = [{ keyId: "old", displayName: "Pulumi 2026-09-02", endDateTime: "2026-12-30T00:00:00Z" }];
        assert.deepEqual(lines({ ...declared, slots: [] }, found({ passwords }), ["old"]), ['secret "Pulumi 2026-09-02": "2026-12-30T00:00:00Z" -> absent']);
    });

    it("certificate and federated credential", () => {
        const federated = { name: "mim", issuer: "https://token.example", subject: "a" };
        const one = { ...declared, slots: [], certificate: "AB", federated };
        assert.deepEqual(lines(one, found({ passwords: [], federated: [{ ...federated, id: "1", subject: "b" }] })), [
            "certificate AB: absent -> \"present\"",
            'federated credential "mim": ["https://token.example","b"] -> ["https://token.example","a"]',
        ]);
        assert.deepEqual(lines(one, found({ passwords: [], certificates: [{ keyId: "k", thumbprint: "AB" }], federated: [{ ...federated, id: "1" }] })), []);
    });

    it("takes a secret for its own by its name where the application is not in state, and only one; else by the key id in state", () => {
        const passwords = ["one", "two"].map((keyId) => ({ keyId, displayName: "Pulumi 2026-12-01" }));
        assert.deepEqual(ownCredentials(declared, found({ passwords }), undefined), ["one"]);
        assert.deepEqual(ownCredentials(declared, found({ passwords }), []), []);
        assert.deepEqual(ownCredentials(declared, found({ passwords }), ["gone"]), ["gone"]);
        assert.deepEqual(ownCredentials(declared, found({ passwords }), ["two"]), ["two"]);
    });
});

describe("audit of an application: state", () => {
    it("finds the resources of one component, and not those of another with a longer name", () => {
        const urn = "urn:pulumi:prod::lab::hybrid-identity:entra:MailApplication";
        const resources = {
            [`${urn}::mim`]: { type: "hybrid-identity:entra:MailApplication", outputs: { state: "enforced" } },
            [`${urn}$azuread:index/application:Application::mim-app`]: { type: "azuread:index/application:Application", outputs: { clientId: "c" } },
            [`${urn}$azuread:index/applicationPassword:ApplicationPassword::mim-secret-2026-12-01`]: { type: "azuread:index/applicationPassword:ApplicationPassword" },
            [`${urn}$azuread:index/application:Application::mim-secret-app`]: { type: "azuread:index/application:Application" },
            "urn:pulumi:prod::lab::azuread:index/application:Application::mim-app": { type: "azuread:index/application:Application" },
            [`${urn}$hybrid-identity:exchange:MailboxScope::mim-scope`]: { type: "hybrid-identity:exchange:MailboxScope" },
            [`${urn}$hybrid-identity:exchange:MailboxScope$hybrid-identity:exchange:ServicePrincipal::mim-scope-sp`]: { type: "hybrid-identity:exchange:ServicePrincipal" },
            // Of an application with the name "mim-scope".
            [`${urn}$azuread:index/servicePrincipal:ServicePrincipal::mim-scope-sp`]: { type: "azuread:index/servicePrincipal:ServicePrincipal" },
        };
        assert.deepEqual(belowUrn(`${urn}::mim`, resources), {
            component: { state: "enforced" },
            children: [
                { name: "mim-app", type: "azuread:index/application:Application", outputs: { clientId: "c" }, ofScope: false },
                { name: "mim-secret-2026-12-01", type: "azuread:index/applicationPassword:ApplicationPassword", outputs: {}, ofScope: false },
                { name: "mim-scope", type: "hybrid-identity:exchange:MailboxScope", outputs: {}, ofScope: false },
                { name: "mim-scope-sp", type: "hybrid-identity:exchange:ServicePrincipal", outputs: {}, ofScope: true },
            ],
        });
    });
});

describe("an end that no rotation moves", () => {
    const now = clock.now;
    beforeEach(() => (clock.now = () => new Date("2026-12-01T12:00:00Z")));
    after(() => (clock.now = now));
    const table: [string, string | undefined][] = [
        ["2027-01-01T12:00:00Z", undefined],
        ["2026-12-31T12:00:01Z", undefined],
        ["2026-12-31T12:00:00Z", "ends on 2026-12-31T12:00:00Z, in 30 days"],
        ["2026-12-31T11:59:59Z", "ends on 2026-12-31T11:59:59Z, in 29 days"],
        ["2026-12-02T12:00:00Z", "ends on 2026-12-02T12:00:00Z, in 1 day"],
        ["2026-12-01T11:00:00Z", "ended on 2026-12-01T11:00:00Z"],
        ["not a date", undefined],
    ];
    for (const [until, expected] of table) {
        it(`${until}: ${expected ?? "no warning"}`, () => assert.equal(endsSoon(until), expected));
    }
});
