// The TypeScript face and the schema say the same: names, optional or not, types and descriptions. Only the texts are compared, so this
// proves nothing about what the provider returns; service.test.ts does.
import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as ts from "typescript";
import {
    applicationCredentials,
    applicationCredentialsOutput,
    isMissingApplication,
    type ApplicationCredentialsResult,
} from "../../components/entra/functions/applicationCredentials";
import { appRoleAssignments } from "../../components/entra/functions/appRoleAssignments";
import { secretPolicy } from "../../components/entra/functions/secretPolicy";
import { servicePrincipalOwners } from "../../components/entra/functions/servicePrincipalOwners";
import { callerRights } from "../../components/entra/functions/callerRights";
import schema from "../../provider/schema.json";

interface Described {
    description: string;
    type?: string;
    $ref?: string;
    items?: { $ref?: string; type?: string };
    additionalProperties?: Pick<Described, "type" | "items">;
}
interface Shape {
    description?: string;
    properties: { [name: string]: Described };
    required: string[];
}
type Members = { [name: string]: { type: string; optional: boolean; says: string } };

const token = "hybrid-identity:entra:applicationCredentials";
const components = path.resolve(__dirname, "../../components");
const faces = ["entra/functions", "entra/resources", "exchange/resources", "mfa", "mim/functions"].flatMap(folder => fs.readdirSync(path.join(components, folder)).map(file => `${folder}/${file}`));
const statements = faces.flatMap(name => {
    const file = path.join(components, name);
    return [...ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true).statements];
});

function interfaceOf(name: string): Members {
    const found = statements.find((one): one is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(one) && one.name.text === name);
    assert.ok(found, `no interface ${name}`);
    const members = found.members.filter(ts.isPropertySignature).map(member => {
        const type = (member.type?.getText() ?? "").replace(/pulumi\.Input<|>/g, "");
        return [member.name.getText(), { type: unnamed(type), optional: member.questionToken !== undefined, says: saidOf(member) }];
    });
    return Object.fromEntries(members) as Members;
}

/** The outputs that a class declares. */
function classOf(name: string): Members {
    const found = statements.find((one): one is ts.ClassDeclaration => ts.isClassDeclaration(one) && one.name?.text === name);
    assert.ok(found, `no class ${name}`);
    const members = found.members.filter(ts.isPropertyDeclaration).map(member => {
        const [, type, optional] = /^pulumi\.Output<(.+?)( \| undefined)?>$/.exec(member.type?.getText() ?? "") ?? [];
        return [member.name.getText(), { type: unnamed(type), optional: optional !== undefined, says: saidOf(member) }];
    });
    return Object.fromEntries(members) as Members;
}

function saidOf(member: ts.Node): string {
    return (ts.getTextOfJSDocComment(ts.getJSDocCommentsAndTags(member).find(ts.isJSDoc)?.comment) ?? "").replace(/\s+/g, " ");
}

function shapeOf({ properties, required }: Shape): Members {
    const members = Object.entries(properties).map(([name, property]) => {
        return [name, { type: typeIn(property), optional: !required.includes(name), says: property.description }];
    });
    return Object.fromEntries(members) as Members;
}

function typeIn({ type, items, additionalProperties }: Pick<Described, "type" | "items" | "additionalProperties">): string | undefined {
    const item = items?.$ref?.split(":").pop() ?? items?.type;
    if (additionalProperties) return `{ [key: string]: ${typeIn(additionalProperties)} }`;
    return item ? `${item}[]` : type === "integer" ? "number" : type;
}

/** What the key of a table is called is for readers. */
function unnamed(type: string | undefined): string | undefined {
    return type?.replace(/\[\w+: string\]/g, "[key: string]");
}

describe("provider: TypeScript face", () => {
    for (const [name, { inputs, outputs }] of Object.entries(schema.functions)) {
        it(`has the arguments and results of ${name}`, () => {
            const face = name.split(":").pop()!.replace(/^./, first => first.toUpperCase());
            if (Object.keys(inputs.properties).length > 0) {
                assert.deepEqual(interfaceOf(`${face}Args`), shapeOf(inputs as unknown as Shape));
            }
            assert.deepEqual(interfaceOf(`${face}Result`), shapeOf(outputs as unknown as Shape));
        });
    }

    for (const [name, shape] of Object.entries(schema.types)) {
        it(`has the type ${name}`, () => assert.deepEqual(interfaceOf(name.split(":").pop()!), shapeOf(shape as unknown as Shape)));
    }

    for (const [name, resource] of Object.entries(schema.resources)) {
        it(`has the arguments and outputs of ${name}`, () => {
            const face = name.split(":").pop()!;
            const { inputProperties, requiredInputs } = resource;
            assert.deepEqual(interfaceOf(`${face}Args`), shapeOf({ properties: inputProperties, required: requiredInputs }));
            assert.deepEqual(classOf(face), shapeOf(resource));
        });
    }

    it("asks the provider for the token of the schema", async () => {
        const result: ApplicationCredentialsResult = { objectId: "o", displayName: "MIM mail", passwords: [{ keyId: "k1" }], certificates: [], federated: [] };
        const asked: unknown[] = [];
        await pulumi.runtime.setMocks({
            newResource: () => assert.fail("a resource was registered"),
            call: args => {
                asked.push([args.token, args.inputs]);
                return result;
            },
        });
        const clientId = "12345678-abcd-4bcd-8bcd-1234567890ab";
        assert.deepEqual(await applicationCredentials({ clientId }), result);
        const output = applicationCredentialsOutput({ clientId: pulumi.output(clientId) });
        assert.deepEqual(await new Promise(resolve => output.apply(resolve)), result);
        assert.deepEqual(asked, [[token, { clientId }], [token, { clientId }]]);
    });

    it("asks for the caller's rights and a principal's permissions under their tokens", async () => {
        const asked: unknown[] = [];
        await pulumi.runtime.setMocks({
            newResource: () => assert.fail("a resource was registered"),
            call: args => {
                asked.push([args.token, args.inputs]);
                return {};
            },
        });
        await callerRights();
        await appRoleAssignments({ principalObjectId: "p" });
        await servicePrincipalOwners({ objectId: "o" });
        await secretPolicy({ objectId: "a" });
        const expected = [
            ["hybrid-identity:entra:callerRights", {}],
            ["hybrid-identity:entra:appRoleAssignments", { principalObjectId: "p" }],
            ["hybrid-identity:entra:servicePrincipalOwners", { objectId: "o" }],
            ["hybrid-identity:entra:secretPolicy", { objectId: "a" }],
        ];
        assert.deepEqual(asked, expected);
        for (const [wanted] of expected) assert.ok(String(wanted) in schema.functions);
    });

    it("tells a missing application from other failures", () => {
        const said = (text: string) => isMissingApplication(new Error(`Invoke of '${token}' failed: ${text}`));
        assert.equal(said("applicationCredentials: 404 Request_ResourceNotFound: the tenant has no application with the client id x"), true);
        assert.equal(said("GET /v1.0/applications: 404: not found. This is no statement about the object"), false);
        assert.equal(said("GET /v1.0/applications: 403 Authorization_RequestDenied: Insufficient privileges"), false);
    });
});
