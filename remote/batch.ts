/**
 * Collects requests until none has come for a moment, then answers them all at once: a program's components ask one by one, a host is
 * asked once.
 */
export class Batch<Req, Res> {
    private waiting: { request: Req; resolve: (response: Res) => void; reject: (error: unknown) => void }[] = [];
    private timer: NodeJS.Timeout | undefined;

    /**
     * @param answer Gives one response for each request, in their order.
     * @param quietMs How long no request may have come, in milliseconds. Default 20.
     */
    constructor(
        private readonly answer: (requests: Req[]) => Promise<Res[]>,
        private readonly quietMs = 20,
    ) {}

    /** Rejects with what `answer` rejects with. */
    ask(request: Req): Promise<Res> {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => void this.flush(), this.quietMs);
        return new Promise((resolve, reject) => this.waiting.push({ request, resolve, reject }));
    }

    private async flush(): Promise<void> {
        const asked = this.waiting;
        this.waiting = [];
        try {
            const responses = await this.answer(asked.map((one) => one.request));
            if (responses.length !== asked.length) {
                throw new Error(`${asked.length} requests got ${responses.length} responses`);
            }
            asked.forEach((one, index) => one.resolve(responses[index] as Res));
        } catch (error) {
            asked.forEach((one) => one.reject(error));
        }
    }
}
