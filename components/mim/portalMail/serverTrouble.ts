import * as pulumi from "@pulumi/pulumi";
import { settled } from "../../internal/inputs";
import { said } from "../../internal/looks";
import { serverHealth } from "../functions/serverHealth";
import type { PortalMailArgs } from "./portalMailArgs";

/** Why setup may not bring the MIM Service to the server of its new route now; empty where that works, seen from here. */
export function serverTrouble(args: PortalMailArgs, parent: pulumi.Resource): pulumi.Output<string> {
    const { route } = args;
    const { address, ...more } = args[route as "smtp" | "exchangeServer"]!;
    const asked = settled(serverHealth({ route, server: address, ...more }, { parent })).catch((error: Error) => ({ state: "unknown", message: said(error) }));
    const text = (seen: string): string => `the server of route "${route}" does not work now (${seen}), and setup would bring the MIM Service to it. Mend the server, or the route's address, first`;
    return pulumi.output(asked.then((one) => (one === undefined || one.state === "healthy" ? "" : text(one.message))));
}
