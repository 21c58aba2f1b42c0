// The template of "pulumi new": its versions are those of this package, and its program reads the settings that it asks for.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const textOf = (file) => readFileSync(join(repository, file), "utf8");

describe("template", () => {
    it("names the versions that package.json has", () => {
        const { name, version, peerDependencies, devDependencies } = JSON.parse(textOf("package.json"));
        const template = JSON.parse(textOf("template/package.json"));
        const own = ["@types/node", "ts-node", "typescript"].map((one) => [one, devDependencies[one]]);
        assert.deepEqual(template.dependencies, { "@pulumi/pulumi": peerDependencies["@pulumi/pulumi"], [name]: `^${version}` });
        assert.deepEqual(template.devDependencies, Object.fromEntries(own));
    });

    it("asks for what its program reads, with a description, and as a secret where that takes one", () => {
        const [, asked] = /^ {2}config:\n((?: {4}.*\n)+)/m.exec(textOf("template/Pulumi.yaml"));
        const entries = asked.split(/^ {4}(?=\w)/m).slice(1);
        const settings = entries.map((entry) => [/^\w+/.exec(entry)[0], /^ {6}secret: true$/m.test(entry)]);
        const read = [...textOf("template/index.ts").matchAll(/config\.(?:require|get)(Secret|Number)?\("(\w+)"\)/g)].map(([, kind, key]) => [key, kind === "Secret"]);
        assert.deepEqual(settings.sort(), read.sort());
        assert.deepEqual(entries.filter((entry) => !/^ {6}description: .{10}/m.test(entry)), []);
    });

    it("begins in audit", () => assert.match(textOf("template/index.ts"), /^const mode = "audit";$/m));
});
