import type { EngineEvent, PreviewOptions, Stack, StepEventMetadata } from "@pulumi/pulumi/automation";

/** What one component says in a preview. */
export interface ComponentReport {
    /** Pulumi's name of it. */
    urn: string;
    /** As in a program: `windows.RegistryValues`, `entra.MailApplication`. */
    type: string;
    /** Its name in the program. */
    name: string;
    /** Name of its host in the program; undefined where it has none, or the program failed before it was known. */
    host?: string;
    /** The component's own word; `unknown` where it gave none. */
    state: string;
    /** The component's output `drift`: what is off now. */
    drift: unknown;
    /** Something is written, but not in force before a reboot; `unknown: REASON` where nobody can tell. Undefined where all is in force, or where the component has no such output. */
    rebootPending?: true | string;
}

/** What a preview says of a stack. */
export interface StackReport {
    /** All components that observe something, by URN. */
    components: ComponentReport[];
    /** Why the preview failed; empty where it did not. Components that could not be observed are `unknown`. */
    errors: string[];
    /** What the preview warned of, each once. */
    warnings: string[];
}

const reporting = /^hybrid-identity:(promotion:HostBaseline|windows:(?:RegistryValues|SchannelProtocols|DotNetStrongCrypto|WindowsService)|exchangeServer:(?:TransportCertificate|SmtpProtocolLog)|mim:(?:ServiceSettings|ServiceSecret|Product|MailHealth|PortalMail)|entra:MailApplication)$/;

/**
 * Previews a stack of the Automation API and tells what its components found. Nothing is changed. `stack.outputs()` does not: it tells what the last update
 * found.
 * @param options Those of `stack.preview`.
 * @throws what `stack.preview` throws where no component and no message says why.
 */
export async function report(stack: Pick<Stack, "preview">, options: PreviewOptions = {}): Promise<StackReport> {
    const components = new Map<string, ComponentReport>();
    const said: Record<string, string[]> = { error: [], warning: [] };
    const onEvent = (event: EngineEvent): void => {
        if (event.resOutputsEvent) {
            noteStep(components, event.resOutputsEvent.metadata);
        }
        const { severity = "", message = "" } = event.diagnosticEvent ?? {};
        said[severity]?.push(message.trimEnd());
        if (event.policyEvent) {
            const { enforcementLevel, policyName, resourceUrn = "", message: why } = event.policyEvent;
            said[enforcementLevel === "mandatory" ? "error" : "warning"]!.push(`policy ${policyName}: ${resourceUrn.slice(resourceUrn.lastIndexOf("::") + 2)}: ${why.trimEnd()}`);
        }
        options.onEvent?.(event);
    };
    try {
        await stack.preview({ ...options, onEvent });
    } catch (error) {
        if (said["error"]!.length === 0) {
            throw error;
        }
    }
    const [errors, warnings] = [said["error"]!, said["warning"]!].map((texts) => [...new Set(texts)]) as [string[], string[]];
    return { components: [...components.values()].sort((a, b) => (a.urn < b.urn ? -1 : 1)), errors, warnings };
}

function noteStep(components: Map<string, ComponentReport>, { urn, type, op, new: now }: StepEventMetadata): void {
    const [, known] = reporting.exec(type) ?? [];
    // A baseline speaks for its parts.
    if (known === undefined || now === undefined || /delete|refresh/.test(op) || urn.includes("promotion:HostBaseline$")) {
        return;
    }
    // The first event of a component is its registration, with the outputs of the last update; what this run says comes after it.
    const { state, drift, hostName, rebootPending } = (components.has(urn) ? now.outputs : undefined) ?? {};
    components.set(urn, {
        urn,
        type: known.replace(":", "."),
        name: urn.slice(urn.lastIndexOf("::") + 2),
        ...(typeof hostName === "string" ? { host: hostName } : {}),
        state: typeof state === "string" && /^[a-z]+$/.test(state) ? state : "unknown",
        drift: drift ?? {},
        ...(rebootPending === true || typeof rebootPending === "string" ? { rebootPending } : {}),
    });
}
