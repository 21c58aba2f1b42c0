/** Lets at most `limit` callers in at a time; the others wait in order of arrival. */
export class Gate {
    private inside = 0;
    private readonly queue: (() => void)[] = [];

    constructor(private readonly limit: number) {}

    /** Resolves when the caller may go in; each `enter` needs one `leave`. */
    async enter(): Promise<void> {
        if (this.inside < this.limit) {
            this.inside++;
            return;
        }
        // Whoever leaves hands the place over, so that nobody slips in between.
        await new Promise<void>((resolve) => this.queue.push(resolve));
    }

    leave(): void {
        const next = this.queue.shift();
        if (next === undefined) {
            this.inside--;
        } else {
            next();
        }
    }
}
