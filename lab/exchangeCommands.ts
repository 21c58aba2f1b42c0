// What a person does on an Exchange server, beside its registry and services.
import { UsageError } from "./host/faults";
import { hubLog, OUTBOUND, sendMail } from "./host/smtpSend";
import type { LabHost } from "./labHost";

export const EXCHANGE_USAGE = `  mail HOST [NUMBER [CONNECTOR]]         sends so much mail (default 1) by a send connector (default "${OUTBOUND}") and logs it; with the
                                         fault noCredentials it is stuck`;

export function mail(host: LabHost, [number = "1", connector = OUTBOUND, ...more]: string[]): string {
    if (!/^[1-9]\d{0,3}$/.test(number) || more.length > 0) {
        throw new UsageError(`mail takes:\n${EXCHANGE_USAGE}`);
    }
    const log = hubLog(host.state);
    if (log === undefined) {
        throw new UsageError(`${host.name} is no Exchange server; exch01 is`);
    }
    const stuck = host.faultName === "noCredentials";
    for (let left = Number(number); left > 0; left--) {
        sendMail(host.state, { connector, ...(stuck ? { reason: "NoCredentials" } : {}) });
    }
    host.save();
    const queue = "[{LED=451 4.4.395 Target host responded with error. -> 421 4.4.1 Connection timed out};{MSG=};{FQDN=contoso-com.mail.protection.outlook.com};{IP=203.0.113.36}]";
    return `${host.name}: ${number} by "${connector}" ${stuck ? `stuck in the queue: ${queue}` : "sent"}; logged in ${log.replaceAll("/", "\\")}`;
}
