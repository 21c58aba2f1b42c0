import assert from "node:assert/strict";
import { absent, binary, dword, expand, multi, qword, string, windows } from "../../index";
import { generator, testSeed, type Random } from "../support/random";
import { driftOf } from "./support/run";
import { declareHost, useScene } from "./support/scene";

const rounds = 10;
const A = "HKLM\\SOFTWARE\\Contoso\\A";
const B = "HKLM32\\SOFTWARE\\Contoso\\B/C";
/** What is declared, in the notation of docs/protocol.md. */
const declared: Record<string, Record<string, Record<string, string>>> = {
    first: {
        [A]: { Number: "dword:4294967295", Long: "qword:18446744073709551615", Text: "string:one" },
        [B]: { "(default)": "expand:%TEMP%", "a/b": 'multi:["x","y"]' },
    },
    second: {
        [A]: { Bytes: "binary:00ff", Gone: "absent" },
        "HKU\\S-1-5-18\\Contoso": { Text: "string:" },
    },
};
const tampered = [
    "absent",
    "dword:0",
    "dword:7",
    "qword:7",
    "string:1",
    "string:other",
    "expand:%TEMP%\\x",
    'multi:["x"]',
    "binary:00",
    "none:",
];

describe(`engine: ${rounds} rounds of random tampering`, function () {
    this.timeout(240_000);
    const scene = useScene({
        program:
            ({ host }) =>
            () => {
                const target = declareHost(host());
                const first = new windows.RegistryValues("first", {
                    host: target,
                    values: {
                        [A]: { Number: dword(4294967295), Long: qword("18446744073709551615"), Text: string("one") },
                        [B]: { "(default)": expand("%TEMP%"), "a/b": multi(["x", "y"]) },
                    },
                });
                const second = new windows.RegistryValues("second", {
                    host: target,
                    values: { [A]: { Bytes: binary("00ff"), Gone: absent }, "HKU\\S-1-5-18\\Contoso": { Text: string("") } },
                });
                return { first: first.state, second: second.state };
            },
    });

    it("each preview shows exactly the tampering, each up repairs it, and nothing is left at the end", async () => {
        const seed = testSeed();
        const random = generator(seed);
        for (let round = 1; round <= rounds; round++) {
            tamper(random);
            const expected = differences();
            for (const what of ["preview", "up"] as const) {
                const run = await scene.stack[what]();
                const shown = Object.fromEntries(Object.keys(run.changes).map((command) => [command, driftOf(run, command)]));
                assert.deepEqual(shown, expected, `round ${round}, ${what}, TEST_SEED=${seed}`);
            }
            assert.deepEqual(differences(), {}, `round ${round}: repaired`);
        }
        assert.deepEqual((await scene.stack.preview()).changes, {});
    });

    function tamper(random: Random): void {
        const { registry } = scene.host().state;
        const places = Object.values(declared).flatMap((keys) =>
            Object.entries(keys).flatMap(([key, names]) => Object.keys(names).map((name) => ({ key, name }))),
        );
        for (let left = random(4); left >= 0; left--) {
            const { key, name } = places[random(places.length)]!;
            if (random(5) === 0) {
                registry.deleteKey(key);
            } else {
                registry.set(key, name, tampered[random(tampered.length)]!);
            }
        }
    }

    /** By command, key and name: `found -> declared` for every value that is not as declared. */
    function differences(): Record<string, Record<string, Record<string, string>>> {
        const { registry } = scene.host().state;
        const found: Record<string, Record<string, Record<string, string>>> = {};
        for (const [document, keys] of Object.entries(declared)) {
            for (const [key, names] of Object.entries(keys)) {
                for (const [name, desired] of Object.entries(names)) {
                    const present = registry.get(key, name === "(default)" ? "" : name);
                    if (present !== desired) {
                        ((found[`${document}-mim01-${document}`] ??= {})[key] ??= {})[name] = `${quoted(present)} -> ${quoted(desired)}`;
                    }
                }
            }
        }
        return found;
    }
});

/** Texts stand in quotes, so that a blank at their end is seen. */
function quoted(notation: string): string {
    return notation.replace(/^(string|expand):([^]*)$/, "$1:'$2'");
}
