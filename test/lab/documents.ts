import { pretendHost, type PretendHost } from "../../lab/host/host";
import { Killed, type Reply } from "../../lab/host/reply";

export const KEY = "HKLM\\SOFTWARE\\Contoso";
export const RECORDS = "HKLM\\SOFTWARE\\HybridIdentity";

/** A document as the program would render it for the values of one key. Members of `more` replace those given here. */
export function text(id: string, values: Record<string, string>, more: Record<string, unknown> = {}): string {
    const document = {
        document: id,
        kind: "registry",
        owner: "app.dev",
        protocol: 1,
        resource: `urn:${id}`,
        desired: { [KEY]: values },
        ...("not observed" in more ? {} : { "first seen 2026-11-22T08:30:00.123Z": "no record" }),
        onDestroy: "retain",
        ...more,
    };
    return `${JSON.stringify(document, null, 2)}\n`;
}

/** A host with values under KEY. */
export function hostWith(values: Record<string, string>): PretendHost {
    const host = pretendHost({ clock: () => new Date("2026-11-22T09:00:00.000Z") });
    Object.entries(values).forEach(([name, notation]) => host.registry.set(KEY, name, notation));
    return host;
}

/** Ends the operation after its n-th write; returns whether it got that far. */
export function killedAfter(host: PretendHost, n: number, operation: () => Reply): boolean {
    let writes = 0;
    host.registry.afterWrite = () => {
        if (++writes === n) {
            throw new Killed();
        }
    };
    try {
        operation();
        return false;
    } catch (error) {
        if (error instanceof Killed) {
            return true;
        }
        throw error;
    } finally {
        host.registry.afterWrite = undefined;
    }
}

/** A value's record, parsed; undefined where there is none. */
export function record(host: PretendHost, name: string, key = KEY): Record<string, unknown> | undefined {
    const notation = host.registry.get(`${RECORDS}\\Values`, `${key}\\\\${name}`);
    return notation === "absent" ? undefined : (JSON.parse(notation.slice("string:".length)) as Record<string, unknown>);
}

export function setRecord(host: PretendHost, name: string, members: Record<string, unknown>): void {
    host.registry.set(`${RECORDS}\\Values`, `${KEY}\\\\${name}`, `string:${JSON.stringify(members)}`);
}
