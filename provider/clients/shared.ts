/** Makes something when it is first needed, once for all who ask; after a failure the next one tries again. */
export function shared<T>(make: (signal?: AbortSignal) => Promise<T>): (signal?: AbortSignal) => Promise<T> {
    let made: Promise<T> | undefined;
    return signal => {
        if (made) return made;
        const making = make(signal);
        made = making;
        making.catch(() => made === making && (made = undefined));
        return making;
    };
}
