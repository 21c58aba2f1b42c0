import * as pulumi from "@pulumi/pulumi";
import { said } from "../../internal/looks";
import { lookAtServer } from "../shared/serverLook";
import { serverOf } from "./checkPortalMail";
import type { PortalMailArgs } from "./portalMailArgs";

/** Why setup may not bring the MIM Service to the server of its new route now; empty where that works, seen from here. */
export function serverTrouble(args: PortalMailArgs, parent: pulumi.Resource): pulumi.Output<string> {
    const { route } = args;
    const asked = lookAtServer(route, serverOf(args)!, parent).catch((error: Error) => ({ state: "unknown", message: said(error) }));
    const text = (seen: string): string => `the server of route "${route}" does not work now (${seen}), and setup would bring the MIM Service to it. Mend the server, or the route's address, first`;
    return pulumi.output(asked.then((one) => (one === undefined || one.state === "healthy" ? "" : text(one.message))));
}
