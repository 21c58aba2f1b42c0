import { show } from "../../../drift/show";
import type { Problem } from "../../../drift/types";
import type { MailRoute } from "../../choices";
import { listed, SetupArgs } from "../product/setupArgs";

/**
 * What setup is told where mail goes over a route. Source: xMIMDsc and public deployment scripts; polling is for approvals, which SMTP does not have.
 */
const told: Record<MailRoute, Record<string, string>> = {
    exchangeOnline: { MAIL_SERVER_IS_EXCHANGE: "1", MAIL_SERVER_IS_EXCHANGE_ONLINE: "1" },
    exchangeServer: { MAIL_SERVER_IS_EXCHANGE: "1", MAIL_SERVER_IS_EXCHANGE_ONLINE: "0" },
    smtp: { MAIL_SERVER_IS_EXCHANGE: "0", MAIL_SERVER_IS_EXCHANGE_ONLINE: "0", POLL_EXCHANGE_ENABLED: "0" },
};

/** What is not known yet is judged once it is. */
export function judgeSetup(route: MailRoute, server: unknown, setup: SetupArgs): Problem[] {
    const properties = listed(setup.properties);
    return properties ? setupProblems(route, server, properties) : [];
}

/**
 * Whether setup brings the MIM Service to the route and server that are declared. What setup is not given the product keeps, so off Exchange Online
 * all of it has to be given; with Exchange Online nothing else may be. What is not known yet, nothing is said of.
 */
export function setupProblems(route: MailRoute, server: unknown, properties: Record<string, unknown>): Problem[] {
    const leaves = route !== "exchangeOnline";
    const wanted = Object.entries({ ...(leaves && { MAIL_SERVER: server }), ...told[route] });
    return wanted.flatMap(([name, value]) => {
        const given = properties[name];
        const known = typeof value === "string" && typeof given === "string";
        if (given === undefined ? !leaves : !known || given.toLowerCase() === value.toLowerCase()) {
            return [];
        }
        const rule = name === "MAIL_SERVER" ? `what ${route}.address is${typeof value === "string" ? ` (${show(value)})` : ""}` : show(value);
        const received = given === undefined ? "nothing, and what setup is not given stays as it was" : show(given);
        return [{ property: `setup.properties[${show(name)}]`, message: `must be ${rule} with route "${route}"; received ${received}` }];
    });
}
