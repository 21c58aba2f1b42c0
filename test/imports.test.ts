import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { circlesIn, importsOf, isIn, packagesIn, treeOf, wrongArrows } from "./support/imports";

const meanings = [
    "components/windows/schannelProtocols/schannel.ts",
    "components/windows/dotNetStrongCrypto/dotnet.ts",
    "components/mim/shared/server.ts",
    "components/internal/guid.ts",
];

/** Who may import whom: the design of the repository. What is not named here may not, and a new folder needs a line. */
const arrows = {
    // What a user gets, who has the package and nothing else of this repository.
    template: [],
    // And how settings are checked, as components check their arguments: all at once, before any of these is made.
    stacks: ["index.ts", "components/internal", "components/exchangeServer/transportCertificate/certificates.ts", "components/exchangeServer/transportCertificate/names.ts", "components/mim/portalMail/checkPortalMail.ts", "components/windows/host/hostConnection.ts", "drift", "promotion"],
    // They judge what the engine shows, whatever made it; and a project of its own takes the folder as it is.
    policies: [],
    // The line by which a report is found again.
    pipeline: ["report/markdown.ts"],
    "index.ts": ["components", "drift"],
    // Of the components what a value means, which knows nothing of Pulumi.
    cli: ["drift", "remote", "report", "components/report.ts", ...meanings],
    // What a report says, not how it is had: of the components the types alone.
    report: ["drift", "components/report.ts"],
    components: ["drift", "promotion", "remote", "powershell"],
    "components/choices.ts": [],
    "components/internal": ["components/choices.ts", "drift"],
    remote: ["drift", "powershell"],
    powershell: [],
    drift: [],
    // Of the components what a protocol is.
    promotion: ["drift", "components/windows/schannelProtocols/schannel.ts"],
    // The version, which stands there alone; and how a misspelt name is told.
    provider: ["package.json", "drift/nearest.ts"],
    "drift/nearest.ts": [],
    "provider/clients": [],
    // Components for other languages, loaded with the first of them.
    "provider/construct.ts": ["provider/languages", "provider/rpc.ts", "provider/values.ts"],
    "provider/languages": ["index.ts", "components/internal", "provider/values.ts"],
    // A stand-in that shares the code under test proves nothing; the module is what is sent to it, and is joined in one place.
    lab: ["powershell"],
    bench: ["index.ts", "lab", "powershell"],
    tools: [],
    test: ["index.ts", "cli", "components", "drift", "pipeline", "policies", "promotion", "report", "stacks", "remote", "powershell", "provider", "lab", "tools"],
};

describe("imports of the repository", () => {
    const imports = importsOf(treeOf(path.resolve(__dirname, "..")));
    const filesIn = (place: string) => [...imports.keys()].filter((file) => isIn(file, place));

    it("are all seen", () => {
        assert.deepEqual(Object.keys(arrows).filter((place) => filesIn(place).length === 0), []);
        const args = imports.get("components/windows/host/hostArgs.ts");
        assert.deepEqual(args, { files: ["components/choices.ts"], packages: ["@pulumi/pulumi"] });
    });

    it("go round in no circle, not for a type either", () => {
        assert.deepEqual(circlesIn(imports), []);
    });

    it("follow the arrows of the design", () => {
        assert.deepEqual(wrongArrows(imports, arrows), []);
    });

    it("bring no package into drift", () => {
        assert.deepEqual(packagesIn(imports, "drift"), []);
    });

    it("bring no package but ssh2 into the command line, which has to start at once; report asks for Pulumi when it runs", () => {
        const text = (file: string) => fs.readFileSync(path.resolve(__dirname, "..", file), "utf8");
        const pulumi = ["cli/report.ts", "components/report.ts"];
        pulumi.forEach((file) => assert.doesNotMatch(text(file), /^import (?!type ).*@pulumi/m, file));
        const reached = new Set(filesIn("cli"));
        reached.forEach((file) => imports.get(file)!.files.forEach((one) => reached.add(one)));
        assert.ok(reached.has("remote/observer.ts"), [...reached].join(" "));
        const packages = [...reached].filter((file) => !pulumi.includes(file)).flatMap((file) => packagesIn(imports, file)).map((one) => one.split(" -> ")[1]);
        assert.deepEqual([...new Set(packages)], ["ssh2"]);
    });

    it("bring no package into the report, and of the components types alone", () => {
        assert.deepEqual(packagesIn(imports, "report"), []);
        const text = filesIn("report").map((file) => fs.readFileSync(path.resolve(__dirname, "..", file), "utf8")).join("\n");
        assert.doesNotMatch(text, /^(import (?!type )|export ).*components\//m);
    });

    it("make every file at the top of a field's folder a public one", () => {
        const indexes = [...imports.keys()].filter((file) => /^components\/[^/]+\/index\.ts$/.test(file));
        assert.ok(indexes.length >= 3, `${indexes.length} fields`);
        for (const index of indexes) {
            const folder = path.posix.dirname(index);
            const atTop = filesIn(folder).filter((file) => path.posix.dirname(file) === folder && file !== index);
            assert.deepEqual(atTop.filter((file) => !imports.get(index)!.files.includes(file)), [], `not in ${index}`);
        }
    });
});

describe("imports of a made-up tree", () => {
    it("are found in every form", () => {
        const text = [
            'import a from "./a"; import "./b"; import type { C } from "./c"; export * from "./d"; export type { E } from "./e";',
            'const f: typeof import("./f") = require("./g"); void import("./h"); // import "./comment"',
            'const text = `import "./text"`; import * as ssh2 from "ssh2";',
        ];
        const files = [..."abcdefgh"].map((name) => `x/${name}.ts`);
        const found = importsOf({ "x/all.ts": text.join("\n"), ...Object.fromEntries(files.map((file) => [file, ""])) }).get("x/all.ts");
        assert.deepEqual({ files: found?.files.sort(), packages: found?.packages }, { files, packages: ["ssh2"] });
    });

    it("lead to a file, to the index of a folder, and to data", () => {
        const others = { "x/b.ts": "", "x/b/index.ts": "", "x/c/index.ts": "", "y.json": "", "x/d.mjs": "" };
        const tree = { "x/a.ts": 'import "./b"; import "./c"; import "../y.json"; import "./d.mjs";', ...others };
        assert.deepEqual(importsOf(tree).get("x/a.ts")?.files, ["x/b.ts", "x/c/index.ts", "y.json", "x/d.mjs"]);
    });

    it("are refused where they lead nowhere", () => {
        assert.throws(() => importsOf({ "x/a.ts": 'import "./b";' }), /^Error: x\/a\.ts imports \.\/b, and there is no such file$/);
    });

    it("are a circle over three files, over a type, and over one file", () => {
        const three = { "a.ts": 'import "./b";', "b.ts": 'import "./c"; import "./d";', "c.ts": 'import "./a";', "d.ts": "" };
        assert.deepEqual(circlesIn(importsOf(three)), ["a.ts -> b.ts -> c.ts -> a.ts"]);
        const types = { "a.ts": 'import { b } from "./b";', "b.ts": 'import type { A } from "./a";' };
        assert.deepEqual(circlesIn(importsOf(types)), ["a.ts -> b.ts -> a.ts"]);
        assert.deepEqual(circlesIn(importsOf({ "a.ts": 'import "./a";' })), ["a.ts -> a.ts"]);
    });

    it("are no circle where two ways meet", () => {
        const tree = { "a.ts": 'import "./b"; import "./c";', "b.ts": 'import "./d";', "c.ts": 'import "./d";', "d.ts": "" };
        assert.deepEqual(circlesIn(importsOf(tree)), []);
    });

    it("are told from what Node brings itself", () => {
        const text = 'import "crypto"; import "node:fs/promises"; import type * as pulumi from "@pulumi/pulumi";';
        const tree = { "drift/a.ts": text, "remote/b.ts": 'import "ssh2";' };
        assert.deepEqual(packagesIn(importsOf(tree), "drift"), ["drift/a.ts -> @pulumi/pulumi"]);
    });

    const wrong: [string, string][] = [
        ["drift/a.ts", "remote/b.ts"],
        ["drift/a.ts", "components/windows/b.ts"],
        ["remote/a.ts", "components/windows/b.ts"],
        ["components/internal/a.ts", "components/windows/b.ts"],
        ["components/windows/a.ts", "provider/b.ts"],
        ["components/windows/a.ts", "index.ts"],
        ["components/windows/a.ts", "lab/b.ts"],
        ["index.ts", "remote/b.ts"],
        ["stacks/index.ts", "components/windows/index.ts"],
        ["components/windows/a.ts", "report/b.ts"],
        ["report/a.ts", "components/windows/b.ts"],
        ["report/a.ts", "cli/b.ts"],
        ["provider/clients/a.ts", "provider/b.ts"],
        ["provider/a.ts", "drift/b.ts"],
        ["provider/a.ts", "lab/b.ts"],
        ["lab/host/a.ts", "drift/b.ts"],
        ["lab/a.ts", "remote/b.ts"],
        ["lab/a.ts", "components/windows/b.ts"],
        ["lab/a.ts", "provider/clients/b.ts"],
        ["lab/a.ts", "test/b.ts"],
        ["bench/a.ts", "test/b.ts"],
        ["powershell/a.ts", "remote/b.ts"],
        ["tools/a.mjs", "lab/b.ts"],
    ];
    for (const [from, to] of wrong) {
        it(`may not go from ${from} to ${to}`, () => {
            const specifier = path.posix.relative(path.posix.dirname(from), to);
            const tree = { [to]: "", [from]: `import "${specifier.startsWith(".") ? specifier : `./${specifier}`}";` };
            assert.deepEqual(wrongArrows(importsOf(tree), arrows), [`${from} -> ${to}`]);
        });
    }

    it("may not begin where the design names no folder, nor in one whose name only begins alike", () => {
        const tree = { "nowhere/a.ts": "", "drift/a.ts": 'import "../drifting/b";', "drifting/b.ts": "" };
        const nowhere = (file: string) => `${file} stands where no arrow begins`;
        const found = wrongArrows(importsOf(tree), arrows);
        assert.deepEqual(found, [nowhere("nowhere/a.ts"), "drift/a.ts -> drifting/b.ts", nowhere("drifting/b.ts")]);
    });
});
