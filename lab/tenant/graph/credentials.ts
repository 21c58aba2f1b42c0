import { randomBytes, randomUUID } from "node:crypto";
import { ApiError, isObject, type Json, type Reply } from "../http";
import { fingerprint, type FederatedIdentityCredential, type PasswordCredential } from "../state";
import { absent, applicationOf, badRequest, param, single, type GraphCall, type Route } from "./call";
import { list } from "./list";
import { merged } from "./merge";
import { mayRead, mayWrite } from "./rights";

const DAY_MS = 86_400_000;
/** As long as a secret lasts that comes without an end. */
const DEFAULT_DAYS = 730;
const MAX_FEDERATED = 20;
const FEDERATED = "applications/{}/federatedIdentityCredentials";

export const credentialRoutes: Route[] = [
    { method: "POST", path: "applications/{}/addPassword", answer: addPassword },
    { method: "POST", path: "applications/{}/removePassword", answer: removePassword },
    { method: "GET", path: FEDERATED, answer: listFederated },
    { method: "POST", path: FEDERATED, answer: addFederated },
    { method: "GET", path: `${FEDERATED}/{}`, answer: readFederated },
    { method: "PATCH", path: `${FEDERATED}/{}`, answer: updateFederated },
    { method: "DELETE", path: `${FEDERATED}/{}`, answer: removeFederated },
];

/** The text of the secret is in this reply and nowhere else; later only its first characters are told, as a hint. */
function addPassword(call: GraphCall): Reply {
    const { world } = call;
    const application = applicationOf(call);
    mayWrite(call, application);
    const given = isObject(call.body["passwordCredential"]) ? call.body["passwordCredential"] : {};
    const secretText = `${randomBytes(3).toString("hex").slice(0, 3)}8Q~${randomBytes(25).toString("base64url").slice(0, 34)}`;
    const credential: PasswordCredential = {
        keyId: randomUUID(),
        displayName: typeof given["displayName"] === "string" ? given["displayName"] : null,
        hint: secretText.slice(0, 3),
        startDateTime: date(given, "startDateTime") ?? world.now().toISOString(),
        endDateTime: date(given, "endDateTime") ?? new Date(world.now().getTime() + DEFAULT_DAYS * DAY_MS).toISOString(),
        customKeyIdentifier: null,
        secretText: null,
    };
    checkLifetime(call, credential);
    application.passwordCredentials.push(credential);
    world.state.secretHashes[credential.keyId] = fingerprint(secretText);
    world.replication.created("credentials", credential.keyId);
    const context = `${world.base}/${call.version}/$metadata#microsoft.graph.passwordCredential`;
    return { status: 200, body: { "@odata.context": context, ...credential, secretText } };
}

function removePassword(call: GraphCall): Reply {
    const application = applicationOf(call);
    mayWrite(call, application);
    const keyId = call.body["keyId"];
    if (!application.passwordCredentials.some(each => each.keyId === keyId)) {
        // Observed as a refusal (facts: azuread-observed.md section 4); the words are Graph's.
        throw badRequest("No password credential found with keyId.");
    }
    application.passwordCredentials = application.passwordCredentials.filter(each => each.keyId !== keyId);
    delete call.world.state.secretHashes[String(keyId)];
    return { status: 204 };
}

function date(given: Json, property: string): string | undefined {
    const value = given[property];
    if (value === undefined || value === null) {
        return undefined;
    }
    if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value) || Number.isNaN(Date.parse(value))) {
        throw badRequest(`Cannot convert the literal '${String(value)}' to the expected type 'Edm.DateTimeOffset'.`);
    }
    return value;
}

/** Words and codes as in OfficeDev/microsoft-365-agents-toolkit issue 10998. */
function checkLifetime({ world }: GraphCall, { startDateTime, endDateTime }: PasswordCredential): void {
    const [start, end] = [Date.parse(startDateTime), Date.parse(endDateTime)];
    const { longestSecretDays = Infinity, secretsForbidden } = world.behaviour;
    if (secretsForbidden) {
        throw new ApiError(400, "CredentialTypeNotAllowedAsPerAppPolicy", "Credential type not allowed as per assigned policy 'default'.");
    }
    if (end <= start || end <= world.now().getTime()) {
        throw badRequest("The end date of the credential is invalid: it must be after its start date and in the future.");
    }
    if (end - start > longestSecretDays * DAY_MS) {
        const message = "Credential lifetime exceeds the max value allowed as per assigned policy 'default'.";
        throw new ApiError(400, "CredentialInvalidLifetimeAsPerAppPolicy", message, { details: [{ code: "InvalidKeyEndDate", message, target: "EndDate" }] });
    }
}

function listFederated(call: GraphCall): Reply {
    mayRead(call);
    return list(call, `applications('${param(call)}')/federatedIdentityCredentials`, applicationOf(call).federatedIdentityCredentials.map(plain));
}

function addFederated(call: GraphCall): Reply {
    const application = applicationOf(call);
    mayWrite(call, application);
    const { name, issuer, subject, audiences, description = null } = call.body;
    if (![name, issuer, subject].every(each => typeof each === "string" && each !== "") || !Array.isArray(audiences) || audiences.length !== 1) {
        throw badRequest("A federated identity credential needs a name, an issuer, a subject and one audience.");
    }
    const others = application.federatedIdentityCredentials;
    if (others.some(each => each.name === name || (each.issuer === issuer && each.subject === subject))) {
        const message = "FederatedIdentityCredential with the same name, or the same issuer and subject, already exists.";
        throw new ApiError(409, "Request_MultipleObjectsWithSameKeyValue", message);
    }
    if (others.length >= MAX_FEDERATED) {
        throw badRequest(`An application can have up to ${MAX_FEDERATED} federated identity credentials.`);
    }
    const made = { id: randomUUID(), name, issuer, subject, audiences, description } as FederatedIdentityCredential;
    others.push(made);
    call.world.replication.created("federatedIdentityCredentials", made.id);
    return single(call, `applications('${application.id}')/federatedIdentityCredentials`, plain(made), 201);
}

function readFederated(call: GraphCall): Reply {
    mayRead(call);
    return single(call, `applications('${param(call)}')/federatedIdentityCredentials`, plain(federatedOf(call)));
}

function updateFederated(call: GraphCall): Reply {
    mayWrite(call, applicationOf(call));
    const credential = federatedOf(call);
    const { name, id } = credential;
    Object.assign(credential, merged(plain(credential), call.body), { name, id });
    return { status: 204 };
}

function removeFederated(call: GraphCall): Reply {
    const application = applicationOf(call);
    mayWrite(call, application);
    const { id } = federatedOf(call);
    application.federatedIdentityCredentials = application.federatedIdentityCredentials.filter(each => each.id !== id);
    return { status: 204 };
}

/** By id or by name, as Graph takes both. */
function federatedOf(call: GraphCall): FederatedIdentityCredential {
    const key = param(call, 1);
    const found = applicationOf(call).federatedIdentityCredentials.find(({ id, name }) => id === key || name === key);
    if (!found || !call.world.replication.visible(found.id)) {
        throw absent(key);
    }
    return found;
}

function plain(credential: FederatedIdentityCredential): Json {
    return { ...credential };
}
