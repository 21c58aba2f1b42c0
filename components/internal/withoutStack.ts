/**
 * Makes a resource of which nobody asks where in a program it comes from: the component that it belongs to tells that. The SDK looks up the sources of the
 * whole stack for each resource, and again for each of its promises, and the engine keeps all of it in state.
 */
export function withoutStack<T>(make: () => T): T {
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = String;
    try {
        return make();
    } finally {
        Object.assign(Error, { prepareStackTrace });
    }
}
