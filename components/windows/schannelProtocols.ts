import * as pulumi from "@pulumi/pulumi";
import { Drifted } from "../../drift/types";
import { flag, listOf, text } from "../internal/checkArgs";
import { Component } from "../internal/component";
import { checkSchannelChoice, checkSchannelOnHost, SchannelChoice, schannelDesired, schannelReads, schannelRoles, schannelStates } from "./schannelProtocols/schannel";
import { checkDocument, DocumentArgs, documentChecks, DocumentKind, DocumentPlanner } from "./shared/documentArgs";
import { manageDocument } from "./shared/managedDocument";

/** Arguments of `SchannelProtocols`. Protocols are `SSL 2.0`, `SSL 3.0`, `TLS 1.0` to `TLS 1.3`, `DTLS 1.0`, `DTLS 1.2`. */
export interface SchannelProtocolsArgs extends DocumentArgs {
    /** Protocols to switch on. Default none. */
    enable?: pulumi.Input<pulumi.Input<string>[]>;
    /** Protocols to switch off. Default none. At least one protocol must be in one of the two lists; those in neither are left alone. */
    disable?: pulumi.Input<pulumi.Input<string>[]>;
    /** `Client`, `Server` or both. Default both, as Microsoft advises. */
    roles?: pulumi.Input<pulumi.Input<string>[]>;
    /** Demand exactly 1 where a switch is on. Default false: Schannel takes every number but 0 as on, so 0xFFFFFFFF is left as it is. */
    exact?: pulumi.Input<boolean>;
}

/**
 * Which SSL, TLS and DTLS versions Schannel offers and accepts on a Windows host. A change is in force after a reboot.
 *
 * Source: learn.microsoft.com, "Transport Layer Security (TLS) registry settings" and "Protocols in TLS/SSL (Schannel SSP)".
 */
export class SchannelProtocols extends Component {
    /** `compliant`, `drifted`, `unknown` (not everything could be read) or `enforced` (repaired by this run). */
    public readonly state: pulumi.Output<string>;
    /** Every value that is not as declared when the run ends, by value id (`KEY\\NAME`, two backslashes between key and name). */
    public readonly drift: pulumi.Output<Record<string, Drifted>>;
    /** Every value that this run repaired, in the same form. */
    public readonly repaired: pulumi.Output<Record<string, Drifted>>;
    /** Name of the host in the program. */
    public readonly hostName: pulumi.Output<string>;
    /** A value was written after the host's last boot: set, but not in force until a reboot; `unknown: REASON` where nobody can tell. */
    public readonly rebootPending: pulumi.Output<boolean | string>;
    /** Services of `restartServices` that started before the last change. */
    public readonly restartPending: pulumi.Output<string[]>;
    /** What was found for every protocol and role: `enabled`, `disabled`, `half disabled` (off unless a program asks for it), `unset, ...` with the system's default, or `unknown`. */
    public readonly protocols: pulumi.Output<Record<string, Record<string, string>>>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, args: SchannelProtocolsArgs, opts?: pulumi.ComponentResourceOptions) {
        checkDocument(name, args, kind);
        super("hybrid-identity:windows:SchannelProtocols", name, opts);

        const document = manageDocument(this, name, args, kind);

        this.state = document.state;
        this.drift = document.drift;
        this.repaired = document.repaired;
        this.hostName = document.hostName;
        this.rebootPending = document.rebootPending;
        this.restartPending = document.restartPending;
        this.protocols = document.outcome.apply((decided) =>
            decided.kind === "planned" ? schannelStates(decided.observation.values, decided.observation.facts.osBuild) : {},
        );
        this.registerOutputs({
            state: this.state,
            drift: this.drift,
            repaired: this.repaired,
            hostName: this.hostName,
            rebootPending: this.rebootPending,
            restartPending: this.restartPending,
            protocols: this.protocols,
            onRemoval: document.onRemoval,
        });
    }
}

const kind: DocumentKind<SchannelProtocolsArgs> = {
    type: "windows.SchannelProtocols",
    checks: { ...documentChecks, enable: listOf(text), disable: listOf(text), roles: listOf(text), exact: flag },
    plannerFor,
};

function plannerFor(args: SchannelProtocolsArgs): DocumentPlanner {
    return {
        inputs: { enable: args.enable ?? [], disable: args.disable ?? [], roles: args.roles ?? schannelRoles, exact: args.exact ?? false },
        check: (choice: Partial<SchannelChoice>) => ({
            problems: checkSchannelChoice(choice),
            desired: schannelDesired({ enable: [], disable: [], roles: [], exact: false, ...choice }),
            reads: schannelReads(),
        }),
        decide: (choice: SchannelChoice, { values, facts }) => ({
            desired: schannelDesired(choice),
            problems: checkSchannelOnHost(choice, values, facts.osBuild),
        }),
        needsReboot: true,
    };
}
