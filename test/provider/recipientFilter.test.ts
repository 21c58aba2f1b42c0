// Which filters are told apart: a scope must not look changed because the service writes its filter in its own way, and a changed one must.
import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { normalFilter, sameFilter } from "../../provider/resources/recipientFilter";

const group = "CN=MIM mailboxes,OU=contoso.example,DC=EURPR01A001,DC=prod";
const member = `MemberOfGroup -eq '${group}'`;

interface Noise {
    gap: string;
    upper: boolean;
    around: number;
}

describe("recipient filters", () => {
    const same: [string, string][] = [
        [member, `(${member})`],
        [member, `((${member}))`],
        [member, `  memberofgroup   -EQ\n'${group}' `],
        [member, `MemberOfGroup -eq "${group}"`],
        [member, `MemberOfGroup -eq'${group}'`],
        ["Title -eq 'O''Brien'", 'Title -eq "O\'Brien"'],
        ["A -eq '1' -and B -eq '2'", "((A -eq '1') -AND (B -eq '2'))"],
        ["A -eq '1' -and (B -eq '2' -or C -eq '3')", "(A -eq '1') -and (((B -eq '2') -or (C -eq '3')))"],
        ["HiddenFromAddressListsEnabled -eq $true", "HiddenFromAddressListsEnabled -eq 'True'"],
        ["-not(A -eq '1')", "(-not (A -eq '1'))"],
    ];
    for (const [one, other] of same) it(`${one} is ${JSON.stringify(other)}`, () => assert.ok(sameFilter(one, other)));

    const different: [string, string][] = [
        [member, `MemberOfGroup -ne '${group}'`],
        [member, `MemberOfGroup -eq '${group},DC=other'`],
        ["Title -eq 'a b'", "Title -eq 'a  b'"],
        ["Title -eq 'Boss'", "Title -eq 'boss'"],
        ["Title -eq '(x)'", "Title -eq 'x'"],
        ["A -eq '1' -and (B -eq '2' -or C -eq '3')", "(A -eq '1' -and B -eq '2') -or C -eq '3'"],
        ["A -eq '1' -and (B -eq '2' -or C -eq '3')", "A -eq '1' -and B -eq '2' -or C -eq '3'"],
        ["-not (A -eq '1') -and B -eq '2'", "-not (A -eq '1' -and B -eq '2')"],
        ["A -eq 'x'", "A -eq 'x"],
        ["Title -eq 'x' -or A -eq '1'", "Title -eq 'x -or A -eq 1'"],
    ];
    for (const [one, other] of different) it(`${one} is not ${JSON.stringify(other)}`, () => assert.ok(!sameFilter(one, other)));

    it("quotes and parentheses that do not pair have no normal form", () => {
        for (const text of ["(A -eq '1'", "A -eq '1')", "A -eq '1", 'A -eq "1\'', ")("]) assert.equal(normalFilter(text), undefined, text);
    });

    it("extra spaces, parentheses around comparisons and case of operators are not seen, another value is", () => {
        const comparison = fc.tuple(fc.constantFrom("Title", "Office", "Company"), fc.constantFrom("-eq", "-ne", "-like"), fc.string());
        const gap = fc.constantFrom(" ", "  ", "\n\t");
        const noise = fc.record({ gap, upper: fc.boolean(), around: fc.nat(2) });
        const write = (name: string, operator: string, value: string, { gap, upper, around }: Noise) => {
            const words = [name, operator].map(word => (upper ? word.toUpperCase() : word));
            return "(".repeat(around) + [...words, `'${value.replaceAll("'", "''")}'`].join(gap) + ")".repeat(around);
        };
        const plain = { gap: " ", upper: false, around: 0 };
        const comparisons = fc.array(fc.tuple(comparison, noise), { minLength: 1, maxLength: 4 });
        fc.assert(
            fc.property(comparisons, fc.constantFrom("-and", "-or"), (list, operator) => {
                const canonical = list.map(([[name, compare, value]]) => write(name, compare, value, plain)).join(` ${operator} `);
                const noisy = list.map(([[name, compare, value], how]) => write(name, compare, value, how));
                assert.ok(sameFilter(canonical, noisy.join(` ${operator.toUpperCase()} `)));
                const [[[name, compare, value]]] = list as [(typeof list)[0]];
                const other = [write(name, compare, `${value}.`, plain), ...list.slice(1).map(([[n, c, v]]) => write(n, c, v, plain))];
                assert.ok(!sameFilter(canonical, other.join(` ${operator} `)));
            }),
        );
    });
});
