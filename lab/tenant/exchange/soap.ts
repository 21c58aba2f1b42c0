import type { Reply } from "../http";

const ENVELOPE = 'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"';
const TYPES = "http://schemas.microsoft.com/exchange/services/2006/types";
const MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages";
const ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors";

/** What is asked for, as far as anything here can tell, and for whose mailbox (an address). */
export function operationOf(text: string): { operation?: string; mailbox?: string } {
    const [, operation] = /<(?:\w+:)?Body\b[^>]*>\s*<(?:\w+:)?(\w+)/.exec(text) ?? [];
    const [, folder] = /<(?:\w+:)?DistinguishedFolderId\b[^>]*\bId="(\w+)"/.exec(text) ?? [];
    const [, mailbox] = /<(?:\w+:)?ConnectingSID>\s*<(?:\w+:)?(?:Primary)?SmtpAddress>\s*([^<]*?)\s*</.exec(text) ?? [];
    return { operation: folder === undefined ? operation : `${operation} ${folder}`, mailbox: mailbox === undefined ? undefined : unescaped(mailbox) };
}

/** An error of EWS: 500, with the code twice (Microsoft, KB 3214326, for an address without a mailbox). */
export function fault(code: string, text: string, headers: Record<string, string>): Reply {
    return xml(
        500,
        `<s:Envelope ${ENVELOPE}><s:Body><s:Fault>` +
            `<faultcode xmlns:a="${TYPES}">a:${code}</faultcode><faultstring xml:lang="en-US">${text}</faultstring>` +
            `<detail><e:ResponseCode xmlns:e="${ERRORS}">${code}</e:ResponseCode><e:Message xmlns:e="${ERRORS}">${text}</e:Message></detail>` +
            "</s:Fault></s:Body></s:Envelope>",
        headers,
    );
}

/** The inbox, by its id alone (learn.microsoft.com, "GetFolder operation"). */
export function inboxReply(mailboxGuid: string, headers: Record<string, string>): Reply {
    const id = Buffer.from(`inbox of ${mailboxGuid}`).toString("base64");
    return xml(
        200,
        `<s:Envelope ${ENVELOPE}><s:Body><m:GetFolderResponse xmlns:m="${MESSAGES}" xmlns:t="${TYPES}"><m:ResponseMessages>` +
            '<m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>' +
            `<m:Folders><t:Folder><t:FolderId Id="${id}" ChangeKey="AQAAAA=="/></t:Folder></m:Folders>` +
            "</m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse></s:Body></s:Envelope>",
        headers,
    );
}

function xml(status: number, text: string, headers: Record<string, string>): Reply {
    const body = Buffer.from(`<?xml version="1.0" encoding="utf-8"?>${text}`);
    return { status, body, headers: { ...headers, "content-type": "text/xml; charset=utf-8" } };
}

function unescaped(text: string): string {
    const signs: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
    return text.replace(/&(\w+);/g, (whole, name: string) => signs[name] ?? whole);
}
