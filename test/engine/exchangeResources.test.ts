import assert from "node:assert/strict";
import { appId, ceo, declareAll, foreignEntries, mim, mim2, objectId, otherApp, useExchangeScene } from "./support/exchangeScene";
import { nameOf, type Step } from "./support/run";

const every = ["assignment", "bare", "ews", "group", "pointer", "policy", "scope"];

/** Somebody changes one thing by hand, and what a preview then plans: the value before it, and after. */
interface Tampering {
    what: string;
    by(): void;
    shows: Step[];
}

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
    const same = () => scene.stack.preview({ refresh: true, expectNoChanges: true });
    const sorted = (steps: Step[]) => steps.map((one) => JSON.stringify(one)).sort();

    /** All at once: a refresh finds exactly what the table says, `up` puts exactly that back, and then there is nothing left to do. */
    async function shown(table: Tampering[]): Promise<void> {
        table.forEach(({ by }) => by());
        const wanted = table.flatMap(({ shows }) => shows);
        const { found } = await scene.stack.refresh();
        assert.deepEqual(sorted(found), sorted(wanted.map(backwards)));
        const { steps } = await scene.stack.up();
        assert.deepEqual(sorted(steps), sorted(wanted));
        await same();
    }

    function remove<T>(all: T[], one: T): void {
        all.splice(all.indexOf(one), 1);
    }

    /** What a refresh says of it: from what state had to what there is. */
    function backwards([resource, operation, ...change]: Step): Step {
        if (operation === "create") {
            return [resource, "delete"];
        }
        const [input, found, declared] = change;
        return [resource, "update", input, declared, found];
    }

    it("are made, and then there is nothing to do", async () => {
        before = names();
        const { steps } = await scene.stack.up();
        assert.deepEqual(sorted(steps), sorted(every.map((name) => [name, "create"])));
        const { steps: none } = await same();
        assert.deepEqual(none, []);
    });

    it("show every property that somebody changed, and get it back", async () => {
        const set = (property: string, value: unknown) => () => Object.assign(group(), { [property]: value });
        await shown([
            {
                what: "the description of the policy",
                by: () => Object.assign(policy(), { Description: "Everybody" }),
                shows: [["policy", "update", "description", "Everybody", "Only for MIM"]],
            },
            {
                what: "the name of the pointer",
                by: () => Object.assign(pointer(), { DisplayName: "Somebody's" }),
                shows: [["pointer", "update", "displayName", "Somebody's", "MIM mail"]],
            },
            {
                what: "the filter of the scope",
                by: () => Object.assign(scope(), { RecipientFilter: "Alias -like '*'" }),
                shows: [["scope", "update", "recipientRestrictionFilter", "Alias -like '*'", "Alias -like 'mim*'"]],
            },
            {
                what: "the root of the scope",
                by: () => Object.assign(scope(), { RecipientRoot: "contoso.example/Others" }),
                shows: [["scope", "update", "recipientRoot", "contoso.example/Others", "contoso.example/Users"]],
            },
            { what: "the group's alias", by: set("Alias", "all"), shows: [["group", "update", "alias", "all", "mim-scope"]] },
            {
                what: "the group's display name",
                by: set("DisplayName", "All"),
                shows: [["group", "update", "displayName", "All", "Mailboxes of MIM"]],
            },
            {
                what: "the group's address",
                by: set("PrimarySmtpAddress", "all@contoso.example"),
                shows: [["group", "update", "primarySmtpAddress", "all@contoso.example", "mim-scope@contoso.example"]],
            },
            { what: "the group's notes", by: set("Notes", ""), shows: [["group", "update", "notes", "", "Made by Pulumi"]] },
            {
                what: "who may write to the group",
                by: set("RequireSenderAuthenticationEnabled", false),
                shows: [["group", "update", "requireSenderAuthentication", false, true]],
            },
            {
                what: "that address lists leave the group out",
                by: set("HiddenFromAddressListsEnabled", false),
                shows: [["group", "update", "hiddenFromAddressLists", false, true]],
            },
            {
                what: "the group's owner",
                by: () => Object.assign(group(), { managers: [guid("mim2")] }),
                shows: [["group", "update", "managedBy", ["mim2"], [ceo]]],
            },
            {
                what: "the group's members: one taken out, one put in",
                by: () => Object.assign(group(), { members: [guid("mim"), guid("ceo")] }),
                shows: [["group", "update", "members", [mim, ceo], [mim, mim2]]],
            },
            {
                what: "EWS are switched off",
                by: () => Object.assign(state().organization, { EwsEnabled: false }),
                shows: [["ews", "update", "enableEws", false, true]],
            },
            {
                what: "a member of the group of which little else is declared",
                by: () => Object.assign(recipient("Bare"), { members: [] }),
                shows: [["bare", "update", "members", [], [mim]]],
            },
            {
                what: "what nobody declares of that group",
                by: () => {
                    const others = { DisplayName: "Barely", Notes: "Somebody's", managers: [guid("ceo")] };
                    Object.assign(recipient("Bare"), { members: [guid("ceo")], ...others });
                },
                shows: [],
            },
            {
                what: "what is others'",
                by: () => {
                    Object.assign(recipient("All staff"), { members: [], Notes: "Somebody's" });
                    Object.assign(state().policies[0]!, { AccessRight: "DenyAccess" });
                    Object.assign(state().servicePrincipals[0]!, { AppId: "cccccccc-0000-4000-8000-000000000002" });
                    Object.assign(state().scopes[0]!, { RecipientFilter: "Alias -like '*'" });
                    Object.assign(state().assignments[0]!, { Role: "Application Mail.Send" });
                    Object.assign(state().organization, { EwsAllowedAppIDs: `${otherApp.toLowerCase()},${appId}`, EwsAllowOutlook: false });
                },
                shows: [],
            },
        ]);
        assert.deepEqual(group().members, [guid("mim"), guid("mim2")]);
        assert.equal(state().organization.EwsEnabled, true);
    });

    it("show what somebody deleted, named anew or made anew, and get it back", async () => {
        const old = group().Guid;
        await shown([
            { what: "the policy", by: () => remove(state().policies, policy()), shows: [["policy", "create"]] },
            { what: "the assignment", by: () => remove(state().assignments, state().assignments[1]!), shows: [["assignment", "create"]] },
            { what: "the pointer", by: () => remove(state().servicePrincipals, pointer()), shows: [["pointer", "create"]] },
            { what: "the other group", by: () => remove(state().recipients, recipient("Bare")), shows: [["bare", "create"]] },
            {
                what: "the name of the scope",
                by: () => Object.assign(scope(), { Name: "Renamed" }),
                shows: [["scope", "update", "name", "Renamed", "MIM mailboxes"]],
            },
            {
                what: "the name of the group",
                by: () => Object.assign(group(), { Name: "Renamed" }),
                shows: [["group", "update", "name", "Renamed", "MIM scope"]],
            },
            {
                what: "the entry in the list",
                by: () => Object.assign(state().organization, { EwsAllowedAppIDs: foreignEntries }),
                shows: [["ews", "create"]],
            },
        ]);
        assert.equal(group().Guid, old);
        assert.equal(state().organization.EwsAllowedAppIDs, `${foreignEntries},${appId}`);
    });

    it("are replaced where somebody made another one in the same place", async () => {
        Object.assign(policy(), { AccessRight: "DenyAccess" });
        Object.assign(pointer(), { AppId: otherApp });
        const { steps } = await scene.stack.preview({ refresh: true });
        const replaced: Step[] = [
            ["policy", "replace", "accessRight", "DenyAccess", "RestrictAccess"],
            ["pointer", "replace", "appId", otherApp, appId],
        ];
        assert.deepEqual(sorted(steps), sorted(replaced));
        await scene.stack.up({ refresh: true });
        await same();
        assert.deepEqual([policy().AccessRight, pointer().AppId], ["RestrictAccess", appId]);
    });

    it("are imported without a change, and nothing is written", async () => {
        const ids = Object.fromEntries(scene.stack.resources.map(({ urn, id }) => [nameOf(urn), id]));
        const other = await scene.anotherStack("imported");
        other.program = () => declareAll({ ids, group: { foreignMembers: "report" }, ews: { enableEws: false } });
        const all = JSON.stringify(state());
        const { steps } = await other.up();
        assert.deepEqual(sorted(steps), sorted(every.map((name) => [name, "import"])));
        const { steps: none } = await other.preview({ refresh: true, expectNoChanges: true });
        assert.deepEqual(none, []);
        assert.equal(JSON.stringify(state()), all);
    });

    it("leave nothing behind but what is others'", async () => {
        await scene.stack.destroy();
        assert.deepEqual(names(), before);
    });
});
