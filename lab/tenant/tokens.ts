import { createHash, generateKeyPairSync, sign, verify, type KeyObject } from "node:crypto";

interface Pair {
    publicKey: KeyObject;
    privateKey: KeyObject;
    id: string;
}

/** Made when it is needed, one for all tenants of a process, because making it takes a while. */
let made: Pair | undefined;

/** Signs and reads the access tokens of one tenant (RS256). They end with the process. */
export class Tokens {
    constructor(private readonly tenantId: string) {}

    issue(claims: Record<string, unknown>): string {
        const signed = [{ typ: "JWT", alg: "RS256", kid: pair().id }, claims].map(part => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
        return `${signed}.${sign("sha256", Buffer.from(signed), pair().privateKey).toString("base64url")}`;
    }

    /** The claims of a token of this tenant; undefined for anything else. */
    claims(token: string): Record<string, unknown> | undefined {
        const [head, payload, signature, ...more] = token.split(".");
        if (head === undefined || payload === undefined || signature === undefined || more.length > 0) {
            return undefined;
        }
        const good = verify("sha256", Buffer.from(`${head}.${payload}`), pair().publicKey, Buffer.from(signature, "base64url"));
        const claims = good ? decoded(payload) : undefined;
        return claims?.["tid"] === this.tenantId ? claims : undefined;
    }

    /** As JSON Web Keys. */
    keys(): object[] {
        const { publicKey, id } = pair();
        return [{ ...publicKey.export({ format: "jwk" }), use: "sig", kid: id, x5t: id }];
    }
}

function pair(): Pair {
    if (!made) {
        const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
        made = { ...keys, id: createHash("sha256").update(keys.publicKey.export({ type: "spki", format: "der" })).digest("base64url").slice(0, 27) };
    }
    return made;
}

/** One part of a token; undefined where it is none. */
export function decoded(part: string | undefined): Record<string, unknown> | undefined {
    try {
        const value: unknown = JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8"));
        return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
    } catch {
        return undefined;
    }
}
