/** What one component knows of values that are written and not in force yet. */
export interface Pending {
    document: string;
    /** As the output `rebootPending` has it. */
    reboot: boolean | string;
    /** As the output `restartPending` has it. */
    restart: string[];
}

/** What is said of one host: at most one sentence of what is pending, and one of what nobody knows. */
export function pendingTexts(components: Pending[]): { pending?: string; unknown?: string } {
    const reboot = components.filter((one) => one.reboot === true).map((one) => one.document);
    const services = [...new Set(components.flatMap((one) => one.restart))];
    const restart = services.filter((one) => !one.includes(" (unknown: "));
    const todo = [...(reboot.length > 0 ? [`reboot the host (${reboot.join(", ")})`] : []), ...(restart.length > 0 ? [`restart ${restart.join(", ")}`] : [])];

    const unread = components.filter((one) => typeof one.reboot === "string");
    const reasons = [...new Set(unread.map((one) => String(one.reboot).replace(/^unknown: /, "")))];
    const doubt = [
        ...(unread.length > 0 ? [`a reboot (${unread.map((one) => one.document).join(", ")}: ${reasons.join("; ")})`] : []),
        ...services.filter((one) => !restart.includes(one)).map((one) => `a restart of ${one}`),
    ];
    return {
        pending: todo.length > 0 ? `written, but not in force yet: ${todo.join("; ")}` : undefined,
        unknown: doubt.length > 0 ? `not known to be in force: ${doubt.join(", ")} may be needed. Do it once to be sure` : undefined,
    };
}
