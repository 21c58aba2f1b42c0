import assert from "node:assert/strict";
import { declared, type Given } from "../../policies/resources";
import * as rules from "../../policies/rules";
import { notKnown, type Circumstances, type Declared, type Rule } from "../../policies/rules";

const production: Circumstances = { production: true, now: new Date("2026-12-01T12:00:00Z"), exceptions: [], auditReason: "" };
const command = "command:remote:Command";

function resource(type: string, name: string, props: Record<string, unknown> = {}, opts: Partial<Declared["opts"]> = {}): Declared {
    return { urn: `urn:pulumi:prod::lab::${type}::${name}`, type, name, props, opts: { ignoreChanges: [], ...opts } };
}

/** Names and messages of what a rule finds. */
function found(rule: Rule, resources: Declared[], circumstances: Partial<Circumstances> = {}): string[] {
    return rule(resources, { ...production, ...circumstances }).map(({ urn, message }) => `${urn.split("::").at(-1)}: ${message}`);
}

describe("policy: host keys are pinned", () => {
    const dials = (connection: unknown) => found(rules.hostKeysPinned, [resource(command, "c", { connection }), resource("azuread:index/application:Application", "a")]);

    it("of the server and of the jump host", () => {
        const hostKey = "ssh-ed25519 AAAA";
        assert.deepEqual(dials({ host: "mim01", hostKey, proxy: { host: "jump", hostKey } }), []);
        assert.deepEqual(dials({ host: "mim01", hostKey }), []);
        assert.match(dials({ host: "mim01", privateKey: "PRIVATE" }).join("\n"), /^c: connection\.hostKey: is not there, [^\n]+ssh_host_ed25519_key\.pub$/);
        assert.match(dials({ host: "mim01", hostKey, proxy: { host: "jump", hostKey: "" } }).join("\n"), /^c: connection\.proxy\.hostKey: is not there/);
    });

    it("also where a file is copied; what is not known yet is not missing", () => {
        assert.equal(found(rules.hostKeysPinned, [resource("command:remote:CopyToRemote", "f", { connection: { host: "mim01" } })]).length, 1);
        assert.deepEqual(dials({ host: "mim01", hostKey: notKnown }), []);
        assert.deepEqual(dials(notKnown), []);
    });
});

describe("policy: no protocol below TLS 1.2 is switched on in production", () => {
    const key = (protocol: string) => `HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\${protocol}`;
    const component = resource("hybrid-identity:windows:SchannelProtocols", "tls", { hostName: "exch01" });
    const writes = (protocol: string, value: string, circumstances: Partial<Circumstances> = {}, before = "") => {
        const desired = { [key(protocol)]: { Enabled: value, DisabledByDefault: "dword:0" } };
        return found(rules.onlyCurrentTls, [component, resource(command, "tls-exch01-tls", { stdin: `${before}${JSON.stringify({ desired }, null, 2)}` }, { parent: component.urn })], circumstances);
    };

    it("whichever component writes it, also behind a line of secrets", () => {
        const [violation, ...others] = writes("TLS 1.0\\Client", "dword:1 or nonzero");
        assert.match(violation!, /^tls-exch01-tls: TLS 1\.0 is switched on on exch01\. Switch it off, or give the stack an exception/);
        assert.deepEqual(others, []);
        for (const protocol of ["SSL 2.0", "SSL 3.0", "TLS 1.1", "DTLS 1.0"]) {
            assert.equal(writes(`${protocol}\\Server`, "dword:4294967295", {}, 'HYBRID-IDENTITY-SECRETS {"clientSecret":"x"}\n').length, 1, protocol);
        }
    });

    it("and nothing is said of those that are off, of newer ones, of other stacks, and of other commands", () => {
        assert.deepEqual([writes("TLS 1.0\\Client", "dword:0"), writes("TLS 1.0\\Client", "absent"), writes("TLS 1.2\\Client", "dword:1"), writes("DTLS 1.2\\Client", "dword:1")].flat(), []);
        assert.deepEqual(writes("TLS 1.0\\Client", "dword:1", { production: false }), []);
        assert.deepEqual([notKnown, undefined, "{ no json", "hello", "[]", "{}"].flatMap((stdin) => found(rules.onlyCurrentTls, [resource(command, "c", { stdin })])), []);
    });

    it("but by an exception for that server that has a reason and is not over", () => {
        const exception = { setting: "TLS 1.0", value: "enabled", reason: "an old scanner", until: "2026-12-01" };
        const excepted = (change: object) => writes("TLS 1.0\\Client", "dword:1", { exceptions: [{ ...exception, ...change }] }).length === 0;
        assert.deepEqual([{}, { hosts: ["exch01"] }].map(excepted), [true, true]);
        const others = [{ until: "2026-11-30" }, { until: undefined }, { until: "always" }, { reason: " " }, { value: "unmanaged" }, { setting: "TLS 1.1" }, { hosts: ["mim01"] }];
        assert.deepEqual(others.map(excepted), others.map(() => false));
    });
});

describe("policy: no consent beside a role with a scope", () => {
    const principal = "5f2a717c-162f-4cb3-b162-4d8264968709";
    const consent = resource("azuread:index/appRoleAssignment:AppRoleAssignment", "consent", { appRoleId: "dc890d15-9560-4a4c-9b7f-a736ec74ec40", principalObjectId: principal });
    const scope = (method: string) => resource("hybrid-identity:exchange:MailboxScope", "scope", { method });
    const role = (app: unknown, parent?: string) => resource("hybrid-identity:exchange:ManagementRoleAssignment", "role", { app }, { parent });

    it("of one application, but for the hours of a migration", () => {
        assert.match(found(rules.noConsentBesideRbac, [consent, role(principal.toUpperCase())]).join("\n"), /^consent: the application has a role with a scope, and this consent/);
        assert.equal(found(rules.noConsentBesideRbac, [consent, scope("rbac"), role(principal, scope("rbac").urn)]).length, 1);
        assert.deepEqual(found(rules.noConsentBesideRbac, [consent, scope("migrate"), role(principal, scope("migrate").urn)]), []);
    });

    it("and either alone, those of others, and what is not known yet are well", () => {
        const other = resource(consent.type, "other", { ...consent.props, appRoleId: "7ab1d382-f21e-4acd-a863-ba3e13f7da61" });
        assert.deepEqual([[consent], [role(principal)], [consent, role("another")], [consent, role(notKnown)], [other, role(principal)]].flatMap((all) => found(rules.noConsentBesideRbac, all)), []);
    });
});

describe("policy: no client secret is past its end", () => {
    it("by the time of the run", () => {
        const ends = (endDate: unknown) => found(rules.noEndedSecret, [resource("azuread:index/applicationPassword:ApplicationPassword", "secret", { endDate, value: "SECRET" })]);
        assert.match(ends("2026-12-01T12:00:00Z").join("\n"), /^secret: this client secret ended on 2026-12-01T12:00:00\.000Z\./);
        assert.deepEqual([ends("2026-12-01T12:00:01Z"), ends(notKnown), ends(undefined)].flat(), []);
    });
});

describe("policy: what is only looked at in production says why", () => {
    const values = resource("hybrid-identity:windows:RegistryValues", "values", { state: "drifted" });
    const below = (ignoreChanges: string[]) => resource(command, "c", {}, { parent: values.urn, ignoreChanges });
    const audits = (resources: Declared[], circumstances: Partial<Circumstances> = {}) => found(rules.auditHasReason, resources, circumstances);

    it("a component without a command, or with one that is kept", () => {
        assert.match(audits([values]).join("\n"), /^values: has the mode "audit", so nobody repairs what drifts\..*pulumi config set auditReason/);
        assert.equal(audits([values, below(["*", "stdin"])]).length, 1);
        assert.equal(audits([resource("hybrid-identity:entra:MailApplication", "mail", { state: "compliant" })]).length, 1);
    });

    it("and nothing is said with a reason, elsewhere, of what enforces, of what could not be observed, and of what never enforces", () => {
        assert.deepEqual([audits([values], { auditReason: "is replaced in May" }), audits([values], { production: false }), audits([values, below([])])].flat(), []);
        assert.deepEqual(audits([{ ...values, props: { state: "unknown" } }, below(["*"])]), []);
        assert.deepEqual(audits([resource("hybrid-identity:mim:MailHealth", "health", { state: "healthy" }), resource("hybrid-identity:entra:MailApplication", "mail", { state: "enforced" })]), []);
    });
});

describe("policy: an access policy is made before the one that it replaces goes", () => {
    it("where it restricts", () => {
        const policy = (accessRight: unknown, deleteBeforeReplace?: boolean) =>
            found(rules.accessPolicyMadeFirst, [resource("hybrid-identity:exchange:ApplicationAccessPolicy", "policy", { accessRight }, { deleteBeforeReplace })]);
        assert.match(policy("RestrictAccess", true).join("\n"), /^policy: would be deleted before the one that takes its place is made/);
        assert.equal(policy(undefined, true).length, 1);
        assert.deepEqual([policy("RestrictAccess", false), policy("RestrictAccess"), policy("DenyAccess", true)].flat(), []);
    });
});

describe("resources of a policy", () => {
    it("can be read where a value is not known yet, and other errors are none of that", () => {
        class UnknownValueError extends Error {}
        const throwing = (error: Error) => Object.defineProperty({ known: { list: [1, "two", null] } }, "later", { enumerable: true, get: () => { throw error; } });
        const given = (props: Record<string, unknown>): Given => ({ urn: "u", type: "t", name: "n", props, opts: { ignoreChanges: ["*"], parent: "p" } });
        assert.deepEqual(declared(given({ deep: throwing(new UnknownValueError()) })), {
            ...given({ deep: { known: { list: [1, "two", null] }, later: notKnown } }),
            opts: { deleteBeforeReplace: undefined, ignoreChanges: ["*"], parent: "p" },
        });
        assert.throws(() => declared(given(throwing(new Error("else")))), /^Error: else$/);
    });
});
