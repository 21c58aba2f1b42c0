import * as pulumi from "@pulumi/pulumi";
import { checkDeclaration, normaliseTree } from "../../drift/document";
import { show } from "../../drift/show";
import { Drifted, Problem, ValueTree } from "../../drift/types";
import { isCertificateKey, isSecretKey, isSetupKey, virtualKey } from "../../drift/virtual";
import { anything, flag, needed, plain } from "../internal/checkArgs";
import { Component } from "../internal/component";
import { checkDocument, DocumentArgs, documentChecks, DocumentKind, DocumentPlanner } from "./shared/documentArgs";
import { manageDocument } from "./shared/managedDocument";

/** Arguments of `RegistryValues`. */
export interface RegistryValuesArgs extends DocumentArgs {
    /**
     * Desired values by key and name. Keys begin with `HKLM\`, `HKU\` or `HKLM32\SOFTWARE\` (32-bit view), the default value is named `(default)`,
     * values are made with `dword`, `qword`, `string`, `expand`, `multi`, `binary` or `absent`.
     */
    values: pulumi.Input<Record<string, pulumi.Input<Record<string, pulumi.Input<string>>>>>;
    /** Whether a change of these values is in force only after a reboot (then `rebootPending` says so). Default false. */
    needsReboot?: boolean;
}

/**
 * Registry values of a Windows host, any type. Other values of the same keys are left alone.
 *
 * Source: learn.microsoft.com, "Registry value types" and "Registry element size limits".
 */
export class RegistryValues extends Component {
    /** `compliant`, `drifted`, `unknown` (not everything could be read) or `enforced` (repaired by this run). */
    public readonly state: pulumi.Output<string>;
    /** Every value that is not as declared when the run ends, by value id (`KEY\\NAME`, two backslashes between key and name). */
    public readonly drift: pulumi.Output<Record<string, Drifted>>;
    /** Every value that this run repaired, in the same form. */
    public readonly repaired: pulumi.Output<Record<string, Drifted>>;
    /** Name of the host in the program. */
    public readonly hostName: pulumi.Output<string>;
    /** A value was written after the host's last boot, and needs a reboot; `unknown: REASON` where nobody can tell. */
    public readonly rebootPending: pulumi.Output<boolean | string>;
    /** Services of `restartServices` that started before the last change. */
    public readonly restartPending: pulumi.Output<string[]>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, args: RegistryValuesArgs, opts?: pulumi.ComponentResourceOptions) {
        checkDocument(name, args, kind);
        super("hybrid-identity:windows:RegistryValues", name, opts);

        const document = manageDocument(this, name, args, kind);

        this.state = document.state;
        this.drift = document.drift;
        this.repaired = document.repaired;
        this.hostName = document.hostName;
        this.rebootPending = document.rebootPending;
        this.restartPending = document.restartPending;
        this.registerOutputs({
            state: this.state,
            drift: this.drift,
            repaired: this.repaired,
            hostName: this.hostName,
            rebootPending: this.rebootPending,
            restartPending: this.restartPending,
            onRemoval: document.onRemoval,
        });
    }
}

const kind: DocumentKind<RegistryValuesArgs> = {
    type: "windows.RegistryValues",
    checks: { ...documentChecks, values: needed(anything), needsReboot: plain(flag) },
    plannerFor,
};

function plannerFor(args: RegistryValuesArgs): DocumentPlanner {
    return {
        inputs: { values: args.values },
        check: ({ values }: { values: ValueTree }) => {
            const problems = [...checkDeclaration({ id: "values", kind: "registry", resource: "values", desired: values, onDestroy: "retain" }, "values"), ...checkKeys(values)];
            const desired = problems.length === 0 ? normaliseTree(values) : {};
            return { problems, desired, reads: namesOf(desired) };
        },
        decide: ({ values }: { values: ValueTree }) => ({ desired: normaliseTree(values), problems: [] }),
        needsReboot: args.needsReboot ?? false,
    };
}

/** Documents also hold what is no key of the registry. */
function checkKeys(values: ValueTree): Problem[] {
    const others = Object.keys(values ?? {}).filter((key) => virtualKey(key) !== undefined);
    const use = (key: string): string => (isSecretKey(key) ? "mim.ServiceSecret" : isSetupKey(key) ? "mim.Product" : isCertificateKey(key) ? "exchangeServer.TransportCertificate" : "windows.WindowsService");
    return others.map((key) => ({ property: `values[${show(key)}]`, message: `is no registry key, which begins with HKLM\\, HKLM32\\ or HKU\\. Use ${use(key)}` }));
}

function namesOf(tree: ValueTree): Record<string, string[]> {
    return Object.fromEntries(Object.entries(tree).map(([key, values]) => [key, Object.keys(values)]));
}
