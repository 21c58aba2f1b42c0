import type { Json } from "../http";
import type { World } from "../world";
import type { ExchangeState } from "./state";

/** A cmdlet that is being run. */
export interface CmdletCall {
    world: World;
    exchange: ExchangeState;
    name: string;
    parameters: Json;
}

/** What a parameter takes: a text or GUID, texts, yes or no, or one of the names. */
export type Kind = "text" | "texts" | "switch" | readonly string[];

export interface Cmdlet {
    /** What it takes; the rest is refused. */
    parameters: Record<string, Kind>;
    /** What it cannot do without. */
    needed?: string[];
    /** It asks back unless `Confirm:false` is sent, or `Force:true` where it has that. */
    asks?: boolean | ((parameters: Json) => boolean);
    /** What it warns of, whatever it found. */
    warning?: string;
    /** Its reply has no content (204). */
    silent?: true;
    run(call: CmdletCall): Json[];
}

/** Whether a cmdlet only looks. */
export function reads(name: string): boolean {
    return /^(Get|Test)-/.test(name);
}

export function text(parameters: Json, name: string): string | undefined {
    const value = parameters[name];
    return typeof value === "string" ? value : undefined;
}

export function flag(parameters: Json, name: string): boolean | undefined {
    const value = parameters[name];
    return typeof value === "boolean" ? value : undefined;
}
