import { missedAnswers } from "./keepAlive";
import type { RemoteErrorKind } from "./types";

/** What a command is waited for until it says something. */
export const firstByte = "the first byte of the reply";

/** What ssh2 and Node put on an error; `code` is a text on socket errors and a number where the server itself ended the connection. */
export interface LowError extends Error {
    code?: string | number;
    level?: string;
}

/** How far a connection has come; the words stand in messages after "while waiting for". */
export type Stage = "the TCP connection" | "the jump host" | "the SSH handshake" | "authentication" | "nothing";

/** Why a TCP connection or a handshake failed, and what to do. `text` is the error's message, fit to be printed. */
export function openingReason(error: LowError, text: string, stage: Stage): string {
    if (typeof error.code === "string" && error.level === "client-socket") {
        return socketReasons[error.code] ?? `the connection failed (${error.code}). Check address, port and firewalls`;
    }
    return (
        `no SSH session came about while waiting for ${stage} (${text}). Check that the port is that of sshd, and sshd's log on ` +
        `the host`
    );
}

/** True where the server could not prove, or does not offer, the pinned host key. */
export function concernsHostKey(error: LowError): boolean {
    return /no matching host key format|signature verification failed/.test(error.message);
}

/** The reason of a mismatch; both arguments are SHA-256 fingerprints. */
export function mismatchReason(pinned: string, offered: string): string {
    return (
        `the host key is not the pinned one: hostKey is ${pinned}, the server has ${offered}. ` +
        "If the server was rebuilt or its key renewed, check the fingerprint on the host itself (ssh-keygen -l -f " +
        "C:\\ProgramData\\ssh\\ssh_host_ed25519_key.pub) " +
        "and change hostKey; otherwise somebody else answers at this address"
    );
}

export function noSuchKeyReason(type: string): string {
    return (
        `the server does not prove a host key of the type of hostKey (${type}). Give the line of a key that the server has, see ` +
        `C:\\ProgramData\\ssh\\ssh_host_*_key.pub`
    );
}

export function timeoutKind(waitedFor: string): RemoteErrorKind {
    // A host that is switched off, or behind a firewall that drops packets, shows itself like this.
    return waitedFor.startsWith("the TCP connection") ? "unreachable" : waitedFor === firstByte ? "silent" : "timeout";
}

export function timeoutReason(label: string, timeoutMs: number, waitedFor: string): string {
    return (
        `"${label}" took longer than ${timeoutMs / 1000} s; the time ran out while waiting for ${waitedFor}. ` +
        `${remedies[waitedFor.replace(/ (of|from) the jump host$/, "")] ?? "Look at the load of the host, or allow more time (\"timeout\" of the Host)"}`
    );
}

export function silentReason(keepAliveMs: number): string {
    return (
        `the host has not answered for ${(keepAliveMs * missedAnswers) / 1000} s although the connection is open. Check whether it ` +
        `hangs or restarts, then run again`
    );
}

const remedies: Record<string, string | undefined> = {
    "the TCP connection": "Check address, port and firewalls: nothing answers there",
    "the SSH handshake": "Check that the port is that of sshd and that sshd is not overloaded (MaxStartups)",
    authentication: "Check that the host reaches its domain controllers",
    "a channel for the command": "Check whether sshd on the host hangs",
    [firstByte]:
        "Look at the load of the host, or allow more time (\"timeout\" of the Host). With some builds of OpenSSH for Windows, Windows PowerShell 5.1 may lose what is " +
        'sent to it and wait for ever: then update OpenSSH there, or install PowerShell 7 and set powershell: "pwsh.exe"',
};

const socketReasons: Record<string, string | undefined> = {
    ECONNREFUSED: "nothing listens on that port (ECONNREFUSED). Start sshd on the host, and check address and port",
    ENOTFOUND: "the name is not known (ENOTFOUND). Check address, and name resolution on this machine",
    EAI_AGAIN: "the name could not be looked up (EAI_AGAIN). Check name resolution on this machine",
    EHOSTUNREACH: "there is no way to that address (EHOSTUNREACH). Check address, routes and whether the host is on",
    ENETUNREACH: "there is no way to that network (ENETUNREACH). Check address and routes",
    ETIMEDOUT: "nothing answered (ETIMEDOUT). Check address, firewalls and whether the host is on",
    ECONNRESET: "the other side broke the connection off (ECONNRESET). Check that the port is that of sshd, and sshd's log",
};
