// A certificate that an application proves itself with. azuread has this resource too, but takes an application that is gone for a failure: one
// application deleted in the portal then fails every preview, refresh and update of the whole stack. Here it says that the certificate is gone.
// https://learn.microsoft.com/graph/api/application-update
import { randomUUID, type X509Certificate } from "node:crypto";
import { LostReplyError, NotFoundError } from "../clients/errors";
import { graphRefusal } from "../clients/graphErrors";
import { certificateIn, parsed, thumbprint, thumbprintOf, type KeyCredential } from "../clients/keyCredential";
import { waitBeforeRetry } from "../clients/retry";
import type { Properties } from "../values";
import { checked, guidPattern } from "./inputs";
import type { Context, Found, ResourceType } from "./resource";
import { untilKnown } from "./untilKnown";

const right = "Application.ReadWrite.OwnedBy (or Application.ReadWrite.All) of Microsoft Graph";

/** `hybrid-identity:entra:ApplicationCertificate`. Its id is that of azuread: {object id of the application}/certificate/{key id}. */
export const applicationCertificate: ResourceType = {
    replaceOn: ["applicationId", "value"],
    check: inputs =>
        checked(inputs, [
            {
                property: "applicationId",
                expected: "the id of an application, /applications/{object id}",
                accepts: value => typeof value === "string" && value.startsWith("/applications/") && guidPattern.test(oidOf(value)),
            },
            { property: "value", expected: "one certificate in PEM form, without private key", accepts: value => parsedText(value) !== undefined },
        ]),
    // Line ends and blanks make no other certificate.
    same: (property, old, now) => {
        const [one, other] = [parsedText(old), parsedText(now)];
        return property === "value" && one !== undefined && other !== undefined && one.fingerprint === other.fingerprint;
    },
    async create({ applicationId, value }, context) {
        const oid = oidOf(String(applicationId));
        const certificate = parsedText(value)!;
        const mine = (one: KeyCredential) => thumbprint(one) === thumbprintOf(certificate);
        const made = { keyId: randomUUID(), type: "AsymmetricX509Cert", usage: "Verify", key: certificate.raw.toString("base64") };
        // The certificate that is there already is this one, whoever brought it.
        const withMade = (there: KeyCredential[]) => (there.some(mine) ? undefined : [...there.map(kept), made]);
        await untilKnown(() => change(oid, withMade, context), context);
        return found(oid, await untilListed(oid, mine, context), String(value));
    },
    importedBy: "{object id of the application}/certificate/{key id}",
    async read(id, inputs, context) {
        const [oid = "", , keyId] = id.split("/");
        const there = (await known(oid, context))?.find(one => one.keyId === keyId);
        if (!there) return undefined;
        // What the service does not tell is as it is in state.
        return found(oid, there, certificateIn(there.key)?.toString() ?? String(inputs?.["value"] ?? ""));
    },
    update: () => Promise.reject(new Error("a certificate is never changed, only replaced")),
    async delete(id, _state, context) {
        const [oid = "", , keyId] = id.split("/");
        const rest = (there: KeyCredential[]) => there.filter(one => one.keyId !== keyId);
        const withoutIt = (there: KeyCredential[]) => (rest(there).length === there.length ? undefined : rest(there).map(kept));
        if (await known(oid, context)) await change(oid, withoutIt, context);
    },
};

function oidOf(applicationId: string): string {
    return applicationId.slice(applicationId.lastIndexOf("/") + 1);
}

function parsedText(value: Properties[string] | undefined): X509Certificate | undefined {
    return typeof value === "string" && !value.includes("PRIVATE KEY") ? parsed(value) : undefined;
}

async function keysOf(oid: string, context: Context): Promise<KeyCredential[]> {
    const graph = await context.graph(context.signal);
    const path = `/v1.0/applications/${oid}?$select=id,keyCredentials`;
    return (await graph.get<{ keyCredentials?: KeyCredential[] }>(path, { right, signal: context.signal })).keyCredentials ?? [];
}

/** Undefined where Graph says that there is no such application. */
async function known(oid: string, context: Context): Promise<KeyCredential[] | undefined> {
    try {
        return await keysOf(oid, context);
    } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
    }
}

/** An entry that comes back without its key keeps it. */
function kept(one: KeyCredential): object {
    return { ...one, key: null };
}

/**
 * Sends the whole list; `changed` gives it, or nothing where there is nothing to do. What is sent again goes by a new look, not by the HTTP client, which
 * would send the same list: a certificate that somebody added while it waited would be gone.
 */
async function change(oid: string, changed: (there: KeyCredential[]) => object[] | undefined, context: Context): Promise<void> {
    const { signal } = context;
    const graph = await context.graph(signal);
    const path = `/v1.0/applications/${oid}`;
    const post = { name: `PATCH ${path}`, right, idempotent: false, givesThrottled: true, signal };
    for (let attempt = 1; ; attempt++) {
        const keyCredentials = changed(await keysOf(oid, context));
        if (keyCredentials === undefined) return;
        const outcome = await graph.patch(path, { keyCredentials }, post).catch((error: unknown) => {
            if (error instanceof LostReplyError) return error;
            throw error;
        });
        const isLost = outcome instanceof LostReplyError;
        if (!isLost && outcome.status !== 429) return;
        const after = isLost ? outcome.retryAfter : outcome.header("retry-after");
        const wait = waitBeforeRetry(attempt, isLost ? 503 : 429, after, Date.now());
        if (wait === undefined) throw isLost ? outcome : graphRefusal(post.name, outcome, right).error;
        await context.wait(wait);
    }
}

function untilListed(oid: string, mine: (one: KeyCredential) => boolean, context: Context): Promise<KeyCredential> {
    const missing = new Error(`the certificate was added to the application ${oid} but Graph does not list it yet; the next run takes it over`);
    const look = async () => {
        const there = (await keysOf(oid, context)).find(mine);
        if (there) return there;
        throw missing;
    };
    return untilKnown(look, context, error => error === missing || error instanceof NotFoundError);
}

function found(oid: string, { keyId, ...one }: KeyCredential, value: string): Found {
    const inputs = { applicationId: `/applications/${oid}`, value };
    const certificate = parsed(value);
    const told = { keyId, thumbprint: (certificate && thumbprintOf(certificate)) ?? thumbprint(one) ?? "", endDate: one.endDateTime ?? "" };
    return { id: `${oid}/certificate/${keyId}`, inputs, state: { ...inputs, ...told } };
}
