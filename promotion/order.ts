import { isObject } from "../drift/json";
import { show } from "../drift/show";
import type { Problem } from "../drift/types";

/** Why, and how long, a baseline goes without its proof. */
export interface Override {
    /** Why. */
    reason: string;
    /** When it ends by itself, UTC, such as `2026-11-30T18:00:00Z`. */
    until: string;
}

/** From which stack a stack takes its baseline, and when. */
export interface PromotionOrder {
    /** The stack that has it first: its name, or `organization/project/stack`. */
    from: string;
    /** Hours that it must have been there without drift. Default 24. */
    minimumSoak?: number;
    /** Hours after which what that stack says is too old to be believed. Default 24. */
    maximumAge?: number;
    /** For an emergency: goes without the proof for a while. */
    override?: Override;
}

/** What is wrong with the settings of a gate, all at once. */
export function checkPromotion(promotion: PromotionOrder, stack: string): Problem[] {
    const { from, minimumSoak = 24, maximumAge = 24, override } = promotion;
    const problems: Problem[] = [];
    const hours = (property: string, value: unknown) => {
        if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
            problems.push({ property, message: `must be a number of hours, 0 or more; received ${show(value)}` });
        }
    };
    if (typeof from !== "string" || !/^([\w.-]+\/[\w.-]+\/)?[\w.-]+$/.test(from)) {
        problems.push({ property: "from", message: `must be a stack's name, or organization/project/stack; received ${show(from)}` });
    } else if (from === stack) {
        problems.push({ property: "from", message: `is this stack itself, ${show(from)}; name the one that has a baseline before it` });
    }
    hours("minimumSoak", minimumSoak);
    hours("maximumAge", maximumAge);
    if (override !== undefined) {
        if (!isObject(override) || typeof override.reason !== "string" || override.reason.trim() === "") {
            problems.push({ property: "override.reason", message: "must say why the proof is gone without" });
        }
        if (!isObject(override) || !isMoment(override.until)) {
            problems.push({ property: "override.until", message: `must be the UTC time at which it ends, such as "2026-11-30T18:00:00Z"; received ${show(override?.until)}` });
        }
    }
    return problems;
}

function isMoment(text: unknown): boolean {
    return typeof text === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(text) && !Number.isNaN(Date.parse(text));
}
