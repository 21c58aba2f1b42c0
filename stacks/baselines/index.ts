import { promotion } from "../../index";
import { baseline as of202611 } from "./2026-11";
import { baseline as of202612 } from "./2026-12";

/**
 * All baselines, by name. One that a stack has applied is not changed any more: published.json holds its hash, and a test compares. What is new gets a
 * new file.
 */
export const baselines: Record<string, promotion.Baseline> = Object.fromEntries([of202611, of202612].map((one) => [one.name, one]));
