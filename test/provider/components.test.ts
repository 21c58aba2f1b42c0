// The schema of the components is what their classes say, and other languages can make code of it.
import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import * as face from "../../index";
import components from "../../provider/components.json";
import schema from "../../provider/schema.json";

interface Property {
    description?: string;
    $ref?: string;
    plain?: boolean;
    secret?: boolean;
}
interface Described {
    description?: string;
    properties?: { [name: string]: Property };
    inputProperties?: { [name: string]: Property };
    required?: string[];
    requiredInputs?: string[];
    enum?: { name: string; value: string }[];
}

describe("provider: schema of the components", () => {
    const { resources, types } = components as unknown as { [kind in "resources" | "types"]: { [token: string]: Described } };
    const root = resolve(__dirname, "../..");

    it("is what the classes say: npm run schema writes it", function () {
        this.timeout(60_000);
        const maker = pathToFileURL(join(root, "tools/build/componentSchema.mjs")).href;
        const program = `import(${JSON.stringify(maker)}).then(({ componentSchema }) => console.log(JSON.stringify(componentSchema(${JSON.stringify(root)}))))`;
        const made: unknown = JSON.parse(execFileSync(process.execPath, ["-e", program], { encoding: "utf8", maxBuffer: 1e7 }));
        assert.deepEqual(made, components);
    });

    it("has every component that the face has", () => {
        const isComponent = (one: unknown) => typeof one === "function" && one.prototype instanceof pulumi.ComponentResource;
        const classes = Object.entries(face).flatMap(([field, all]) =>
            Object.entries(all).flatMap(([name, one]) => (isComponent(one) ? [`hybrid-identity:${field}:${name}`] : [])),
        );
        assert.deepEqual(Object.keys(resources), classes.sort());
        assert.deepEqual(Object.keys(resources).filter((one) => one in schema.resources), []);
    });

    for (const [token, { properties = {}, inputProperties = {}, required = [], requiredInputs = [], description, enum: values }] of Object.entries({ ...types, ...resources })) {
        it(`describes everything of ${token}`, () => {
            assert.ok(description ?? values ?? token in types, "itself");
            for (const [name, property] of [...Object.entries(properties), ...Object.entries(inputProperties)]) {
                assert.ok(property.description, name);
                const [, kind, of = ""] = /^#\/(\w+)\/(.*)$/.exec(property.$ref ?? "#/types/") ?? [];
                assert.ok(of === "" || of in (kind === "types" ? types : resources), of);
            }
            assert.deepEqual(required.filter((name) => !(name in properties)), []);
            assert.deepEqual(requiredInputs.filter((name) => !(name in inputProperties)), []);
        });
    }

    it("tells what is secret, what has to be known at once, and what another component is", () => {
        const { password, address, timeout } = resources["hybrid-identity:windows:Host"]!.inputProperties!;
        assert.deepEqual([password!.secret, address!.secret, address!.plain, timeout!.plain], [true, undefined, undefined, true]);
        const { host } = resources["hybrid-identity:windows:RegistryValues"]!.inputProperties!;
        assert.deepEqual([host!.$ref, host!.plain], ["#/resources/hybrid-identity:windows:Host", undefined]);
        assert.equal(resources["hybrid-identity:entra:MailApplication"]!.properties!["clientSecret"]!.secret, true);
    });
});
