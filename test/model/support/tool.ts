import { planHost } from "../../../drift/plan";
import { observe, remove, set } from "../../../lab/host/module";
import type { Tool } from "./world";

/** The program's side and the host's side as they are. */
export const realTool: Tool = { plan: planHost, observe, set, remove };
