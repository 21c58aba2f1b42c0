import { timingSafeEqual } from "node:crypto";
import { utils, type AuthContext, type AuthenticationType, type ParsedKey, type PublicKeyAuthContext } from "ssh2";

/** Who may log on to a pretend host. */
export interface Account {
    user: string;
    password?: string;
    /** OpenSSH public key line. */
    publicKey: string;
    elevated: boolean;
    groups: string[];
}

const METHODS: AuthenticationType[] = ["publickey", "password", "keyboard-interactive"];

/** Answers one try to log on. `done` hears the account, or undefined for a refused try; a question without an answer yet is neither. */
export function logOn(context: AuthContext, accounts: Account[], done: (account: Account | undefined) => void): void {
    const account = accounts.find(({ user }) => user.toLowerCase() === context.username.toLowerCase());
    const decide = (good: boolean): void => {
        done(good ? account : undefined);
        if (good) {
            context.accept();
        } else {
            context.reject(METHODS);
        }
    };
    switch (context.method) {
        case "none":
            return context.reject(METHODS);
        case "password":
            return decide(isPassword(account, context.password));
        case "keyboard-interactive":
            return context.prompt([{ prompt: "Password: ", echo: false }], ([answer]) => decide(isPassword(account, answer ?? "")));
        case "publickey":
            // Without a signature the client only asks whether the key would do.
            return isKey(account, context) && context.signature === undefined ? context.accept() : decide(isSigned(account, context));
        default:
            return decide(false);
    }
}

/** The accounts that a fault leaves. */
export function admitted(accounts: Account[], method: string, fault: string | undefined): Account[] {
    const shut = (account: Account): boolean =>
        (fault === "allowGroups" && !account.elevated) || (fault === "ignoredKeys" && account.elevated && method === "publickey");
    return accounts.filter(account => !shut(account));
}

function isPassword(account: Account | undefined, given: string): boolean {
    const [a, b] = [Buffer.from(given), Buffer.from(account?.password ?? "")];
    return b.length > 0 && a.length === b.length && timingSafeEqual(a, b);
}

function isKey(account: Account | undefined, { key }: PublicKeyAuthContext): boolean {
    return account !== undefined && publicKey(account).getPublicSSH().equals(key.data);
}

function isSigned(account: Account | undefined, context: PublicKeyAuthContext): boolean {
    const { blob, signature, hashAlgo } = context;
    const complete = account !== undefined && blob !== undefined && signature !== undefined && isKey(account, context);
    return complete && publicKey(account).verify(blob, signature, hashAlgo) === true;
}

function publicKey(account: Account): ParsedKey {
    const key = utils.parseKey(account.publicKey);
    if (key instanceof Error) {
        throw key;
    }
    return key;
}
