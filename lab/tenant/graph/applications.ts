import { isDeepStrictEqual } from "node:util";
import { ApiError, type Json, type Reply } from "../http";
import type { Application } from "../state";
import { applicationOf, badRequest, single, type GraphCall, type Route } from "./call";
import { certificates } from "./certificates";
import { list } from "./list";
import { merged } from "./merge";
import { newApplication } from "./newApplication";
import { addOwner, boundOwners, listOwners, removeOwner } from "./owners";
import { forgetApplication } from "./removal";
import { mayCreate, mayRead, mayWrite, ownedOnly } from "./rights";

const MAX_NAME = 256;

export const applicationRoutes: Route[] = [
    { method: "GET", path: "applications", answer: all },
    { method: "POST", path: "applications", answer: create },
    { method: "GET", path: "applications/{}", answer: read },
    { method: "PATCH", path: "applications/{}", answer: update },
    { method: "DELETE", path: "applications/{}", answer: remove },
    { method: "GET", path: "applications/{}/owners", answer: call => listOwners(call, applicationOf(call)) },
    { method: "POST", path: "applications/{}/owners/$ref", answer: call => addOwner(call, applicationOf(call)) },
    { method: "DELETE", path: "applications/{}/owners/{}/$ref", answer: call => removeOwner(call, applicationOf(call)) },
];

function all(call: GraphCall): Reply {
    mayRead(call);
    return list(call, "applications", call.world.state.applications);
}

function create(call: GraphCall): Reply {
    const { world, body, caller } = call;
    mayCreate(call);
    checkName(body, true);
    const application = newApplication(settable(body), { now: world.now(), domain: "hybrididentity.example" });
    application.keyCredentials = certificates(body["keyCredentials"], [], world.now());
    // Who may only work on its own applications owns what it makes, asked for or not.
    application.owners = [...new Set([...boundOwners(call), ...(ownedOnly(call) ? [caller.id] : [])])];
    world.state.applications.push(application);
    world.replication.created("applications", application.id);
    return single(call, "applications", application, 201);
}

function read(call: GraphCall): Reply {
    mayRead(call);
    return single(call, "applications", applicationOf(call));
}

function update(call: GraphCall): Reply {
    const { body, world } = call;
    const application = applicationOf(call);
    mayWrite(call, application);
    checkName(body, false);
    const after = merged(application, settable(body));
    checkEnabled(application["appRoles"], after["appRoles"]);
    checkEnabled(scopes(application), scopes(after));
    if (body["keyCredentials"] !== undefined) {
        after.keyCredentials = certificates(body["keyCredentials"], application.keyCredentials, world.now());
        const before = new Set(application.keyCredentials.map(({ keyId }) => keyId));
        after.keyCredentials.filter(({ keyId }) => !before.has(keyId)).forEach(({ keyId }) => world.replication.created("credentials", keyId));
    }
    Object.assign(application, after);
    // What the service principal shows of its application follows.
    world.state.servicePrincipals
        .filter(({ appId }) => appId === application.appId)
        .forEach(each => Object.assign(each, { appDisplayName: after.displayName, displayName: after.displayName, appRoles: after["appRoles"] }));
    return { status: 204 };
}

function remove(call: GraphCall): Reply {
    const application = applicationOf(call);
    mayWrite(call, application);
    forgetApplication(call.world.state, application);
    return { status: 204 };
}

/** What a caller may set; ids are the directory's, and credentials and owners have ways of their own. */
function settable(body: Json): Json {
    if (entries(body["passwordCredentials"]).length > 0) {
        throw new ApiError(400, "Request_BadRequest", "Secrets that come with the application are not served here; use addPassword.", { unknown: true });
    }
    const own = ["id", "appId", "createdDateTime", "publisherDomain", "keyCredentials", "passwordCredentials", "owners", "federatedIdentityCredentials"];
    return Object.fromEntries(Object.entries(body).filter(([property]) => !own.includes(property)));
}

function checkName({ displayName }: Json, needed: boolean): void {
    const good = typeof displayName === "string" && displayName !== "" && displayName.length <= MAX_NAME;
    if (!good && (needed || displayName !== undefined)) {
        throw badRequest("Invalid value specified for property 'displayName' of resource 'Application'.");
    }
}

/** Roles and scopes that are on can neither be changed nor removed; azuread therefore turns them off first. */
function checkEnabled(before: unknown, after: unknown): void {
    const kept = entries(after);
    for (const entry of entries(before).filter(({ isEnabled }) => isEnabled === true)) {
        const now = kept.find(({ id }) => id === entry["id"]);
        const turnedOff = now !== undefined && isDeepStrictEqual({ ...now, isEnabled: true }, entry);
        if (!turnedOff) {
            // The plugin knows it by these words (facts: wire.md section 2.5).
            throw new ApiError(400, "CannotDeleteOrUpdateEnabledEntitlement", "Permission (scope or role) cannot be deleted or updated unless disabled first.");
        }
    }
}

function scopes(application: Application): unknown {
    return (application["api"] as Json | null)?.["oauth2PermissionScopes"];
}

function entries(value: unknown): Json[] {
    return Array.isArray(value) ? (value as Json[]) : [];
}
