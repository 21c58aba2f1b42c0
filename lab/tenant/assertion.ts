import { constants, verify, X509Certificate } from "node:crypto";
import type { Application, KeyCredential } from "./state";
import { decoded } from "./tokens";
import type { World } from "./world";

/**
 * Whether a client assertion stands for the application: signed with one of its certificates, or told by an issuer that one of its federated identity
 * credentials names. The issuer's own signature is not checked, for no issuer runs here.
 */
export function provenBy(assertion: string, application: Application, world: World): boolean {
    const [head, payload, signature = ""] = assertion.split(".");
    const claims = decoded(payload);
    const algorithm = decoded(head)?.["alg"];
    if (!claims || typeof claims["exp"] !== "number" || claims["exp"] * 1000 < Date.now()) {
        return false;
    }
    const audiences = [claims["aud"]].flat();
    const federated = application.federatedIdentityCredentials.some(
        each => each.issuer === claims["iss"] && each.subject === claims["sub"] && each.audiences.some(audience => audiences.includes(audience)),
    );
    const own = claims["iss"] === application.appId && claims["sub"] === application.appId;
    const now = world.now().getTime();
    const valid = (credential: KeyCredential): boolean => Date.parse(credential.startDateTime) <= now && now < Date.parse(credential.endDateTime);
    const certified = (credential: KeyCredential): boolean =>
        signedWith(credential, String(algorithm), `${head}.${payload}`, Buffer.from(signature, "base64url"));
    return federated || (own && application.keyCredentials.some(each => valid(each) && certified(each)));
}

function signedWith({ key }: KeyCredential, algorithm: string, signed: string, signature: Buffer): boolean {
    const publicKey = certificateOf(key)?.publicKey;
    const padding = { RS256: constants.RSA_PKCS1_PADDING, PS256: constants.RSA_PKCS1_PSS_PADDING }[algorithm];
    return publicKey !== undefined && padding !== undefined && verify("sha256", Buffer.from(signed), { key: publicKey, padding }, signature);
}

/** azuread sends the base64 of a whole PEM text, others that of DER (facts: azuread-observed.md section 2). Undefined where it is neither. */
export function certificateOf(key: string | null): X509Certificate | undefined {
    try {
        return new X509Certificate(Buffer.from(key ?? "", "base64"));
    } catch {
        return undefined;
    }
}
