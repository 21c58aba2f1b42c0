import assert from "node:assert/strict";
import { appId, ceo, declareAll, foreignEntries, mim, mim2, objectId, otherApp, useExchangeScene } from "./support/exchangeScene";
import { nameOf, type Run, type Step } from "./support/run";

const every = ["assignment", "bare", "ews", "group", "pointer", "policy", "scope"];

/** What somebody does by hand, and what a run then plans: the value before it, and after. */
type Tampering = [by: () => unknown, ...shows: Step[]];

describe("engine: resources of Exchange Online", function () {
    this.timeout(240_000);
    const scene = useExchangeScene();
    const { state, recipient, names } = scene;
    let before: Record<string, string[]>;

    const group = () => recipient("MIM scope");
    const guid = (name: string) => recipient(name).Guid;
    const policy = () => state().policies.find((one) => one.AppId === appId)!;
    const pointer = () => state().servicePrincipals.find((one) => one.ObjectId === objectId)!;
    const scope = () => state().scopes.find((one) => one.Name === "MIM mailboxes")!;
    const assignment = () => state().assignments.find((one) => one.Name === "MIM by EWS")!;
    const set = Object.assign<object, object>;
    const remove = <T>(all: T[], one: T) => all.splice(all.indexOf(one), 1);
    const loseReplyOf = (...cmdlets: string[]) => {
        const lost = { executed: true, retryAfter: "0" };
        cmdlets.forEach((one) => scene.tenant.behaviour.nextCmdlet(one, 503, lost));
    };
    const same = () => scene.stack.preview({ refresh: true, expectNoChanges: true });
    const sorted = (steps: Step[]) => steps.map((one) => JSON.stringify(one)).sort();
    const each = (operation: string) => sorted(every.map((name) => [name, operation]));

    /** All at once: a refresh finds exactly what the table says, `up` puts exactly that back, and then there is nothing left to do. */
    async function shown(table: Tampering[]): Promise<Run> {
        const wanted = table.flatMap(([by, ...shows]) => {
            by();
            return shows;
        });
        const { found } = await scene.stack.refresh();
        assert.deepEqual(sorted(found), sorted(wanted.flatMap(backwards)));
        const run = await scene.stack.up();
        assert.deepEqual(sorted(run.steps), sorted(wanted));
        await same();
        assert.deepEqual(scene.tenant.behaviour.faults, []);
        return run;
    }

    it("are made, and then there is nothing to do", async () => {
        before = names();
        const { steps } = await scene.stack.up();
        assert.deepEqual(sorted(steps), each("create"));
        await same();
    });

    it("show every property that somebody changed, and get it back, also where replies are lost", async () => {
        loseReplyOf("Set-ApplicationAccessPolicy", "Set-ServicePrincipal", "Set-ManagementScope", "Set-OrganizationConfig");
        loseReplyOf("Set-DistributionGroup", "Set-Group", "Add-DistributionGroupMember", "Remove-DistributionGroupMember");
        const { outputs } = await shown([
            [() => set(policy(), { Description: "Everybody" }), ["policy", "update", "description", "Everybody", "Only for MIM"]],
            [() => set(pointer(), { DisplayName: "Somebody's" }), ["pointer", "update", "displayName", "Somebody's", "MIM mail"]],
            [
                () => set(scope(), { RecipientFilter: "Alias -like '*'" }),
                ["scope", "update", "recipientRestrictionFilter", "Alias -like '*'", "Alias -like 'mim*'"],
            ],
            [
                () => set(scope(), { RecipientRoot: "contoso.example/Others" }),
                ["scope", "update", "recipientRoot", "contoso.example/Others", "contoso.example/Users"],
            ],
            [
                () => set(assignment(), { Role: "Application Mail.Send" }),
                ["assignment", "replace", "role", "Application Mail.Send", "Application EWS.AccessAsApp"],
            ],
            [
                () => set(assignment(), { scope: { kind: "scope", id: state().scopes[0]!.Guid } }),
                ["assignment", "replace", "customResourceScope", "Others", "MIM mailboxes"],
            ],
            [() => set(group(), { Alias: "all" }), ["group", "update", "alias", "all", "mim-scope"]],
            [() => set(group(), { DisplayName: "All" }), ["group", "update", "displayName", "All", "Mailboxes of MIM"]],
            [
                () => set(group(), { PrimarySmtpAddress: "all@contoso.example" }),
                ["group", "update", "primarySmtpAddress", "all@contoso.example", "mim-scope@contoso.example"],
            ],
            [() => set(group(), { Notes: "" }), ["group", "update", "notes", "", "Made by Pulumi"]],
            [
                () => set(group(), { RequireSenderAuthenticationEnabled: false }),
                ["group", "update", "requireSenderAuthentication", false, true],
            ],
            [() => set(group(), { HiddenFromAddressListsEnabled: false }), ["group", "update", "hiddenFromAddressLists", false, true]],
            [() => set(group(), { managers: [guid("mim2")] }), ["group", "update", "managedBy", ["mim2"], [ceo]]],
            [() => set(group(), { members: [guid("mim"), guid("ceo")] }), ["group", "update", "members", [mim, ceo], [mim, mim2]]],
            [() => set(recipient("Bare"), { members: [guid("ceo")] }), ["bare", "update", "members", [], [mim]]],
            [() => set(state().organization, { EwsEnabled: false }), ["ews", "update", "enableEws", false, true]],
            // What nobody declares of objects that are declared.
            [() => set(recipient("Bare"), { DisplayName: "Barely", Notes: "Somebody's", managers: [guid("ceo")] })],
            [() => set(state().organization, { EwsAllowedAppIDs: `${otherApp.toLowerCase()},${appId}`, EwsAllowOutlook: false })],
            // What is others'.
            [() => set(recipient("All staff"), { members: [], Notes: "Somebody's" })],
            [() => set(state().policies[0]!, { AccessRight: "DenyAccess" })],
            [() => set(state().servicePrincipals[0]!, { AppId: "cccccccc-0000-4000-8000-000000000002" })],
            [() => set(state().scopes[0]!, { RecipientFilter: "Alias -like '*'" })],
            [() => set(state().assignments[0]!, { Role: "Application Mail.Send" })],
        ]);
        assert.deepEqual([assignment().Role, assignment().scope?.id], ["Application EWS.AccessAsApp", scope().Guid]);
        assert.deepEqual(group().members, [guid("mim"), guid("mim2")]);
        assert.deepEqual(recipient("Bare").members, [guid("ceo"), guid("mim")]);
        assert.deepEqual(outputs, { unmanaged: [ceo] });
        assert.equal(state().organization.EwsAllowedAppIDs, `${otherApp.toLowerCase()},${appId}`);
    });

    it("show what somebody deleted or renamed, and get it back", async () => {
        const { Guid } = group();
        await shown([
            [() => remove(state().policies, policy()), ["policy", "create"]],
            [() => remove(state().assignments, assignment()), ["assignment", "create"]],
            [() => remove(state().servicePrincipals, pointer()), ["pointer", "create"]],
            [() => remove(state().recipients, recipient("Bare")), ["bare", "create"]],
            [() => set(state().organization, { EwsAllowedAppIDs: foreignEntries }), ["ews", "create"]],
            [() => set(scope(), { Name: "Renamed" }), ["scope", "update", "name", "Renamed", "MIM mailboxes"]],
            [() => set(group(), { Name: "Renamed" }), ["group", "update", "name", "Renamed", "MIM scope"]],
        ]);
        assert.equal(group().Guid, Guid);
        assert.equal(state().organization.EwsAllowedAppIDs, `${foreignEntries},${appId}`);
    });

    // An assignment goes with the pointer that it is of.
    it("are replaced where somebody put another one in their place", async () => {
        await shown([
            [() => set(policy(), { AccessRight: "DenyAccess" }), ["policy", "replace", "accessRight", "DenyAccess", "RestrictAccess"]],
            [() => set(pointer(), { AppId: otherApp }), ["pointer", "replace", "appId", otherApp, appId], ["assignment", "replace"]],
        ]);
        assert.deepEqual([policy().AccessRight, pointer().AppId], ["RestrictAccess", appId]);
    });

    it("show that the group of a policy is gone, and that the policy needs the next one", async () => {
        const gone = group();
        remove(state().recipients, gone);
        const { steps } = await scene.stack.preview({ refresh: true });
        state().recipients.push(gone);
        // The id of the group to come is not known yet.
        const [made, replaced, ...others] = steps;
        assert.deepEqual([made, replaced?.slice(0, 4), others], [
            ["group", "create"],
            ["policy", "replace", "policyScopeGroupId", gone.ExternalDirectoryObjectId],
            [],
        ]);
    });

    it("are imported without a change, and nothing is written", async () => {
        const ids = Object.fromEntries(scene.stack.resources.map(({ urn, id }) => [nameOf(urn), id]));
        const other = await scene.anotherStack("imported");
        // Both choices are about what is done later, and the service has nothing that would tell them.
        other.program = () => declareAll({ ids, group: { foreignMembers: "report" }, ews: { enableEws: false } });
        const all = JSON.stringify(state());
        const { steps } = await other.up();
        assert.deepEqual(sorted(steps), each("import"));
        await other.preview({ refresh: true, expectNoChanges: true });
        assert.equal(JSON.stringify(state()), all);
        assert.ok(state().organization.EwsAllowedAppIDs?.startsWith(foreignEntries));
    });

    it("are imported by what people have in hand, under the same ids", async () => {
        const ids = { policy: policy().Guid, group: "MIM-scope@contoso.example", bare: "bare", pointer: appId, scope: "MIM mailboxes", assignment: "MIM by EWS" };
        const idsIn = ({ resources }: typeof scene.stack) => every.map((name) => resources.find(({ urn }) => nameOf(urn) === name)?.id);
        const other = await scene.anotherStack("byhand");
        const all = JSON.stringify(state());
        other.program = () => declareAll({ ids: { ...ids, ews: appId.toUpperCase() }, group: { foreignMembers: "report" }, ews: { enableEws: false } });
        const { steps } = await other.up();
        assert.deepEqual(sorted(steps), each("import"));
        assert.deepEqual(idsIn(other), idsIn(scene.stack));
        await other.preview({ refresh: true, expectNoChanges: true });
        assert.equal(JSON.stringify(state()), all);
    });

    it("leave nothing behind but what is others', also where replies are lost", async () => {
        loseReplyOf("Remove-ApplicationAccessPolicy", "Remove-ServicePrincipal", "Remove-ManagementScope");
        loseReplyOf("Remove-ManagementRoleAssignment", "Remove-DistributionGroup", "Set-OrganizationConfig");
        await scene.stack.destroy();
        assert.deepEqual(names(), before);
    });
});

/** What a refresh says of it: from what state had to what there is. */
function backwards([resource, operation, input, found, declared]: Step): Step[] {
    if (operation === "create") {
        return [[resource, "delete"]];
    }
    // What is replaced only for the sake of another one is as it was.
    return input === undefined ? [] : [[resource, "update", input, declared, found]];
}
