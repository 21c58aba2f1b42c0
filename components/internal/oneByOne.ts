let oneByOne = false;

/** Says that this process makes components for programs in other languages. */
export function arriveOneByOne(): void {
    oneByOne = true;
}

/**
 * Whether components arrive one by one, from a program that runs elsewhere: when the last one has come nobody knows, so nothing may be made of what
 * is not there. A program in this process has built all of them before the first host is asked.
 */
export function isOneByOne(): boolean {
    return oneByOne;
}
