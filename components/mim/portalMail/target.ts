import * as pulumi from "@pulumi/pulumi";
import { settled } from "../../internal/inputs";
import type { InPlace } from "./leaving";
import type { PortalMailArgs } from "./portalMailArgs";

/** The route and server that the program declares, as state has them and as messages name them. */
export async function targetOf(args: PortalMailArgs): Promise<Omit<InPlace, "since">> {
    const { address, port } = args[args.route as "smtp" | "exchangeServer"]!;
    const [host, number] = (await settled(pulumi.all([address, port]))) ?? ["a server that is not known yet"];
    return { route: args.route, server: number === undefined ? host : `${host}:${number}` };
}
