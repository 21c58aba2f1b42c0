import { UsageError, write, type PrepareArguments } from "./arguments";
import { prepareScript } from "./prepareScript";

/** `prepare`: prints the script, or writes it to the file. */
export function prepare({ user, publicKey, to }: PrepareArguments): number {
    const key = publicKey === undefined ? undefined : publicKeyIn(publicKey);
    if (key === null) {
        throw new UsageError(
            "--public-key: must be an OpenSSH public key, one line such as \"ssh-ed25519 AAAA...\" (the file that ends with .pub). A private key stays where it is; \"ssh-keygen -y -f FILE\" prints its public one",
        );
    }
    if (user !== undefined && /[\x00-\x1f\x7f]|^\s*$/.test(user)) {
        throw new UsageError(`--user: must be the name of an account, such as "CONTOSO\\svc-pulumi"; received ${JSON.stringify(user)}`);
    }
    write(prepareScript({ user, key }), to);
    return 0;
}

/** Type and key without what is noted behind them; null for what is no public key. */
export function publicKeyIn(text: string): string | null {
    const [, type, base64] = /^\ufeff?\s*((?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t][^\r\n]*)?\s*$/.exec(text) ?? [];
    const blob = Buffer.from(base64 ?? "", "base64");
    const inner = blob.length < 4 ? "" : blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1");
    return type !== undefined && inner === type ? `${type} ${base64}` : null;
}
