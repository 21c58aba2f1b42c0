export * from "./hostBaseline";
export * from "./promotionGate";
export { differencesOf, hashOf, settingsOf } from "../../promotion/baseline";
export type { Baseline, BaselineSettings } from "../../promotion/baseline";
export { checkExceptions, ending, overdue } from "../../promotion/exceptions";
export type { BaselineException } from "../../promotion/exceptions";
export type { AppliedBaseline, UsedOverride } from "../../promotion/applied";
export type { Override, PromotionOrder } from "../../promotion/order";
