import { describe } from "./describe";
import { listValues, nest, type ValueEntry } from "./document";
import { toAsciiJson, type Json } from "./json";
import type { Declaration, DriftEntry, RunContext } from "./types";

export { toAsciiJson } from "./json";

/** The number of the protocol in docs/protocol.md that this library speaks. */
export const protocol = 1;

/** The largest document, in characters: a record of 131,072 less the time and the line feed before it. */
export const stdinLimit = 131072 - 25;

/** Longest notation in the drift block, in characters; the whole values are in the plan's `drift`. */
const shownLimit = 1000;

/** The member that makes an update run, or says why none may. */
export type Timed =
    | { member: "drift seen"; time: string; drift: readonly DriftEntry[] }
    | { member: "changed" | "record missing" | "first seen"; time: string; why: string }
    | { member: "not observed"; why: string };

/** The stdin of a command, as docs/protocol.md, "Document", has it. `handed` are values that another document of the run takes. */
export function renderStdin(declaration: Declaration, context: RunContext, timed: Timed, handed: readonly ValueEntry[] = []): string {
    const document = new Map<string, Json>([
        ["document", declaration.id],
        ["kind", declaration.kind],
        ["owner", context.owner],
        ["protocol", protocol],
        ["resource", declaration.resource],
        ["desired", nest(listValues(declaration.desired), (entry) => entry.notation)],
    ]);
    if (handed.length > 0) {
        const keys = nest(handed, (entry) => entry.name);
        document.set("handed", new Map([...keys].map(([key, names]) => [key, [...names.values()]])));
    }
    if (context.takeOverFrom !== undefined && context.takeOverFrom !== "") {
        document.set("takeOverFrom", context.takeOverFrom);
    }
    const limitSeconds = declaration.limitSeconds ?? context.limitSeconds;
    if (limitSeconds !== undefined) {
        // Not compared: another limit alone changes nothing on a host, and comes with the next change.
        document.set("limitSeconds", limitSeconds);
    }
    if (declaration.waitSeconds !== undefined) {
        // Not compared either.
        document.set("waitSeconds", declaration.waitSeconds);
    }
    if (declaration.keepLogs !== undefined) {
        document.set("keepLogs", declaration.keepLogs);
    }
    if (declaration.allowTemporaryTls11) {
        document.set("allowTemporaryTls11", true);
    }
    if (declaration.repair !== undefined) {
        // Nor this: what is allowed counts where something is off.
        document.set("repair", { ...declaration.repair } as Json);
    }
    if (declaration.restart !== undefined) {
        document.set("restart", restartMember(declaration));
    }
    document.set("time" in timed ? `${timed.member} ${timed.time}` : timed.member, "drift" in timed ? driftBlock(timed.drift) : timed.why);
    document.set("onDestroy", declaration.onDestroy);
    return toAsciiJson(document);
}

/** What a document says of restarts, as the host's record has it too. Never a bare time: see docs/protocol.md. */
export function restartMember({ restart }: Pick<Declaration, "restart">): Record<string, string> {
    return Object.fromEntries((restart ?? []).map(({ service, time }) => [service, `if started before ${time}`]));
}

/** The stdin of a host that was not observed: `Set` refuses it, so nothing can be enforced unseen. */
export function notObserved(declaration: Declaration, context: RunContext): string {
    return renderStdin(declaration, context, { member: "not observed", why: "this run did not observe the host, so nothing is enforced" });
}

/** The same of a document that is refused, whether its host was observed or not. */
export function refused(declaration: Declaration, context: RunContext): string {
    return renderStdin(declaration, context, { member: "not observed", why: "this run refused the document, so nothing is enforced" });
}

/** What is wrong with the size of a document, or undefined. */
export function checkSize(declaration: Declaration, stdin: string): string | undefined {
    if (stdin.length <= stdinLimit) {
        return undefined;
    }
    const size = `${stdin.length.toLocaleString("en-US")} characters, and a host keeps at most ${stdinLimit.toLocaleString("en-US")}`;
    return `The document "${declaration.id}" (${declaration.resource}) is too large: ${size}. Split its values into several components.`;
}

function driftBlock(drift: readonly DriftEntry[]): Json {
    const entries = drift.map((one) => ({ key: one.path, name: one.name, id: "", notation: describe(one, shownLimit) }));
    return nest(entries, (entry) => entry.notation);
}
