import assert from "node:assert/strict";
import { parseObservation } from "../../drift/observation";
import { ReplyError, type Reply } from "../../drift/reply";
import { facts as wellFacts } from "./support/host";

const facts = { ...wellFacts, user: "MIM01\\svc-pulumi" };
const observed = {
    protocol: 1,
    operation: "observe",
    ok: true,
    facts,
    module: null,
    marker: "",
    values: { "HKLM\\SOFTWARE\\Contoso": { Setting: "dword:1", "(default)": "absent" } },
    services: { FIMService: { state: "Running", startTime: "" } },
    records: { values: {}, documents: {} },
};
const asked = { owner: "shop.prod", values: { "HKLM\\SOFTWARE\\Contoso": ["Setting", "(default)"] }, services: ["FIMService"] };

describe("observation", () => {
    const parse = (more: Record<string, unknown>, request = asked): ReturnType<typeof parseObservation> =>
        parseObservation({ ...observed, ...more } as Reply, request);

    it("is read member by member", () => {
        const { protocol, operation, ok, ...rest } = observed;
        assert.deepEqual([protocol, operation, ok], [1, "observe", true]);
        assert.deepEqual(parse({}), rest);
        const module = { version: "1.0.0", sha256: "a", unsignedSha256: "b" };
        assert.deepEqual(parse({ module }).module, module);
        assert.equal(parse({ records: "unknown:denied" }).records, "unknown:denied");
    });

    it("has every value that was asked: what was not answered is unknown, never absent", () => {
        const key = "HKLM\\SOFTWARE\\Contoso";
        for (const values of [
            {},
            { [key]: {} },
            { [key]: "absent" },
            { [key.toLowerCase()]: observed.values["HKLM\\SOFTWARE\\Contoso"] },
        ]) {
            assert.deepEqual(parse({ values }).values, {
                [key]: { Setting: "unknown:the host did not answer it", "(default)": "unknown:the host did not answer it" },
            });
        }
        assert.deepEqual(parse({ values: { [key]: { Setting: 1, "(default)": "dword:x", More: "absent" } } }).values, {
            [key]: {
                Setting: "unknown:the host answered 1, which is no value",
                "(default)": 'unknown:the host answered "dword:x", which is no value',
            },
        });
        const odd = { ...asked, values: { [key]: ["constructor", "__proto__"] } };
        assert.deepEqual(
            Object.values(parse({ values: { [key]: {} } }, odd).values[key]!),
            Array(2).fill("unknown:the host did not answer it"),
        );
    });

    it("has every service that was asked", () => {
        assert.deepEqual(parse({ services: {} }).services, { FIMService: { state: "unknown:the host did not answer for it", startTime: "" } });
    });

    const refused: [string, Record<string, unknown>, RegExp][] = [
        ["another operation", { operation: "set" }, /"set", not "observe"/],
        ["no facts", { facts: undefined }, /facts should be of type object; received undefined/],
        ...Object.keys(facts).map((name): [string, Record<string, unknown>, RegExp] => [
            `facts without ${name}`,
            { facts: { ...facts, [name]: null } },
            new RegExp(`facts\\.${name} should be of type .*; received null`),
        ]),
        ["a module without hash", { module: { version: "1.0.0" } }, /module\.sha256 should be of type string/],
        ["no module at all", { module: undefined }, /module should be of type object/],
        ["no marker", { marker: undefined }, /marker should be of type string/],
        ["values that are a list", { values: [] }, /values should be of type object; received an array/],
        ["a service without state", { services: { FIMService: {} } }, /services\.FIMService\.state should be of type string/],
        ["no records", { records: undefined }, /records\.values should be of type object/],
        ["records without documents", { records: { values: {} } }, /records\.documents should be of type object/],
        [
            "a record that is no text",
            { records: { values: { x: 1 }, documents: {} } },
            /records\.values\.x should be of type string; received 1/,
        ],
    ];
    for (const [name, more, message] of refused) {
        it(`refuses ${name}`, () =>
            assert.throws(
                () => parse(more),
                (error) => error instanceof ReplyError && error.reason === "shape" && message.test(error.message),
            ));
    }
});
