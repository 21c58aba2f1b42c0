import type { Duplex } from "stream";

/** A server may send lines of its own before it names itself; more than this is no SSH server. */
const longest = 8192;

/**
 * Hands over the line in which a server names itself (`SSH-2.0-OpenSSH_for_Windows_9.5`). The stream must be paused, so that nothing is
 * missed; it stays as it is.
 */
export function readIdent(stream: Duplex, found: (line: string) => void): void {
    let seen = "";
    const read = (data: Buffer) => {
        seen += data.subarray(0, longest).toString("latin1");
        const line = /^(SSH-[^\r\n]*)\r?\n/m.exec(seen)?.[1];
        if (line !== undefined || seen.length > longest) {
            stream.removeListener("data", read);
            found(line ?? "");
        }
    };
    stream.on("data", read);
}
