import type { Client } from "ssh2";

/** So many unanswered questions make a connection dead. */
export const missedAnswers = 3;

/**
 * Asks every `everyMs` milliseconds whether the other side lives, until the returned function is called; calls `dead` when it does not.
 * ssh2's own cannot be stopped on an idle connection, and would hold the Node process alive.
 */
export function keepAlive(client: Client, everyMs: number, dead: () => void): () => void {
    let unanswered = 0;
    const timer = setInterval(() => {
        if (unanswered === missedAnswers) {
            clearInterval(timer);
            dead();
            return;
        }
        unanswered++;
        try {
            // Every SSH server has to answer a global request; this one asks for nothing, as no forwarding exists.
            client.unforwardIn("127.0.0.1", 1, () => (unanswered = 0));
        } catch {
            // The socket is closing already: its close event says so.
        }
    }, everyMs);
    return () => clearInterval(timer);
}
