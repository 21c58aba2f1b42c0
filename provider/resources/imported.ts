// What people have in hand when they import: an id that a portal or a cmdlet shows, an address, a name.
import { sameText } from "./inputs";

/**
 * The one object that is meant. `idsOf` gives what it is known by: first its own id, which beats all others, since names may look like it.
 */
export function meant<T>(all: T[], id: string, idsOf: (one: T) => unknown[]): T | undefined {
    const own = all.find(one => sameText(idsOf(one)[0], id));
    const called = own ? [own] : all.filter(one => idsOf(one).some(each => sameText(each, id)));
    if (called.length < 2) return called[0];
    const ids = called.map(one => String(idsOf(one)[0])).join(", ");
    throw new Error(`"${id}" means ${called.length} objects; import one by its id: ${ids}`);
}
