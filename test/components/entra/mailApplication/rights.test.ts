import assert from "node:assert/strict";
import { missingOwnership, missingRights } from "../../../../components/entra/mailApplication/rights";

const anyone = { objectId: "o", roles: [] as string[], directoryRoles: [] as string[], delegated: false };
const make = "Application.ReadWrite.OwnedBy (or Application.ReadWrite.All)";
const consent = "AppRoleAssignment.ReadWrite.All";

describe("rights for a MailApplication", () => {
    const table: [string, Partial<typeof anyone>, "accessPolicy" | "rbac" | undefined, string[]][] = [
        ["none", {}, undefined, [make, consent]],
        ["none, with rbac", {}, "rbac", [make]],
        ["only to read", { roles: ["Application.Read.All", "Directory.Read.All"] }, "accessPolicy", [make, consent]],
        ["its own applications", { roles: ["Application.ReadWrite.OwnedBy"] }, "accessPolicy", [consent]],
        ["its own applications, with rbac", { roles: ["Application.ReadWrite.OwnedBy"] }, "rbac", []],
        ["only consent", { roles: [consent] }, undefined, [make]],
        ["its own applications and consent", { roles: ["Application.ReadWrite.OwnedBy", consent] }, undefined, []],
        ["all applications and consent", { roles: ["Application.ReadWrite.All", consent] }, undefined, []],
        ["the whole directory and consent", { roles: ["Directory.ReadWrite.All", consent] }, undefined, []],
        ["a user's", { delegated: true }, undefined, []],
        ["a directory role", { directoryRoles: ["9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"] }, undefined, []],
    ];
    for (const [what, has, method, missing] of table) {
        it(`${what}: ${missing.length === 0 ? "nothing is missing" : `${missing.join(", ")} missing`}`, () => assert.deepEqual(missingRights({ ...anyone, ...has }, method), missing));
    }
});

describe("rights for a person as owner", () => {
    const others = ["Application.ReadWrite.OwnedBy", consent];
    const table: [string, string[], string[], string[]][] = [
        ["no person", [], [], []],
        ["a person", [], ["p", "q"], ['User.Read.All (because of p, q in "owners")']],
        ["a person, and people may be read", ["User.Read.All"], ["p"], []],
        ["a person, and the directory may be read", ["Directory.Read.All"], ["p"], []],
    ];
    for (const [what, roles, people, missing] of table) {
        it(what, () => assert.deepEqual(missingRights({ ...anyone, roles: [...others, ...roles] }, undefined, people), missing));
    }
    it("a user's rights are not judged", () => assert.deepEqual(missingRights({ ...anyone, delegated: true }, undefined, ["p"]), []));
});

describe("ownership of an application that exists", () => {
    const ownedBy = ["Application.ReadWrite.OwnedBy"];
    const table: [string, Partial<typeof anyone>, string[], boolean][] = [
        ["an account that may change its own ones, and owns it", { roles: ownedBy }, ["a", "o"], true],
        ["an account that may change its own ones, and does not own it", { roles: ownedBy }, ["a"], false],
        ["an account that may change all", { roles: [...ownedBy, "Application.ReadWrite.All"] }, [], true],
        ["a user", { delegated: true }, [], true],
        ["a directory role", { roles: ownedBy, directoryRoles: ["x"] }, [], true],
    ];
    for (const [what, has, owners, may] of table) {
        it(`${what}: ${may ? "is enough" : "is named, with who can help"}`, () => {
            const problem = missingOwnership({ ...anyone, ...has }, "client", owners);
            assert.equal(problem === undefined, may);
            assert.match(problem ?? "no owner of client. One of its owners", /no owner of client\. One of its owners/);
        });
    }
});
