import { randomUUID } from "node:crypto";
import { provenBy } from "./assertion";
import type { Reply, Request } from "./http";
import { ARM_AUDIENCE, EXCHANGE_AUDIENCE, VAULT_AUDIENCE } from "./metadata";
import { EXCHANGE_APP_ID, GRAPH_APP_ID } from "./seed";
import { fingerprint, type Application, type ServicePrincipal } from "./state";
import type { World } from "./world";

/** Less than this makes azuread fetch tokens again and again (facts: azuread-observed.md section 1). */
const LIFETIME_S = 3599;

/** What the token endpoint refuses, with the number that people search for. */
class LoginFault extends Error {
    constructor(
        readonly status: number,
        readonly error: string,
        readonly number: number,
        message: string,
    ) {
        super(`AADSTS${number}: ${message}`);
    }
}

/** Answers POST /{tenant}/oauth2/v2.0/token. Undefined: not a call of this. */
export function login(request: Request, world: World): Reply | undefined {
    const [, tenant, ...rest] = request.url.pathname.split("/");
    if (request.method !== "POST" || rest.join("/") !== "oauth2/v2.0/token") {
        return undefined;
    }
    try {
        return { status: 200, body: token(tenant ?? "", new URLSearchParams(request.text), world), headers: { "cache-control": "no-store, no-cache" } };
    } catch (error) {
        if (error instanceof LoginFault) {
            return refusal(error, world.now());
        }
        throw error;
    }
}

function token(tenant: string, form: URLSearchParams, world: World): object {
    const { state } = world;
    if (tenant !== state.tenantId) {
        throw new LoginFault(400, "invalid_request", 90002, `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`);
    }
    if (form.get("grant_type") !== "client_credentials") {
        throw new LoginFault(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
    }
    const clientId = form.get("client_id") ?? "";
    const application = state.applications.find(({ appId }) => appId === clientId);
    if (!application) {
        const directory = `Application with identifier '${clientId}' was not found in the directory '${state.tenantId}'.`;
        throw new LoginFault(400, "unauthorized_client", 700016, directory);
    }
    authenticate(application, form, world);
    const caller = state.servicePrincipals.find(({ appId }) => appId === clientId);
    if (!caller) {
        const missing = `The client application ${clientId} is missing service principal in the tenant ${state.tenantId}.`;
        throw new LoginFault(401, "invalid_client", 7000229, missing);
    }
    if (!caller.accountEnabled) {
        throw new LoginFault(401, "unauthorized_client", 7000112, `Application '${clientId}'(${application.displayName}) is disabled.`);
    }
    return { token_type: "Bearer", expires_in: LIFETIME_S, ext_expires_in: LIFETIME_S, access_token: accessToken(caller, form.get("scope") ?? "", world) };
}

function authenticate(application: Application, form: URLSearchParams, world: World): void {
    const secret = form.get("client_secret");
    const assertion = form.get("client_assertion");
    if (assertion !== null) {
        if (!provenBy(assertion, application, world)) {
            throw new LoginFault(401, "invalid_client", 700027, "Client assertion failed: its certificate or its issuer is not registered on the application.");
        }
        return;
    }
    if (secret === null) {
        throw new LoginFault(401, "invalid_client", 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
    }
    const hash = fingerprint(secret);
    const credential = application.passwordCredentials.find(({ keyId }) => world.state.secretHashes[keyId] === hash);
    const now = world.now().getTime();
    if (!credential || now < Date.parse(credential.startDateTime)) {
        throw new LoginFault(
            401,
            "invalid_client",
            7000215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret " +
                `added to app '${application.appId}'.`,
        );
    }
    const cut = world.behaviour.expiredSecret && application.appId === world.state.clientId;
    if (cut || now >= Date.parse(credential.endDateTime)) {
        throw new LoginFault(
            401,
            "invalid_client",
            7000222,
            `The provided client secret keys for app '${application.appId}' are expired. Visit the Azure portal to create new keys for your app: ` +
                "https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
        );
    }
}

/** Claims as azuread needs them, `oid` above all (facts: wire.md section 2.2). Times are real ones: who gets the token compares them with its own clock. */
function accessToken(caller: ServicePrincipal, scope: string, world: World): string {
    const audience = scope.replace(/\/\.default$/, "").replace(/\/$/, "");
    const resources: Record<string, string | undefined> = {
        [world.base]: GRAPH_APP_ID,
        [EXCHANGE_AUDIENCE]: EXCHANGE_APP_ID,
        [ARM_AUDIENCE]: undefined,
        [VAULT_AUDIENCE]: undefined,
    };
    if (!scope.endsWith("/.default") || !(audience in resources)) {
        const strange = `The resource principal named ${audience} was not found in the tenant named ${world.state.tenantId}.`;
        throw new LoginFault(400, "invalid_resource", 500011, strange);
    }
    const now = Math.floor(Date.now() / 1000);
    const roles = rolesOf(caller.id, resources[audience], world);
    return world.tokens.issue({
        aud: audience,
        iss: `${world.base}/${world.state.tenantId}/v2.0`,
        iat: now,
        nbf: now,
        exp: now + LIFETIME_S,
        app_displayname: caller.displayName,
        appid: caller.appId,
        idtyp: "app",
        oid: caller.id,
        ...(roles.length > 0 ? { roles } : {}),
        sub: caller.id,
        tid: world.state.tenantId,
        ver: "1.0",
    });
}

/** The values of the app roles that a service principal has on a resource now. */
export function rolesOf(principalId: string, resourceAppId: string | undefined, { state, behaviour }: World): string[] {
    const resource = state.servicePrincipals.find(({ appId }) => appId === resourceAppId);
    const ids = resource?.appRoleAssignedTo.filter(assignment => assignment.principalId === principalId).map(({ appRoleId }) => appRoleId) ?? [];
    const isCaller = state.servicePrincipals.some(({ id, appId }) => id === principalId && appId === state.clientId);
    return isCaller && behaviour.consentMissing
        ? []
        : (resource?.appRoles ?? []).filter(({ id, isEnabled }) => isEnabled && ids.includes(id)).flatMap(({ value }) => value ?? []);
}

function refusal({ status, error, number, message }: LoginFault, now: Date): Reply {
    const timestamp = `${now.toISOString().slice(0, 19).replace("T", " ")}Z`;
    const [trace, correlation] = [randomUUID(), randomUUID()];
    return {
        status,
        body: {
            error,
            error_description: `${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
            error_codes: [number],
            timestamp,
            trace_id: trace,
            correlation_id: correlation,
        },
    };
}
