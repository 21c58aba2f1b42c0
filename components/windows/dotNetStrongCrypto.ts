import * as pulumi from "@pulumi/pulumi";
import { Drifted } from "../../drift/types";
import { flag } from "../internal/checkArgs";
import { Component } from "../internal/component";
import { dotNetDesired, dotNetReads } from "./dotNetStrongCrypto/dotnet";
import { checkDocument, DocumentArgs, documentChecks, DocumentKind, DocumentPlanner } from "./shared/documentArgs";
import { manageDocument } from "./shared/managedDocument";

/** Arguments of `DotNetStrongCrypto`. */
export interface DotNetStrongCryptoArgs extends DocumentArgs {
    /** Write the values of a .NET Framework runtime that is not installed, too. Default false: such a runtime is named in `notInstalled` and left alone. */
    createMissing?: pulumi.Input<boolean>;
}

/**
 * Strong cryptography for .NET Framework programs on a Windows host: `SchUseStrongCrypto` and `SystemDefaultTlsVersions` for the runtimes
 * v4.0.30319 and v2.0.50727 in both registry views, eight values. Programs read them when they start.
 *
 * Source: learn.microsoft.com, "Transport Layer Security (TLS) best practices with .NET Framework".
 */
export class DotNetStrongCrypto extends Component {
    /** `compliant`, `drifted`, `unknown` (not everything could be read) or `enforced` (repaired by this run). */
    public readonly state: pulumi.Output<string>;
    /** Every value that is not as declared when the run ends, by value id (`KEY\\NAME`, two backslashes between key and name). */
    public readonly drift: pulumi.Output<Record<string, Drifted>>;
    /** Every value that this run repaired, in the same form. */
    public readonly repaired: pulumi.Output<Record<string, Drifted>>;
    /** Name of the host in the program. */
    public readonly hostName: pulumi.Output<string>;
    /** A value was written after the host's last boot: programs that ran on through it may not use it yet; `unknown: REASON` where nobody can tell. */
    public readonly rebootPending: pulumi.Output<boolean | string>;
    /** Services of `restartServices` that started before the last change. */
    public readonly restartPending: pulumi.Output<string[]>;
    /** Runtimes (`v4.0.30319`, `v2.0.50727`) that are not installed on the host. */
    public readonly notInstalled: pulumi.Output<string[]>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, args: DotNetStrongCryptoArgs, opts?: pulumi.ComponentResourceOptions) {
        checkDocument(name, args, kind);
        super("hybrid-identity:windows:DotNetStrongCrypto", name, opts);

        const document = manageDocument(this, name, args, kind);

        this.state = document.state;
        this.drift = document.drift;
        this.repaired = document.repaired;
        this.hostName = document.hostName;
        this.rebootPending = document.rebootPending;
        this.restartPending = document.restartPending;
        this.notInstalled = document.outcome.apply((decided) =>
            decided.kind === "planned" ? dotNetDesired(decided.observation.values, false).notInstalled : [],
        );
        this.registerOutputs({
            state: this.state,
            drift: this.drift,
            repaired: this.repaired,
            hostName: this.hostName,
            rebootPending: this.rebootPending,
            restartPending: this.restartPending,
            notInstalled: this.notInstalled,
            onRemoval: document.onRemoval,
        });
    }
}

const kind: DocumentKind<DotNetStrongCryptoArgs> = {
    type: "windows.DotNetStrongCrypto",
    checks: { ...documentChecks, createMissing: flag },
    plannerFor,
};

function plannerFor(args: DotNetStrongCryptoArgs): DocumentPlanner {
    return {
        inputs: { createMissing: args.createMissing ?? false },
        check: () => ({ problems: [], desired: {}, reads: dotNetReads() }),
        decide: ({ createMissing }: { createMissing: boolean }, { values }) => dotNetDesired(values, createMissing),
        needsReboot: true,
    };
}
