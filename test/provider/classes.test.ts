// What the classes of the provider's resources register: the token of the schema, every argument, and a place for every output. The texts of
// both are compared in face.test.ts.
import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ApplicationCertificate } from "../../components/entra/resources/applicationCertificate";
import { exchange, mfa } from "../../index";
import schema from "../../provider/schema.json";

type ResourceClass = new (name: string, args: object) => pulumi.CustomResource;

/** Stands for a value of this type. */
function exampleOf({ type }: { type?: string }, name: string): unknown {
    const others: Record<string, unknown> = { boolean: true, array: [`a ${name}`], integer: 1, object: { [name]: `a ${name}` } };
    return others[type ?? ""] ?? `a ${name}`;
}

/** What is always secret is so on the way to the engine too. */
function hidden([name, one]: [string, { type?: string; secret?: boolean }]): [string, unknown] {
    const value = exampleOf(one, name);
    return [name, one.secret ? { [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig, value } : value];
}

describe("provider: classes of resources", () => {
    for (const [token, { inputProperties, properties, requiredInputs }] of Object.entries(schema.resources)) {
        const Class = ({ ...exchange, ...mfa, ApplicationCertificate } as unknown as Record<string, ResourceClass>)[token.split(":").pop()!]!;
        const examples = (of: object) => Object.fromEntries(Object.entries(of).map(([name, one]) => [name, exampleOf(one, name)]));

        it(`registers ${token} with every argument, and gives back every output`, async () => {
            const registered: unknown[] = [];
            const answer = examples(properties);
            await pulumi.runtime.setMocks({
                newResource: args => {
                    registered.push([args.type, args.name, args.inputs]);
                    return { id: "an id", state: answer };
                },
                call: () => assert.fail("something was asked"),
            });
            const made = new Class("it", examples(inputProperties)) as unknown as Record<string, pulumi.Output<unknown>>;
            const outputOf = async (name: string) => [name, await new Promise(resolve => made[name]!.apply(resolve))];
            const outputs = await Promise.all(Object.keys(properties).map(outputOf));
            await pulumi.runtime.disconnect();
            assert.deepEqual(registered, [[token, "it", Object.fromEntries(Object.entries(inputProperties).map(hidden))]]);
            assert.deepEqual(Object.fromEntries(outputs), answer);
        });

        it(`has a place for every output of ${token} with the least arguments`, async () => {
            await pulumi.runtime.setMocks({
                newResource: () => ({ id: "an id", state: {} }),
                call: () => assert.fail("something was asked"),
            });
            const least = Object.fromEntries(requiredInputs.map(name => [name, `a ${name}`]));
            const made = new Class("it", least) as unknown as Record<string, unknown>;
            await pulumi.runtime.disconnect();
            const missing = Object.keys(properties).filter(name => !pulumi.Output.isInstance(made[name]));
            assert.deepEqual(missing, []);
        });
    }
});
