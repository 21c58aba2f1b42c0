import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { stackState } from "../../../components/internal/stackState";

const outputs = { "urn:pulumi:test::hybrid-identity::a:b:C::one": { type: "a:b:C", outputs: {} } };

/** The engine answers each reading with the next of these. */
async function withAnswers(...answers: (object | Error)[]): Promise<() => number> {
    let asked = 0;
    const call = () => {
        const answer = answers[asked++]!;
        if (answer instanceof Error) {
            throw Object.assign(answer, { details: answer.message });
        }
        return answer;
    };
    await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call }, "hybrid-identity", "test", false, "organization");
    return () => asked;
}

describe("state of the stack", () => {
    const inWriting = new Error("invocation of pulumi:pulumi:readStackResourceOutputs returned an error: failed to load checkpoint: EOF");

    it("is read once a run", async () => {
        const asked = await withAnswers({ outputs });
        assert.deepEqual(await Promise.all([stackState(), stackState()]), [outputs, outputs]);
        assert.equal(asked(), 1);
    });

    it("is read again where the engine was just writing it", async () => {
        const asked = await withAnswers(inWriting, inWriting, { outputs });
        assert.deepEqual(await stackState(), outputs);
        assert.equal(asked(), 3);
    });

    it("fails where it cannot be read, with the engine's words", async () => {
        const asked = await withAnswers(...Array.from({ length: 9 }, () => inWriting));
        await assert.rejects(stackState(), /failed to load checkpoint: EOF/);
        assert.equal(asked(), 5);
    });

    it("asks for the organization where it is another one", async () => {
        const asked = await withAnswers(new Error('unknown stack "organization/hybrid-identity/test"'));
        await assert.rejects(stackState(), /there is no stack organization\/hybrid-identity\/test; name the organization .*: pulumi config set hybrid-identity:organization NAME$/);
        assert.equal(asked(), 1);
    });

    it("fails at once for any other reason", async () => {
        const asked = await withAnswers(new Error("no backend client is available"), { outputs });
        await assert.rejects(stackState(), /no backend client/);
        assert.equal(asked(), 1);
    });
});
