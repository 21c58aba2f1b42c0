/**
 * An error whose message is written for the person at the terminal: what was wanted, what was tried, what to do. It is printed without a
 * stack.
 */
export class SetupFailure extends Error {
    /**
     * @param {string} wanted what could not be had
     * @param {string[]} tried each way that was tried and why it did not work
     * @param {string[]} remedies what the user can do; one is enough
     */
    constructor(wanted, tried, remedies) {
        super([wanted, "Tried:", ...bullets(tried), "What you can do (one of these is enough):", ...bullets(remedies)].join("\n"));
        this.name = "SetupFailure";
    }
}

function bullets(lines) {
    return lines.map((line) => `  - ${line.replaceAll("\n", "\n    ")}`);
}
