import { randomBytes } from "node:crypto";
import { spelled } from "./files";
import type { PretendHost } from "./host";
import { EXCHANGE_SETUP, FIELDS } from "./smtpLogs";

/** Mail that leaves by one send connector. */
export interface Sent {
    connector: string;
    /** Where TLS fails: `NoCredentials`. */
    reason?: string;
    /** Of the certificate that is sent. */
    thumbprint: string;
}

export const OUTBOUND = "Outbound to Office 365";
const ENDS = "192.0.2.10:25843,203.0.113.36:25";
const REMOTE = "contoso-com.mail.protection.outlook.com";

/** Where the role Hub of this host logs; undefined where Exchange is not installed. */
export function hubLog({ registry }: PretendHost): string | undefined {
    const home = /^string:([^]+?)\\*$/.exec(registry.get(EXCHANGE_SETUP, "MsiInstallPath"))?.[1];
    return home && `${home.replaceAll("\\", "/")}/TransportRoles/Logs/Hub/ProtocolLog/SmtpSend`;
}

/** One connection, as Exchange 2016 and newer log it; the lines from public logs. The file is that of the hour. */
export function sendMail(host: PretendHost, { connector, reason, thumbprint }: Sent): void {
    const folder = hubLog(host);
    if (folder === undefined) {
        throw new Error("Exchange is not installed here");
    }
    const now = host.clock().toISOString();
    const file = spelled(host.files, `${folder}/SEND${now.slice(0, 13).replace(/[-T]/g, "")}-1.LOG`);
    const name = /[,"]/.test(connector) ? `"${connector.replaceAll('"', '""')}"` : connector;
    const session = randomBytes(8).toString("hex").toUpperCase();
    const start = host.files[file] ?? `#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Send Protocol Log\r\n#Date: ${now}\r\n${FIELDS}\r\n`;
    const lines = conversation(reason, thumbprint).map((line, number) => `${now},${name},${session},${number},${ENDS},${line}\r\n`);
    host.files[folder] = null;
    host.files[file] = start + Buffer.from(lines.join(""), "utf8").toString("latin1");
}

/** Event, data and context of each line. */
function conversation(reason: string | undefined, thumbprint: string): string[] {
    const certificate = `" CN=mail.contoso.example, O=Contoso CN=Contoso CA 0D92CFF6070B73AD5722EC8B4DA3389B ${thumbprint} 2026-01-17T15:15:33.000Z 2027-01-17T15:15:33.000Z mail.contoso.example"`;
    const greeting = ["+,,", `<,220 ${REMOTE} Microsoft ESMTP MAIL Service ready,`, ">,EHLO mail.contoso.example,", "<,250 SIZE 157286400 STARTTLS 8BITMIME CHUNKING,", ">,STARTTLS,", "<,220 2.0.0 SMTP server ready,"];
    const sent = `*,${certificate},Sending certificate Subject Issuer name Serial number Thumbprint Not before Not after Subject alternate names`;
    return reason === undefined
        ? [...greeting, sent, '*,,"TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded using bulk encryption algorithm CALG_AES_256 with strength 256 bits, MAC hash algorithm CALG_SHA_384 with strength 384 bits and key exchange algorithm CALG_ECDH_EPHEM with strength 384 bits"', ">,EHLO mail.contoso.example,", "<,250 2.6.0 Queued mail for delivery,", ">,QUIT,", "<,221 2.0.0 Service closing transmission channel,", "-,,Local"]
        : [...greeting, sent, `*,,TLS negotiation failed with error ${reason}`, "-,,Local"];
}
