import { createHash, createPrivateKey, createPublicKey } from "node:crypto";

const TYPE = "ssh-ed25519";

/**
 * A host key made from the host's name, the same on every machine, so that the dev stack can name its public line.
 * Such a key protects nothing: whoever reads this file can make it. It serves pretend hosts on loopback only.
 */
export function hostKeyOf(name: string): { private: string; public: string } {
    const seed = createHash("sha256").update(`pulumi-hybrid-identity pretend host ${name}`).digest();
    const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
    const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
    const point = Buffer.from(createPublicKey(key).export({ format: "jwk" }).x ?? "", "base64url");
    const publicBlob = Buffer.concat([sshString(TYPE), sshString(point)]);
    return { private: opensshPrivateKey(publicBlob, seed, point), public: `${TYPE} ${publicBlob.toString("base64")}` };
}

/** The layout of OpenSSH's PROTOCOL.key, without encryption. */
function opensshPrivateKey(publicBlob: Buffer, seed: Buffer, point: Buffer): string {
    const check = seed.subarray(0, 4);
    const secret = Buffer.concat([check, check, sshString(TYPE), sshString(point), sshString(Buffer.concat([seed, point])), sshString("")]);
    const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, at) => at + 1));
    const none = sshString("none");
    const one = Buffer.from([0, 0, 0, 1]);
    const blob = Buffer.concat([
        Buffer.from("openssh-key-v1\0"),
        none,
        none,
        sshString(""),
        one,
        sshString(publicBlob),
        sshString(Buffer.concat([secret, padding])),
    ]);
    const lines = blob.toString("base64").match(/.{1,70}/g) ?? [];
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function sshString(data: string | Buffer): Buffer {
    const bytes = Buffer.from(data);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
}
