/** What one component knows of values that are written and not in force yet. */
export interface Pending {
    document: string;
    /** As the output `rebootPending` has it. */
    reboot: boolean | string;
    /** As the output `restartPending` has it. */
    restart: string[];
    /** Whether this run only looks: whatever is not in force there was not written by it. */
    audited?: boolean;
}

/** What is said of one host: at most one sentence of what is pending, one of what is on a host that is only audited, and one of what nobody knows. */
export function pendingTexts(components: Pending[]): { pending?: string; audited?: string; unknown?: string } {
    const services = [...new Set(components.flatMap((one) => one.restart))];
    const todo = todoText(components.filter((one) => !one.audited));
    const elsewhere = todoText(components.filter((one) => one.audited));

    const unread = components.filter((one) => typeof one.reboot === "string");
    const reasons = [...new Set(unread.map((one) => String(one.reboot).replace(/^unknown: /, "")))];
    const doubt = [
        ...(unread.length > 0 ? [`a reboot (${unread.map((one) => one.document).join(", ")}: ${reasons.join("; ")})`] : []),
        ...services.filter(isDoubt).map((one) => `a restart of ${one}`),
    ];
    return {
        pending: todo && `written, but not in force yet: ${todo}`,
        audited: elsewhere && `only audited here, and not in force yet, whoever wrote it: ${elsewhere}`,
        unknown: doubt.length > 0 ? `not known to be in force: ${doubt.join(", ")} may be needed. Do it once to be sure` : undefined,
    };
}

function todoText(components: Pending[]): string | undefined {
    const reboot = components.filter((one) => one.reboot === true).map((one) => one.document);
    const restart = [...new Set(components.flatMap((one) => one.restart))].filter((one) => !isDoubt(one));
    const todo = [...(reboot.length > 0 ? [`reboot the host (${reboot.join(", ")})`] : []), ...(restart.length > 0 ? [`restart ${restart.join(", ")}`] : [])];
    return todo.length > 0 ? todo.join("; ") : undefined;
}

function isDoubt(service: string): boolean {
    return service.includes(" (unknown: ");
}
