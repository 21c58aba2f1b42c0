/** The library's face: exports only, no side effect. The program of this repository is stacks/index.ts. */
export * as entra from "./components/entra";
export * as exchange from "./components/exchange";
export * as exchangeServer from "./components/exchangeServer";
export * as mim from "./components/mim";
export * as promotion from "./components/promotion";
export * as windows from "./components/windows";
export { MailMethod, MailRoute, Mode, ModuleSource, OnDestroy, OnUnreachable, SecretBy } from "./components/choices";
export { absent, binary, dword, expand, multi, qword, string } from "./components/values";
export { report } from "./components/report";
export type { ComponentReport, StackReport } from "./components/report";
export type { Drifted } from "./drift/types";
