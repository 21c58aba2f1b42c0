import * as pulumi from "@pulumi/pulumi";
import { show } from "../../drift/show";
import { Problem } from "../../drift/types";

/** The SDK's outputs know whether they are known; its public type does not say so. */
interface Settling<T> {
    isKnown: Promise<boolean>;
    promise(): Promise<T>;
}

/** The value of an output once it settles, or undefined when it stays unknown in this preview. */
export async function settled<T>(output: pulumi.Output<T>): Promise<T | undefined> {
    const settling = output as unknown as Settling<T>;
    return (await settling.isKnown) ? settling.promise() : undefined;
}

/** Whether a value holds outputs or promises, so that it cannot be looked at while the program is being built. */
export function isPlain(value: unknown): boolean {
    if (pulumi.Output.isInstance(value) || value instanceof Promise) {
        return false;
    }
    return typeof value !== "object" || value === null || Object.values(value).every(isPlain);
}

/** The paths of all secrets below a value, in the words of whoever wrote it (`values["HKLM\\..."].Setting`). */
export async function secretPaths(path: string, value: unknown): Promise<string[]> {
    if (pulumi.Output.isInstance(value)) {
        return (await pulumi.isSecret(value)) ? [path] : [];
    }
    // What fails is said where the value is used.
    const known = await Promise.resolve(value).catch(() => undefined);
    if (typeof known !== "object" || known === null) {
        return [];
    }
    const inside = (key: string) => (Array.isArray(known) ? `${path}[${key}]` : memberPath(path, key));
    const found = await Promise.all(Object.entries(known).map(([key, one]) => secretPaths(inside(key), one)));
    return found.flat();
}

/** A member of an object with names of any kind, as messages have it. */
export function memberPath(path: string, name: string): string {
    return `${path}[${show(name, 500)}]`;
}

/** A problem for each of these arguments that is a secret: messages, previews or state show them. */
export async function shownSecrets(args: Record<string, unknown>, path = ""): Promise<Problem[]> {
    const paths = await Promise.all(Object.entries(args).map(([name, value]) => secretPaths(`${path}${name}`, value)));
    return paths.flat().map((property) => ({
        property,
        message: "is a secret, and messages show it. Give it as what it is, with pulumi.unsecret(...) where it comes out of a secret",
    }));
}

/** A problem when a text is none of the known choices. */
export function oneOf(property: string, received: string | undefined, known: Record<string, string>): Problem[] {
    return received === undefined || Object.values(known).includes(received)
        ? []
        : [{ property, message: `unknown choice ${JSON.stringify(received)}; use one of ${Object.values(known).join(", ")}` }];
}

/** What an account of Windows is called, for messages. */
export const accountRule = "an account or group as Windows writes it, DOMAIN\\NAME, NAME or a SID (S-1-5-...)";

/** Source: learn.microsoft.com, "Naming conventions in Active Directory for computers, domains, sites, and OUs": what no account name may hold. */
export function isAccount(value: unknown): boolean {
    const name = /^([^\x00-\x1f"/\\[\]:;|=,+*?<>]{1,256}\\)?(?!\s|.*[\s.]$)[^\x00-\x1f"/\\[\]:;|=,+*?<>]{1,256}$/;
    return typeof value === "string" && (/^S-1(-\d+)+$/i.test(value) || name.test(value));
}
