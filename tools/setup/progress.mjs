/**
 * Shows what the set-up is doing, how far it is and for how long: one line that updates itself on a terminal, a plain line every ten
 * seconds elsewhere.
 * @param {{ write: (text: string) => void, isTTY?: boolean, columns?: number }} out standard error by default: standard output belongs to
 * the command that follows
 */
export function createProgress(out = process.stderr) {
    const show = (line) => out.write(`${line}\n`);
    return {
        show,
        /**
         * Shows a piece of work until it ends.
         * @template T
         * @param {string} what for example `Pulumi CLI: building from its Go modules`
         * @param {(detail: (text: string) => void) => Promise<T>} work calls `detail` with how far it is
         * @returns {Promise<T>}
         */
        async during(what, work) {
            const start = Date.now();
            let detail = "";
            const line = () => `${what}${detail && `, ${detail}`} (${duration(Date.now() - start)})`;
            if (!out.isTTY) show(`${what} ...`);
            const timer = setInterval(
                () => (out.isTTY ? out.write(`\r\x1b[K${line().slice(0, (out.columns ?? 80) - 1)}`) : show(line())),
                out.isTTY ? 250 : 10_000,
            );
            try {
                const result = await work((text) => (detail = text));
                show(`${out.isTTY ? "\r\x1b[K" : ""}${line()}, done`);
                return result;
            } catch (error) {
                show(`${out.isTTY ? "\r\x1b[K" : ""}${line()}, did not work`);
                throw error;
            } finally {
                clearInterval(timer);
            }
        },
    };
}

/** `800 ms`, `12 s` or `2 min 05 s`. */
export function duration(milliseconds) {
    if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
    const seconds = Math.round(milliseconds / 1000);
    return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
