import { dataOf, notationOf, seen } from "./data";
import { normalNotation } from "./notation";
import { nativePath, upper } from "./paths";

/** Thrown by the checked methods where a real registry would answer "access is denied". */
export class AccessDenied extends Error {
    constructor(readonly path: string) {
        super(`access to ${path} is denied`);
    }
}

/** Thrown where a real registry would refuse to make a key: one that stays, below one that is kept in memory only. */
export class NotVolatile extends Error {
    constructor(readonly path: string) {
        super(`${path}: Subkey must be volatile.`);
    }
}

/** One write that a program on the host makes. `notation` is `absent` for a deletion. */
export interface RegistryWrite {
    key: string;
    name: string;
    notation: string;
}

/** A registry as JSON: notations by key and name, and who may read protected keys. What is denied is a circumstance, not a state. */
export interface RegistryData {
    keys: Record<string, Record<string, string>>;
    readers: Record<string, string[]>;
}

interface Key {
    path: string;
    values: Map<string, { name: string; notation: string }>;
    volatile?: boolean;
}

/**
 * A Windows registry in memory. Keys and names are found without regard to case and keep the spelling of their first writer;
 * the 32-bit view is the key WOW6432Node. Values are notations, which hold type and data. A notation `unknown:...` may be put
 * in raw for a type that the protocol does not list, and `hex(7):...` and the like for a text or list that is not as .NET writes it.
 * Below HKU the hives of the system are loaded, and others that have a key.
 *
 * `get`, `set` and `delete...` are an administrator's hand: never refused, not observed.
 * `read`, `write` and `list` are what a program on the host can do: refused where denied, writes observed.
 */
export class Registry {
    /** Called before each write of a program; may throw to end it there. */
    beforeWrite?: (write: RegistryWrite) => void;
    /** Called after each write of a program; may throw to end it there, with the write done. */
    afterWrite?: (write: RegistryWrite) => void;
    /** Grows with every change. */
    revision = 0;
    private keys = new Map<string, Key>();
    private denied = new Map<string, "all" | "write">();
    private readers = new Map<string, { path: string; readers: string[] }>();

    constructor(data?: RegistryData | Record<string, Record<string, string>>) {
        if (data) {
            this.restore(isData(data) ? data : { keys: data, readers: {} });
        }
    }

    get(key: string, name: string): string {
        return seen(this.keys.get(upper(placeOf(key)))?.values.get(storedName(name))?.notation ?? this.missing(nativePath(key)));
    }

    /** Creates the key where it is missing; `absent` deletes the value and leaves the key. */
    set(key: string, name: string, notation: string): void {
        if (notation === "absent") {
            this.deleteValue(key, name);
            return;
        }
        const text = notation.startsWith("unknown:") ? notation : normalStored(notation);
        const values = this.createKey(key).values;
        values.set(storedName(name), { name: values.get(storedName(name))?.name ?? name, notation: text });
        this.revision++;
    }

    deleteValue(key: string, name: string): boolean {
        this.revision++;
        return this.keys.get(upper(placeOf(key)))?.values.delete(storedName(name)) ?? false;
    }

    /** Deletes the key with everything below it. */
    deleteKey(key: string): boolean {
        const found = this.keysBelow(key);
        for (const path of found) {
            this.keys.delete(upper(path));
            this.readers.delete(upper(path));
        }
        this.revision++;
        return found.length > 0;
    }

    hasKey(key: string): boolean {
        return this.keys.has(upper(placeOf(key)));
    }

    /** The key and all keys below it, parents first, in their spelling. */
    keysBelow(key: string): string[] {
        const root = upper(placeOf(key));
        const order = (path: string): string => upper(path).replaceAll("\\", "\0");
        return [...this.keys]
            .filter(([id]) => id === root || id.startsWith(`${root}\\`))
            .map(([, found]) => found.path)
            .sort((a, b) => (order(a) < order(b) ? -1 : 1));
    }

    /** Names and notations of a key's values, in the order they were made; empty where there is no key. */
    values(key: string): Array<{ name: string; notation: string }> {
        return this.stored(key).map(({ name, notation }) => ({ name, notation: seen(notation) }));
    }

    /** The same, with the data of types that no notation names. */
    stored(key: string): Array<{ name: string; notation: string }> {
        return [...(this.keys.get(upper(placeOf(key)))?.values.values() ?? [])];
    }

    /** A key that is kept in memory only. */
    makeVolatile(key: string): void {
        this.createKey(key).volatile = true;
    }

    /** Throws NotVolatile. */
    createKey(key: string): Key {
        const native = placeOf(key);
        const found = this.keys.get(upper(native));
        if (found) {
            return found;
        }
        const parent = native.slice(0, native.lastIndexOf("\\"));
        const above = parent.includes("\\") ? this.createKey(parent) : undefined;
        if (above?.volatile) {
            throw new NotVolatile(native);
        }
        const path = above ? `${above.path}${native.slice(parent.length)}` : native;
        const created: Key = { path, values: new Map() };
        this.keys.set(upper(native), created);
        this.revision++;
        return created;
    }

    /** Refuses programs the key and all below it: everything, or writes only. */
    deny(key: string, access: "all" | "write" = "all"): void {
        this.denied.set(upper(placeOf(key)), access);
    }

    /** Takes back all refusals. */
    allowAll(): void {
        this.denied.clear();
    }

    /** Gives the key, made where it is missing, a protected access list: administrators, and these accounts for reading. */
    protect(key: string, readers: string[]): void {
        this.createKey(key);
        this.readers.set(upper(placeOf(key)), { path: placeOf(key), readers: [...readers] });
        this.revision++;
    }

    /** Who may read a protected key beside administrators; undefined where the key is not protected. */
    readersOf(key: string): string[] | undefined {
        return this.readers.get(upper(placeOf(key)))?.readers;
    }

    /** Throws AccessDenied. */
    read(key: string, name: string): string {
        this.check(key, "read");
        return this.get(key, name);
    }

    /** Throws AccessDenied. */
    list(key: string): Array<{ name: string; notation: string }> {
        this.check(key, "read");
        return this.values(key);
    }

    /** The keys right below one, by their last part. Throws AccessDenied. */
    below(key: string): string[] {
        this.check(key, "read");
        const depth = placeOf(key).split("\\").length;
        return this.keysBelow(key).flatMap(path => (path.split("\\").length === depth + 1 ? (path.split("\\").at(-1) ?? []) : []));
    }

    /** Throws AccessDenied, NotVolatile, and whatever the observers throw. */
    write(key: string, name: string, notation: string): void {
        this.check(key, "write");
        this.beforeWrite?.({ key, name, notation });
        try {
            this.set(key, name, notation);
        } catch (error) {
            throw error instanceof NotVolatile ? new NotVolatile(`${key}\\\\${name}`) : error;
        }
        this.afterWrite?.({ key, name, notation });
    }

    /** Copies one value, byte for byte, to the key that keeps it or back. Throws as `write` does. */
    copy(from: string, name: string, to: string): void {
        this.check(from, "read");
        const found = this.stored(from).find(value => storedName(value.name) === storedName(name));
        this.write(to, found?.name ?? name, found?.notation ?? "absent");
    }

    snapshot(): RegistryData {
        return {
            keys: Object.fromEntries(
                [...this.keys.values()].map(key => [key.path, Object.fromEntries([...key.values.values()].map(value => [value.name, value.notation]))]),
            ),
            readers: Object.fromEntries([...this.readers.values()].map(entry => [entry.path, entry.readers])),
        };
    }

    restore(data: RegistryData): void {
        this.keys = new Map();
        this.readers = new Map();
        this.revision++;
        for (const [key, values] of Object.entries(data.keys)) {
            this.createKey(key);
            Object.entries(values).forEach(([name, notation]) => this.set(key, name, notation));
        }
        Object.entries(data.readers).forEach(([key, readers]) => this.protect(key, readers));
    }

    private missing(native: string): string {
        const hive = /^HKU\\[^\\]+/i.exec(native)?.[0];
        const loaded = hive === undefined || /\\(\.DEFAULT|S-1-5-(18|19|20))$/i.test(hive) || this.keysBelow(hive).length > 0;
        return loaded ? "absent" : "unknown:not loaded";
    }

    private check(key: string, wanted: "read" | "write"): void {
        if (this.denied.size === 0) {
            return;
        }
        const id = upper(placeOf(key));
        for (const [path, access] of this.denied) {
            if ((access === "all" || wanted === "write") && (id === path || id.startsWith(`${path}\\`))) {
                throw new AccessDenied(key);
            }
        }
    }
}

/** What a program reads, or that it may not. */
export function orUnknown(read: () => string): string {
    try {
        return read();
    } catch (error) {
        return unknown(error);
    }
}

/** Throws what is no refusal. */
export function unknown(error: unknown): string {
    if (error instanceof AccessDenied) {
        return "unknown:denied";
    }
    throw error;
}

/** Windows keeps the default value under the empty name; both spellings find it. */
function storedName(name: string): string {
    return name === "" ? "(DEFAULT)" : upper(name);
}

function normalStored(notation: string): string {
    return /^hex\([127]\):/.test(notation) ? notationOf(...dataOf(notation)) : normalNotation(notation);
}

function isData(data: object): data is RegistryData {
    return "keys" in data && "readers" in data;
}

/** Where a key lies: some of SOFTWARE is shared by both views. */
function placeOf(key: string): string {
    return nativePath(key).replace(/^(HKLM\\SOFTWARE)\\WOW6432Node(?=\\Policies(\\|$))/i, "$1");
}
