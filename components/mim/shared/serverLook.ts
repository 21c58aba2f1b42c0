import * as pulumi from "@pulumi/pulumi";
import type { MailRoute } from "../../choices";
import { settled } from "../../internal/inputs";
import { monitor } from "../../internal/monitor";
import { serverHealth, ServerHealthResult } from "../functions/serverHealth";
import type { MailServerArgs } from "./mailServer";

const looks = new WeakMap<MailServerArgs, { run: object; look: Promise<ServerHealthResult | undefined> }>();

/** One look at the server of a route for all that are given the same arguments in a run; undefined where not all of them are known in this preview. */
export function lookAtServer(route: MailRoute, server: MailServerArgs, parent: pulumi.Resource): Promise<ServerHealthResult | undefined> {
    const run = monitor() ?? looks;
    const earlier = looks.get(server);
    const look = earlier?.run === run ? earlier.look : ask(route, server, parent);
    looks.set(server, { run, look });
    return look;
}

async function ask(route: MailRoute, server: MailServerArgs, parent: pulumi.Resource): Promise<ServerHealthResult | undefined> {
    const known = await settled(pulumi.output(server));
    return known && settled(serverHealth({ route, server: known.address, port: known.port, tls: known.tls }, { parent }));
}
