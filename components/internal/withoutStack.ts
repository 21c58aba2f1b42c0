/**
 * Makes a resource of which nobody asks where in a program it comes from: the component that it belongs to tells that. The SDK looks up the sources of the
 * whole stack for each resource, and again for each of its promises, and the engine keeps all of it in state.
 */
export function withoutStack<T>(make: () => T): T {
    const end = withStack(() => []);
    try {
        return make();
    } finally {
        end();
    }
}

/** Whoever asks for a stack until the returned function is called gets these frames of it. */
export function withStack(chosen: (frames: NodeJS.CallSite[]) => NodeJS.CallSite[]): () => void {
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = (error, frames) => (prepareStackTrace ?? asIsUsual)(error, chosen(frames));
    return () => void Object.assign(Error, { prepareStackTrace });
}

function asIsUsual(error: Error, frames: NodeJS.CallSite[]): string {
    return [String(error), ...frames.map((one) => `    at ${String(one)}`)].join("\n");
}
