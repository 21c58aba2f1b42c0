import * as pulumi from "@pulumi/pulumi";
import { settled } from "../../internal/inputs";
import { monitor } from "../../internal/monitor";
import { isOneByOne } from "../../internal/oneByOne";
import { endProgram, isProgramOfCli } from "../../internal/programOfCli";
import { heard } from "../../internal/report";
import { commandsInState } from "./commandsInState";
import { HostInternals } from "./hostInternals";

/**
 * Keeps a resource exactly as it is in state unless everything about it is known. The engine creates what is not in state yet all the same: where
 * `mayCreate` is false a hook ends the run in words, before the plugin is called. A preview goes on, and ends with an error: it shows the rest.
 */
export function keepUnless(known: HostInternals, name: string, decided: Promise<boolean | undefined>, mayCreate = decided, former?: Promise<string | undefined>): pulumi.CustomResourceOptions {
    // A hook runs outside of the program's own context, in which the run is ended.
    const preview = pulumi.runtime.isDryRun();
    let found = () => {};
    void new Promise<void>((resolve) => (found = resolve)).then(() => known.run.refuseNew());
    const refuse = async () => {
        if ((await mayCreate) !== false) {
            return;
        }
        if (!preview) {
            // A component for another language says nothing more once a hook has failed.
            const reasons = isOneByOne() ? known.run.reasons.join("\n") : "";
            throw new Error(`this run makes nothing new on ${known.name}, for the reason that the message of ${known.name} gives${reasons && `: ${reasons}`}`);
        }
        found();
    };
    known.refusals.push({ name, refuse });
    const hooks = (known.hooks ??= registeredHooks(known));
    // Without hooks the program ends before the engine hears of what it may not make.
    const refuseHere = async () => {
        if (preview) {
            return found();
        }
        known.run.refuseNew();
        await heard();
        endProgram();
    };
    const keep: pulumi.ResourceTransform = async ({ props, opts }) => {
        // "*" puts the old inputs back; the plugin still compares what it makes of them with state, but for what is named.
        if ((await hooks) === undefined && isProgramOfCli && (await mayCreate) === false && !(await commandsInState()).some((one) => one.name === name)) {
            await refuseHere();
        }
        const ignoreChanges = (await decided) === false ? ["*", ...Object.keys(props)] : [];
        const alias = await former;
        const aliases = alias === undefined ? [] : [{ name: alias }];
        return { props: await keepSecrets(props), opts: pulumi.mergeOptions(opts, { aliases, ignoreChanges, hooks: await hooks }) };
    };
    return { transforms: [keep] };
}

/**
 * In a program that is a function inside an Automation API process the SDK calls a transform outside of the run's own context, in which it does not
 * know that the engine takes secrets, and writes what the transform gives in clear. It passes on what is marked already.
 */
async function keepSecrets(props: pulumi.Inputs): Promise<pulumi.Inputs> {
    const entries = Object.entries(props).map(async ([name, value]) => {
        const secret = pulumi.Output.isInstance(value) && (await pulumi.isSecret(value)) ? await settled(value) : undefined;
        return [name, secret === undefined ? value : { [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig, value: secret }];
    });
    return Object.fromEntries(await Promise.all(entries));
}

/**
 * One hook for all resources of a host. Undefined where it cannot be registered: the SDK's mocks know none, and the language host of SDK 3.68, which stands
 * between engine and program, answers UNIMPLEMENTED. A hook that stands among the options would end the run there; a transform can wait, and go without.
 */
async function registeredHooks({ name: host, refusals }: HostInternals): Promise<pulumi.ResourceHookBinding | undefined> {
    if (!("registerResourceHook" in (monitor() ?? {}))) {
        return undefined;
    }
    const refuse = async ({ name }: pulumi.ResourceHookArgs) => {
        await Promise.all(refusals.filter((one) => one.name === name).map((one) => one.refuse()));
    };
    const hook = new pulumi.ResourceHook(`${host} is observed`, refuse, { onDryRun: true });
    const { __registered } = hook as unknown as { __registered: Promise<void> };
    return __registered.then(
        () => ({ beforeCreate: [hook] }),
        () => undefined,
    );
}
